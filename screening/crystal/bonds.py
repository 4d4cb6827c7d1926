"""Which atoms are bonded: covalent radii, and rules for what only lies near a metal."""

from typing import Any, Final

import numpy as np

from screening.compiled import compiled
from screening.crystal.donors import ROUNDING, TOLERANCE, donor_bonds
from screening.crystal.lattice import CellAtoms, Contacts
from screening.crystal.near import near_pairs
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
    radius, is_centre, is_metal = COVALENT_RADII[z], _IS_CENTRE[z], _IS_METAL[z]
    cell = atoms.fract, atoms.orth, atoms.periodic
    covalent = Contacts(*_covalent_bonds(*cell, z, radius, is_metal))
    coordinate = donor_bonds(atoms, covalent, np.flatnonzero(is_centre))
    between = Contacts(*_metal_metal_bonds(*cell, radius, is_centre, _IS_F_BLOCK[z]))
    return joined([covalent, coordinate, between])


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
    bonded = bonds.take(to_metal)
    ends = (near.first, near.second, near.shift, bonded.first, bonded.second, bonded.shift)
    return near.take(_are_new(*ends) & (z[near.second] > _CARBON))


def joined(parts: list[Contacts]) -> Contacts:
    """Return all pairs of *parts* as one list."""
    return Contacts(
        np.concatenate([p.first for p in parts]),
        np.concatenate([p.second for p in parts]),
        np.concatenate([p.shift for p in parts]),
        np.concatenate([p.distance for p in parts]),
    )


@compiled
def _is_once(first: int, second: int, shift: Any) -> bool:
    """Choose one of the two directions of a pair."""
    if first != second:
        return first < second
    for x in shift:
        if x != 0:
            return x > 0  # type: ignore[no-any-return]
    return False


@compiled
def _covalent_bonds(
    fract: Any, orth: Any, periodic: bool, z: Any, radius: Any, is_metal: Any
) -> tuple[Any, Any, Any, Any]:
    """Bonds between non-metals; a hydrogen has the one to the nearest atom beyond the radii."""
    heavy = np.flatnonzero(~is_metal & (z > 1))
    reach = radius + (TOLERANCE / 2 + ROUNDING)
    first, second, shift, distance = near_pairs(fract, orth, reach, heavy, heavy, periodic)
    rows = np.empty(len(first), dtype=np.int64)
    n = 0
    for k in range(len(first)):
        i, j = first[k], second[k]
        if distance[k] <= radius[i] + radius[j] + TOLERANCE and _is_once(i, j, shift[k]):
            rows[n] = k
            n += 1
    bonds = first[rows[:n]], second[rows[:n]], shift[rows[:n]], distance[rows[:n]]
    hydrogens = np.flatnonzero(z == 1)
    first, second, shift, distance = near_pairs(fract, orth, reach, hydrogens, heavy, periodic)
    rows = np.empty(len(hydrogens), dtype=np.int64)
    n, least = 0, 0.0
    for k in range(len(first)):  # the contacts of one hydrogen stand together
        excess = distance[k] - radius[first[k]] - radius[second[k]]
        if excess > TOLERANCE:
            continue
        if n == 0 or first[rows[n - 1]] != first[k]:
            n += 1
        elif excess >= least:
            continue
        rows[n - 1], least = k, excess
    return (
        np.concatenate((bonds[0], first[rows[:n]])),
        np.concatenate((bonds[1], second[rows[:n]])),
        np.concatenate((bonds[2], shift[rows[:n]])),
        np.concatenate((bonds[3], distance[rows[:n]])),
    )


@compiled
def _metal_metal_bonds(
    fract: Any, orth: Any, periodic: bool, radius: Any, is_centre: Any, is_f_block: Any
) -> tuple[Any, Any, Any, Any]:
    """Metals no farther apart than their radii; those of the f block are too large to tell."""
    metals = np.flatnonzero(is_centre)
    first, second, shift, distance = near_pairs(
        fract, orth, radius + ROUNDING, metals, metals, periodic
    )
    is_bond = np.empty(len(first), dtype=np.bool_)
    for k in range(len(first)):
        i, j = first[k], second[k]
        is_bond[k] = (
            distance[k] <= radius[i] + radius[j]
            and not (is_f_block[i] and is_f_block[j])
            and _is_once(i, j, shift[k])
        )
    rows = np.flatnonzero(is_bond)
    return first[rows], second[rows], shift[rows], distance[rows]


@compiled
def _are_new(
    first: Any, second: Any, shift: Any, old_first: Any, old_second: Any, old_shift: Any
) -> Any:
    """Which of the contacts are none of the old ones."""
    new = np.ones(len(first), dtype=np.bool_)
    for k in range(len(first)):
        for m in range(len(old_first)):
            if (
                first[k] == old_first[m]
                and second[k] == old_second[m]
                and (shift[k] == old_shift[m]).all()
            ):
                new[k] = False
    return new
