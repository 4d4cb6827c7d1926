"""Which atoms are bonded: covalent radii, and rules for what only lies near a metal."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.crystal.donors import IS_HEAVY_NONMETAL, ROUNDING, TOLERANCE, donor_bonds
from screening.crystal.lattice import CellAtoms, Contacts, contacts_within, joined
from screening.elements import COVALENT_RADII, IS_CENTRE, IS_F_BLOCK

_BETWEEN_D: Final = 0.1
"""Angstrom by which each metal of groups 5 to 9 may be farther from another metal than its radius:
Mn-Mn of Mn2(CO)10 has 2.90, Mo-Mo of [CpMo(CO)3]2 3.24. Later metals come as near without a bond.
"""
_IS_MIDDLE_D: Final = np.isin(np.arange(119), [*range(23, 28), *range(41, 46), *range(73, 78)])


def find_bonds(atoms: CellAtoms) -> Contacts:
    """Return the bonds of the cell, each once; a bond across a cell wall carries its shift.

    Contacts of alkali and heavy alkaline-earth ions are no bonds. `docs/crystal.md` has the rules.
    """
    z = atoms.atomic_numbers
    covalent = _covalent_bonds(atoms)
    metals = np.flatnonzero(IS_CENTRE[z])
    return joined([covalent, donor_bonds(atoms, covalent, metals), _between(atoms, metals)])


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
    radius = COVALENT_RADII[z] + _BETWEEN_D * _IS_MIDDLE_D[z]
    near = contacts_within(atoms, radius + ROUNDING, metals, metals)
    if not near.first.size:
        return near
    # Lanthanide radii are so large that their sum says nothing of a bond between two of them
    both_f = IS_F_BLOCK[z[near.first]] & IS_F_BLOCK[z[near.second]]
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
