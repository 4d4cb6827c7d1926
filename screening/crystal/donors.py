"""Donors: which atoms around a metal are bonded to it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.crystal.lattice import CellAtoms, Contacts, contacts_within
from screening.elements import COVALENT_RADII, HALOGENS, IS_METAL

TOLERANCE: Final = 0.4
"""Angstrom that a bond may exceed the sum of the covalent radii."""
_TOLERANCE_3D: Final = 0.5
"""The same for N, O and F at Cr to Cu and at Ag: Jahn-Teller axes (Cu-O 2.40, COD 2205051) and soft
surroundings: of 59 contacts of Ag between + 0.4 and + 0.5 in MetaLig 57 are bonds."""
_TOLERANCE_D10: Final = 0.6
"""The same at Zn and Cd, whose shell has no say in the shape (Zn-O 2.30 of a crown ether, Acta
Cryst. B 2008, 64, 738; Cd-O 2.61, COD 7114517)."""
_TOLERANCE_NI_O: Final = 0.66
"""Ni-O 2.49 to 2.55, the far oxygen of a crown ether (Acta Cryst. B 2008, 64, 738): a bond to its
authors, as 10 of 13 contacts of Ni between + 0.5 and this are to MetaLig."""
_TOLERANCE_4F: Final = 0.3
"""The same for N, O and F at Y and the lanthanides, whose bonds are ionic: of 2,507 in MetaLig none
is longer than + 0.27, and what is (Dy-O 2.88 in VUVNAE, Sm-O 3.04 in EREWAA) the CSD calls none."""
_TOLERANCE_LONG_HALIDE: Final = 0.6
"""The same for Cl, Br and I without other bonds at Cr, Mn, Cu and Hg, which bridge by long bonds:
Cu-Br 3.10 in COD 2205053, Hg-Br 2.94 in COD 2209449, both catena polymers to their authors."""
_TOLERANCE_LONE_PAIR: Final = 0.6
"""The same for donors heavier than carbon at Sn, Tl, Pb, Bi, whose lone pair makes bonds long."""
_TOLERANCE_HG: Final = 0.66
"""The same for N, O, F and S at Hg, linear but for long bonds: Hg-O 2.41 to 2.63 of two nitrates in
COD 4302333, part of the complex to its authors; 104 of 121 Hg-O in MetaLig are beyond + 0.6."""
_TOLERANCE_TL: Final = 0.75
"""The same for N, O and F at Tl: as Tl+, with six donors, it is 2.86 from O by Shannon's radii
(Acta Cryst. A 1976, 32, 751); the covalent radius is that of shorter bonds."""
_TOLERANCE_BOUND_HALOGEN: Final = 0.2
"""The same for a halogen that already sits on carbon, boron, phosphorus: a weak donor."""
_SHIELDED_BY_HETEROATOM: Final = 0.2
_SHIELDED_BY_CARBON: Final = 0.4
"""How much farther (beyond radii) than its bonded neighbour an atom must be to be no donor."""
ROUNDING: Final = 1e-6
"""Angstrom that a search reaches farther than the rule that then decides."""
_HYDROGEN, _BORON, _CARBON, _OXYGEN = 1, 5, 6, 8

_VALENCE = np.full(119, 4)
"""Number of non-metal neighbours at which an atom has no lone pair left for a metal."""
_VALENCE[8] = 3
_VALENCE[list(HALOGENS)] = 2
IS_HEAVY_NONMETAL: Final = ~IS_METAL & (np.arange(119) > 1)
"""By atomic number."""


def _limits() -> NDArray[np.float64]:
    limits = np.full((2, 119, 119), TOLERANCE)
    limits[:, [*range(24, 30), 47], 7:10] = _TOLERANCE_3D
    limits[:, [30, 48], 7:10] = _TOLERANCE_D10
    limits[:, 28, 8] = _TOLERANCE_NI_O
    limits[:, [39, *range(57, 72)], 7:10] = _TOLERANCE_4F
    for metal in (24, 25, 29, 80):
        limits[:, metal, list(HALOGENS - {9})] = _TOLERANCE_LONG_HALIDE
    limits[:, 80, [7, 8, 9, 16]] = _TOLERANCE_HG
    limits[:, [50, 81, 82, 83], _CARBON + 1 :] = _TOLERANCE_LONE_PAIR
    limits[:, 81, 7:10] = _TOLERANCE_TL
    limits[1][:, list(HALOGENS)] = _TOLERANCE_BOUND_HALOGEN
    return limits


_LIMITS: Final = _limits()
"""(2, 119, 119) angstrom that a bond may exceed the radii, by whether the donor has another
neighbour, the metal and the donor."""
_LONGEST: Final = _LIMITS.max(axis=(0, 2))
"""(119,) the largest of them at each metal."""


def donor_bonds(
    atoms: CellAtoms, covalent: Contacts, metals: NDArray[np.int64], beyond: float = 0.0
) -> Contacts:
    """Find the bonds of *metals*, as indices of atoms, to donors; beyond: added to every limit.

    covalent: all bonds between non-metals.
    """
    z = atoms.atomic_numbers
    radius = COVALENT_RADII[z]
    n_bound = np.bincount(np.concatenate([covalent.first, covalent.second]), minlength=len(z))
    is_hydride = (z == _HYDROGEN) & (n_bound == 0)
    may_bind = np.flatnonzero(IS_HEAVY_NONMETAL[z] | is_hydride)
    reach = radius + ROUNDING
    reach[metals] += _LONGEST[z[metals]] + beyond
    near = contacts_within(atoms, reach, metals, may_bind)
    bonds = (covalent.first, covalent.second, covalent.shift)
    return near.take(_are_donors(*near, z, radius, _VALENCE[z], _LIMITS, *bonds, beyond))


@compiled
def _are_donors(
    first: Any,
    second: Any,
    shift: Any,
    distance: Any,
    z: Any,
    radius: Any,
    valence: Any,
    limits: Any,
    one: Any,
    other: Any,
    step: Any,
    beyond: float,
) -> Any:
    """Which contacts of a metal are bonds; one, other, step: the covalent bonds."""
    around = _around(one, other, len(z))
    are, excess = np.empty(len(first), dtype=np.bool_), np.empty(len(first))
    for k in range(len(first)):
        i, j = first[k], second[k]
        excess[k] = distance[k] - radius[i] - radius[j]
        n_bound = around[0][j + 1] - around[0][j]
        are[k] = excess[k] <= limits[int(n_bound > 0), z[i], z[j]] + beyond
        are[k] &= not _is_saturated(z, j, around, valence[j])
    return are & ~_shielded(z, first, second, shift, excess, are, around, step)


@compiled
def _around(one: Any, other: Any, n: int) -> tuple[Any, Any, Any]:
    """Neighbours of each of *n* atoms: where they start, the atoms, and the bonds.

    A bond k that leads back to its first atom is counted -1 - k.
    """
    start = np.zeros(n + 1, dtype=np.int64)
    for k in range(len(one)):
        start[one[k] + 1] += 1
        start[other[k] + 1] += 1
    end = np.empty(n, dtype=np.int64)
    for i in range(n):
        end[i] = start[i]
        start[i + 1] += start[i]
    atoms, bonds = np.empty(2 * len(one), dtype=np.int64), np.empty(2 * len(one), dtype=np.int64)
    for k in range(len(one)):
        i, j = one[k], other[k]
        atoms[end[i]], bonds[end[i]] = j, k
        end[i] += 1
        atoms[end[j]], bonds[end[j]] = i, -1 - k
        end[j] += 1
    return start, atoms, bonds


@compiled
def _is_saturated(z: Any, atom: int, around: Any, valence: int) -> bool:
    """Whether an atom has no lone pair left for a metal."""
    start, atoms, _ = around
    n = start[atom + 1] - start[atom]
    n_hydrogen = n_boron = 0
    for entry in range(start[atom], start[atom + 1]):
        n_hydrogen += z[atoms[entry]] == _HYDROGEN
        n_boron += z[atoms[entry]] == _BORON
    if z[atom] == _BORON:
        # BH4 and BH3R bind through hydrogens; the boron stands for them
        return n == 4 and n_hydrogen <= 1 and n_boron < 2
    if z[atom] == _OXYGEN:
        # no oxonium ion binds a metal, but water whose hydrogens are in more places than two does
        n -= n_hydrogen
    return n_boron < 2 and n >= valence  # two: cage carbon of (metalla)carboranes


@compiled
def _shielded(
    z: Any, first: Any, second: Any, shift: Any, excess: Any, near: Any, around: Any, step: Any
) -> Any:
    """Mark contacts whose atom sits behind a bonded neighbour that is clearly the donor.

    So nitrate N, carboxylate C, sulfate S are no donors, while the atoms of a side-on ligand
    (cyclopentadienyl, alkene, pyrazolate), all about as near as each other, stay. near: the
    contacts that count.
    """
    start, atoms, bonds = around
    shielded = np.zeros(len(first), dtype=np.bool_)
    begin = 0  # of the contacts of one metal, which stand together
    for k in range(len(first)):
        if first[k] != first[begin]:
            begin = k
        for entry in range(start[second[k]], start[second[k] + 1]):
            neighbour, bond = atoms[entry], bonds[entry]
            margin = _SHIELDED_BY_CARBON if z[neighbour] == _CARBON else _SHIELDED_BY_HETEROATOM
            m = begin
            while m < len(first) and first[m] == first[k]:
                is_there = near[m] and second[m] == neighbour
                for x in range(3):
                    way = step[bond, x] if bond >= 0 else -step[-1 - bond, x]
                    is_there = is_there and shift[m, x] == shift[k, x] + way
                shielded[k] |= is_there and excess[k] - excess[m] > margin
                m += 1
    return shielded
