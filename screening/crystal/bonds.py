"""Which atoms are bonded: covalent radii, and rules for what only lies near a metal."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.crystal.lattice import CellAtoms, Contacts, contacts_within
from screening.elements import (
    COVALENT_RADII,
    HALOGENS,
    IONIC_METALS,
    LANTHANIDES,
    METAL_CENTRES,
    METALS,
)

TOLERANCE: Final = 0.4
"""Angstrom that a bond may exceed the sum of the covalent radii."""
_TOLERANCE_3D: Final = 0.5
"""The same for N, O and F at Cr to Zn and at Cd: Jahn-Teller axes (Cu-O 2.40, COD 2205051), and
seven donors around high-spin or closed shells, larger than the radii tell (Zn-O 2.30 and Ni-O 2.32
of a crown ether, Acta Cryst. B 2008, 64, 738; Cd-O 2.60, COD 7114517): bonds to their authors."""
_TOLERANCE_LONG_HALIDE: Final = 0.6
"""The same for Cl, Br and I without other bonds at Cr, Mn, Cu and Hg, which bridge by long bonds:
Cu-Br 3.10 in COD 2205053, Hg-Br 2.94 in COD 2209449, both catena polymers to their authors."""
_TOLERANCE_LONE_PAIR: Final = 0.6
"""The same for donors other than carbon at Tl, Pb and Bi, whose lone pair makes bonds long."""
_TOLERANCE_BOUND_HALOGEN: Final = 0.2
"""The same for a halogen that already sits on carbon, boron, phosphorus: a weak donor."""
_WEAK: Final = 0.4
"""How much longer than a bond a weak contact may be: Cu-Cl up to 3.3, Cu-O and Mn-O up to 2.9."""
_OPEN_SITE: Final = 5
"""A metal with more donors than this has no place for a weak one."""
_SHIELDED_BY_HETEROATOM: Final = 0.2
_SHIELDED_BY_CARBON: Final = 0.4
"""How much farther (beyond radii) than its bonded neighbour an atom must be to be no donor."""
_ROUNDING: Final = 1e-6
"""Angstrom that a search reaches farther than the rule that then decides."""
_CARBON: Final = 6
_ACTINIDES: Final = frozenset(range(89, 104))

_VALENCE = np.full(119, 4)
"""Number of non-metal neighbours at which an atom has no lone pair left for a metal."""
_VALENCE[8] = 3
_VALENCE[list(HALOGENS)] = 2

_IS_CENTRE = np.isin(np.arange(119), list(METAL_CENTRES))
_IS_METAL = np.isin(np.arange(119), list(METALS | IONIC_METALS))
_IS_LARGER = np.isin(np.arange(119), [*range(24, 31), 48])
_HAS_LONG_HALIDES = np.isin(np.arange(119), [24, 25, 29, 80])
_HAS_LONE_PAIR = np.isin(np.arange(119), [81, 82, 83])
_IS_HALOGEN = np.isin(np.arange(119), list(HALOGENS))
_IS_F_BLOCK = np.isin(np.arange(119), list(LANTHANIDES | _ACTINIDES))


def find_bonds(atoms: CellAtoms) -> Contacts:
    """Return the bonds of the cell, each once; a bond across a cell wall carries its shift.

    Contacts of alkali and heavy alkaline-earth ions are no bonds. `docs/crystal.md` has the rules.
    """
    z = atoms.atomic_numbers
    covalent = _nonmetal_bonds(atoms)
    metal = np.flatnonzero(_IS_CENTRE[z])
    coordinate = _metal_bonds(atoms, covalent, _n_neighbours(covalent, len(z)), metal)
    return joined([covalent, coordinate, _metal_metal_bonds(atoms)])


def find_weak_contacts(atoms: CellAtoms, bonds: Contacts) -> Contacts:
    """Return the contacts of metals with up to five donors that are somewhat too long for a bond.

    By the rules of a bond but for its limit, and to N, O, S, halogens and the like, not to carbon.
    """
    z = atoms.atomic_numbers
    to_metal = _IS_CENTRE[z[bonds.first]] & ~_IS_METAL[z[bonds.second]]
    n_donors = np.bincount(bonds.first[to_metal], minlength=len(z))
    open_ = np.flatnonzero(_IS_CENTRE[z] & (n_donors > 0) & (n_donors <= _OPEN_SITE))
    if not open_.size:
        return bonds.take(np.zeros(len(bonds.first), dtype=bool))
    covalent = bonds.take(~_IS_METAL[z[bonds.first]] & ~_IS_METAL[z[bonds.second]])
    near = _metal_bonds(atoms, covalent, _n_neighbours(covalent, len(z)), open_, _WEAK)
    bonded = set(_places(bonds.take(to_metal)))
    new = np.array([place not in bonded for place in _places(near)], dtype=bool)
    return near.take(new & (z[near.second] > _CARBON))


def _places(pairs: Contacts) -> Iterator[tuple[int, int, int, int, int]]:
    """The two atoms of each pair, and the cell of the second one."""
    return zip(pairs.first.tolist(), pairs.second.tolist(), *pairs.shift.T.tolist(), strict=True)


def joined(parts: list[Contacts]) -> Contacts:
    """Return all pairs of *parts* as one list."""
    return Contacts(
        np.concatenate([p.first for p in parts]),
        np.concatenate([p.second for p in parts]),
        np.concatenate([p.shift for p in parts]),
        np.concatenate([p.distance for p in parts]),
    )


def _n_neighbours(covalent: Contacts, n: int) -> NDArray[np.int64]:
    return np.asarray(
        np.bincount(covalent.first, minlength=n) + np.bincount(covalent.second, minlength=n)
    )


def _once(pairs: Contacts) -> NDArray[np.bool_]:
    """Choose one of the two directions of each pair."""
    positive = np.zeros(len(pairs.first), dtype=bool)
    undecided = pairs.first == pairs.second
    for axis in range(3):
        positive |= undecided & (pairs.shift[:, axis] > 0)
        undecided &= pairs.shift[:, axis] == 0
    return (pairs.first < pairs.second) | positive


def _nonmetal_bonds(atoms: CellAtoms) -> Contacts:
    z = atoms.atomic_numbers
    heavy = np.flatnonzero(~_IS_METAL[z] & (z > 1))
    radius = COVALENT_RADII[z]
    reach = radius + (TOLERANCE / 2 + _ROUNDING)
    near = contacts_within(atoms, reach, heavy, heavy)
    bonded = near.distance <= radius[near.first] + radius[near.second] + TOLERANCE
    bonds = near.take(bonded & _once(near))
    hydrogen = np.flatnonzero(z == 1)
    if not hydrogen.size:
        return bonds
    near = contacts_within(atoms, reach, hydrogen, heavy)
    excess = near.distance - radius[near.first] - radius[near.second]
    near, excess = near.take(excess <= TOLERANCE), excess[excess <= TOLERANCE]
    order = np.lexsort((excess, near.first))
    nearest = np.zeros(len(order), dtype=bool)
    _, position = np.unique(near.first[order], return_index=True)
    nearest[order[position]] = True
    return joined([bonds, near.take(nearest)])


def _metal_bonds(
    atoms: CellAtoms,
    covalent: Contacts,
    n_neighbours: NDArray[np.int64],
    metal: NDArray[np.int64],
    beyond: float = 0.0,
) -> Contacts:
    """Find the bonds of *metal* atoms to donors; beyond: angstrom added to every limit."""
    z = atoms.atomic_numbers
    is_hydride = (z == 1) & (n_neighbours == 0)
    ligand = np.flatnonzero(~_IS_METAL[z] & ((z > 1) | is_hydride))
    radius = COVALENT_RADII[z]
    reach = radius + ((_TOLERANCE_LONE_PAIR + beyond) / 2 + _ROUNDING)
    near = contacts_within(atoms, reach, metal, ligand)
    excess = near.distance - radius[near.first] - radius[near.second]
    donor = z[near.second]
    limit = np.full(len(donor), TOLERANCE)
    limit[_IS_LARGER[z[near.first]] & (donor > _CARBON) & (donor < 10)] = _TOLERANCE_3D
    heavy_halide = _IS_HALOGEN[donor] & (donor > 10)
    limit[_HAS_LONG_HALIDES[z[near.first]] & heavy_halide] = _TOLERANCE_LONG_HALIDE
    limit[_HAS_LONE_PAIR[z[near.first]] & (donor > _CARBON)] = _TOLERANCE_LONE_PAIR
    limit[_IS_HALOGEN[donor] & (n_neighbours[near.second] > 0)] = _TOLERANCE_BOUND_HALOGEN
    saturated = _is_saturated(atoms, covalent, n_neighbours)
    keep = (excess <= limit + beyond) & ~saturated[near.second]
    near, excess = near.take(keep), excess[keep]
    return near.take(~_shielded(atoms, covalent, near, excess))


def _is_saturated(
    atoms: CellAtoms, covalent: Contacts, n_neighbours: NDArray[np.int64]
) -> NDArray[np.bool_]:
    z = atoms.atomic_numbers
    ends = np.concatenate([covalent.first, covalent.second])
    others = np.concatenate([covalent.second, covalent.first])
    n_hydrogen = np.bincount(ends[z[others] == 1], minlength=len(z))
    n_boron = np.bincount(ends[z[others] == 5], minlength=len(z))
    saturated = n_neighbours >= _VALENCE[z]
    saturated[n_boron > 1] = False  # cage carbon and boron of (metalla)carboranes
    # BH4 and BH3R bind through hydrogens; the boron stands for them
    boron = z == 5
    saturated[boron] = (n_neighbours[boron] == 4) & (n_hydrogen[boron] <= 1) & (n_boron[boron] < 2)
    return np.asarray(saturated)


def _shielded(
    atoms: CellAtoms, covalent: Contacts, near: Contacts, excess: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Mark contacts whose atom sits behind a bonded neighbour that is clearly the donor.

    So nitrate N, carboxylate C, sulfate S are no donors, while the atoms of a side-on ligand
    (cyclopentadienyl, alkene, pyrazolate), all about as near as each other, stay.
    """
    z = atoms.atomic_numbers
    by_place = dict(zip(_places(near), excess.tolist(), strict=True))
    wanted = np.zeros(len(z), dtype=bool)
    wanted[near.second] = True
    covalent = covalent.take(wanted[covalent.first] & wanted[covalent.second])
    neighbours: dict[int, list[tuple[int, int, int, int]]] = {}
    for a, b, s, t, u in _places(covalent):
        neighbours.setdefault(a, []).append((b, s, t, u))
        neighbours.setdefault(b, []).append((a, -s, -t, -u))
    shielded = np.zeros(len(excess), dtype=bool)
    for row, ((m, x, s, t, u), e) in enumerate(by_place.items()):
        for y, ds, dt, du in neighbours.get(x, ()):
            other = by_place.get((m, y, s + ds, t + dt, u + du))
            margin = _SHIELDED_BY_CARBON if z[y] == 6 else _SHIELDED_BY_HETEROATOM
            if other is not None and e - other > margin:
                shielded[row] = True
    return shielded


def _metal_metal_bonds(atoms: CellAtoms) -> Contacts:
    z = atoms.atomic_numbers
    metal = np.flatnonzero(_IS_CENTRE[z])
    radius = COVALENT_RADII[z]
    near = contacts_within(atoms, radius + _ROUNDING, metal, metal)
    short = near.distance <= radius[near.first] + radius[near.second]
    # Lanthanide radii are so large that their sum says nothing of a bond between two of them
    both_f = _IS_F_BLOCK[z[near.first]] & _IS_F_BLOCK[z[near.second]]
    return near.take(short & ~both_f & _once(near))
