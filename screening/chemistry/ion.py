"""Ion: the d or f shell of a metal in its oxidation state, and what it means for magnetism."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from screening.elements import ACTINIDES, LANTHANIDES, atomic_number

Shape = Literal["oblate", "prolate", "isotropic", "none"]

_N_ORBITALS = 7
_DIVALENT: Final = frozenset({62, 63, 69, 70})
"""Sm, Eu, Tm, Yb: the others take the electron of Ln(II) into 5d in some compounds."""
_TETRAVALENT: Final = frozenset({58, 59, 65})
_D_SERIES: Final = ((range(21, 31), 18), (range(39, 49), 36), (range(72, 81), 68))
"""Atomic numbers of groups 3 to 12, and the electrons below the d and s shell."""
_CLOSED_SHELLS: Final = frozenset({2, 10, 18, 28, 36, 46, 54, 78})
"""Electrons of ions whose shells are all full: noble gases, and d10 (with or without 4f14)."""
_CLOSED_WITH_LONE_PAIR: Final = frozenset({30, 48, 80})


@dataclass(frozen=True, slots=True)
class FreeIon:
    """Ground level of a free 4f ion by Hund's rules.

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
    to <3 z^2 - r^2> of their density 12 - 3 m^2, up to a factor: flat (oblate) for large m, where
    it is below 0, long (prolate) for small m.
    The signs agree with Stevens' factor alpha_J throughout the series.
    """
    if total == 0:
        return "none"
    if orbital == 0:
        return "isotropic"
    filled = n4f % _N_ORBITALS
    quadrupole = sum(12 - 3 * m * m for m in list(range(3, -4, -1))[:filled])
    return "oblate" if quadrupole < 0 else "prolate"


FREE_IONS: Final = {z: _free_ion(z - 57) for z in sorted(LANTHANIDES)}
"""Ground level of Ln(III) by atomic number, La to Lu."""


@dataclass(frozen=True, slots=True)
class Ion:
    """Electrons of the open shell of an ion; None: it has no such shell, or the count is not sure.

    is_kramers: odd number of them. anisotropy: shape of the 4f charge of a lanthanide ("oblate",
    "prolate", "isotropic", "none" where J = 0); "diamagnetic" where every shell is full or empty.
    """

    d_count: int | None = None
    f_count: int | None = None
    is_kramers: bool | None = None
    anisotropy: str | None = None


def read_ion(element: str, state: int) -> Ion:
    """The ion of *element* in oxidation *state*.

    Ln(II) and Ln(IV) only where the shell is 4f^n for sure: Sm, Eu, Tm, Yb; Ce, Pr, Tb.
    """
    z = atomic_number(element)
    if z in LANTHANIDES:
        return _lanthanide(z, state)
    if z in ACTINIDES:
        n5f = z - 86 - state
        empty = "diamagnetic" if n5f == 0 else None
        return Ion(f_count=n5f, is_kramers=n5f % 2 == 1, anisotropy=empty) if n5f >= 0 else Ion()
    for series, below in _D_SERIES:
        if z in series:
            d = z - below - state
            full = "diamagnetic" if d in {0, 10} else None
            known = 0 <= d <= 10
            return Ion(d_count=d, is_kramers=d % 2 == 1, anisotropy=full) if known else Ion()
    if z - state in _CLOSED_SHELLS | _CLOSED_WITH_LONE_PAIR:
        return Ion(is_kramers=False, anisotropy="diamagnetic")
    return Ion()


def _lanthanide(z: int, state: int) -> Ion:
    sure = state == 3 or (state == 2 and z in _DIVALENT) or (state == 4 and z in _TETRAVALENT)
    if not sure:
        return Ion()
    free = FREE_IONS[57 + z - 54 - state]
    full = free.n4f in {0, 2 * _N_ORBITALS}
    return Ion(None, free.n4f, free.is_kramers, "diamagnetic" if full else free.shape)


def describe_ion(element: str, state: int | None = None) -> str | None:
    """Say what an ion is, such as `4f9 Kramers oblate` or `3d7 Kramers`; None: nothing to say.

    Without its state a lanthanide is described as trivalent, with the words that say so.
    """
    z = atomic_number(element)
    if state is None:
        usual = describe_ion(element, 3) if z in LANTHANIDES else None
        return usual and f"{usual} if trivalent"
    ion = read_ion(element, state)
    if ion.d_count is not None:
        shell = next(n for n, (series, _) in enumerate(_D_SERIES, start=3) if z in series)
        name = f"{shell}d{ion.d_count}"
    elif ion.f_count is not None:
        name = f"{4 if z in LANTHANIDES else 5}f{ion.f_count}"
    else:
        return ion.anisotropy
    kramers = "Kramers" if ion.is_kramers else ""
    shape = "" if ion.anisotropy in {None, "none"} else ion.anisotropy
    return " ".join(word for word in (name, kramers, shape) if word)
