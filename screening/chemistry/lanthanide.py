"""Trivalent lanthanide ions: what their 4f shell means for magnetism."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from screening.elements import LANTHANIDES, atomic_number

Shape = Literal["oblate", "prolate", "isotropic", "none"]

_N_ORBITALS = 7


@dataclass(frozen=True, slots=True)
class FreeIon:
    """Ground level of a free Ln(III) ion by Hund's rules.

    n4f: electrons of the 4f shell; spin, orbital, total: S, L, J.
    is_kramers: odd number of electrons, so at least doubly degenerate without a field.
    shape: of the 4f charge in the state of largest M_J; "none" where J = 0.
    """

    n4f: int
    spin: Fraction
    orbital: int
    total: Fraction
    is_kramers: bool
    shape: Shape


def _free_ion(n4f: int) -> FreeIon:
    ups = min(n4f, _N_ORBITALS)
    downs = n4f - ups
    spin = Fraction(ups - downs, 2)
    m_values = range(3, -4, -1)
    orbital = sum(list(m_values)[:ups]) + sum(list(m_values)[:downs])
    total = abs(orbital - spin) if n4f < _N_ORBITALS else orbital + spin
    return FreeIon(n4f, spin, orbital, Fraction(total), n4f % 2 == 1, _shape(n4f, orbital, total))


def _shape(n4f: int, orbital: int, total: Fraction | int) -> Shape:
    """Sign of the 4f quadrupole of the Hund ground state.

    A half-filled shell is round; electrons beyond it fill m = 3, 2, 1, ... and an orbital m adds
    a quadrupole proportional to 12 - 3 m^2: flat (oblate) for large m, long (prolate) for small m.
    The signs agree with Stevens' factor alpha_J throughout the series.
    """
    if total == 0:
        return "none"
    if orbital == 0:
        return "isotropic"
    filled = n4f % _N_ORBITALS
    quadrupole = sum(3 * m * m - 12 for m in list(range(3, -4, -1))[:filled])
    return "oblate" if quadrupole > 0 else "prolate"


FREE_IONS: Final = {z: _free_ion(z - 57) for z in sorted(LANTHANIDES)}
"""Ground level of Ln(III) by atomic number, La to Lu."""


def describe_ion(element: str) -> str | None:
    """Say what the trivalent ion of a lanthanide is, such as `4f9 Kramers oblate`; else None."""
    ion = FREE_IONS.get(atomic_number(element))
    if ion is None:
        return None
    if ion.n4f in {0, _N_ORBITALS * 2}:
        return f"4f{ion.n4f} diamagnetic"
    words = (
        f"4f{ion.n4f}",
        "Kramers" if ion.is_kramers else "",
        "" if ion.shape == "none" else ion.shape,
    )
    return " ".join(word for word in words if word)
