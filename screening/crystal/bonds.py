"""Which atoms are bonded: covalent radii, and rules for what only lies near a metal."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.crystal.donors import IS_HEAVY_NONMETAL, ROUNDING, TOLERANCE, donor_bonds
from screening.crystal.lattice import CellAtoms, Contacts, contacts_within
from screening.elements import (
    COVALENT_RADII,
    IONIC_METALS,
    LANTHANIDES,
    METAL_CENTRES,
    METALS,
)

_WEAK: Final = 0.4
"""How much longer than a bond a weak contact may be: Cu-Cl up to 3.3, Cu-O and Mn-O up to 2.9."""
_OPEN_SITE: Final = 5
"""A metal with more donors than this has no place for a weak one."""
_CARBON: Final = 6
_ACTINIDES: Final = frozenset(range(89, 104))

_IS_CENTRE = np.isin(np.arange(119), list(METAL_CENTRES))
_IS_METAL = np.isin(np.arange(119), list(METALS | IONIC_METALS))
_IS_F_BLOCK = np.isin(np.arange(119), list(LANTHANIDES | _ACTINIDES))


def find_bonds(atoms: CellAtoms) -> Contacts:
    """Return the bonds of the cell, each once; a bond across a cell wall carries its shift.

    Contacts of alkali and heavy alkaline-earth ions are no bonds. `docs/crystal.md` has the rules.
    """
    z = atoms.atomic_numbers
    covalent = _covalent_bonds(atoms)
    metals = np.flatnonzero(_IS_CENTRE[z])
    return joined([covalent, donor_bonds(atoms, covalent, metals), _between(atoms, metals)])


def find_weak_contacts(atoms: CellAtoms, bonds: Contacts) -> Contacts:
    """Return the contacts of metals with up to five donors that are somewhat too long for a bond.

    By the rules of a bond but for its limit, and to N, O, S, halogens and the like, not to carbon.
    """
    z = atoms.atomic_numbers
    is_centre, is_metal = _IS_CENTRE[z], _IS_METAL[z]
    to_metal = is_centre[bonds.first] & ~is_metal[bonds.second]
    n_donors = np.bincount(bonds.first[to_metal], minlength=len(z))
    open_ = np.flatnonzero(is_centre & (n_donors > 0) & (n_donors <= _OPEN_SITE))
    if not open_.size:
        return bonds.take(np.zeros(len(bonds.first), dtype=bool))
    covalent = bonds.take(~is_metal[bonds.first] & ~is_metal[bonds.second])
    near = donor_bonds(atoms, covalent, open_, _WEAK)
    bonded = set(_places(bonds.take(to_metal)))
    new = np.array([place not in bonded for place in _places(near)], dtype=bool)
    return near.take(new & (z[near.second] > _CARBON))


def _places(pairs: Contacts) -> Iterator[tuple[int, int, int, int, int]]:
    """The two atoms of each pair, and the cell of the second one."""
    return zip(pairs.first.tolist(), pairs.second.tolist(), *pairs.shift.T.tolist(), strict=True)


def joined(parts: list[Contacts]) -> Contacts:
    """Return all pairs of *parts* as one list."""
    return Contacts(*map(np.concatenate, zip(*parts, strict=True)))


def _covalent_bonds(atoms: CellAtoms) -> Contacts:
    """Bonds between other non-metals than hydrogen, and those of hydrogen: one each."""
    z = atoms.atomic_numbers
    heavy = np.flatnonzero(IS_HEAVY_NONMETAL[z])
    radius = COVALENT_RADII[z]
    reach = radius + (TOLERANCE / 2 + ROUNDING)
    near = contacts_within(atoms, reach, heavy, heavy)
    bonds = near.take(_are_bonds(*near, radius, TOLERANCE))
    near = contacts_within(atoms, reach, np.flatnonzero(z == 1), heavy)
    nearest = near.take(_are_nearest(near.first, near.second, near.distance, radius))
    return joined([bonds, nearest])


def _between(atoms: CellAtoms, metals: NDArray[np.int64]) -> Contacts:
    """Bonds between metals."""
    z = atoms.atomic_numbers
    radius = COVALENT_RADII[z]
    near = contacts_within(atoms, radius + ROUNDING, metals, metals)
    if not near.first.size:
        return near
    # Lanthanide radii are so large that their sum says nothing of a bond between two of them
    both_f = _IS_F_BLOCK[z[near.first]] & _IS_F_BLOCK[z[near.second]]
    return near.take(_are_bonds(*near, radius, 0.0) & ~both_f)


@compiled
def _are_bonds(
    first: Any, second: Any, shift: Any, distance: Any, radius: Any, tolerance: float
) -> Any:
    """Which pairs are near enough for a bond; each in one of its two directions."""
    are = np.empty(len(first), dtype=np.bool_)
    for k in range(len(first)):
        i, j = first[k], second[k]
        is_once = i < j
        if i == j:
            for x in range(3):
                if shift[k, x] != 0:
                    is_once = shift[k, x] > 0
                    break
        are[k] = is_once and distance[k] <= radius[i] + radius[j] + tolerance
    return are


@compiled
def _are_nearest(first: Any, second: Any, distance: Any, radius: Any) -> Any:
    """Which pair of each first atom is the shortest beyond the radii, and near enough for a bond.

    The pairs of one atom stand together.
    """
    are = np.zeros(len(first), dtype=np.bool_)
    best, least = -1, 0.0
    for k in range(len(first)):
        excess = distance[k] - radius[first[k]] - radius[second[k]]
        is_other = best < 0 or first[k] != first[best]
        if excess <= TOLERANCE and (is_other or excess < least):
            if not is_other:
                are[best] = False
            are[k], best, least = True, k, excess
    return are
