"""Contacts of metals beyond the bond limit that join complexes to something larger."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.crystal.connected import connect
from screening.crystal.donors import donor_bonds
from screening.crystal.grow import grow
from screening.crystal.lattice import CellAtoms, Contacts, joined
from screening.crystal.sites import Sites
from screening.elements import IS_CENTRE, IS_METAL

_WEAK: Final = 0.4
"""How much longer than a bond a weak contact may be: Cu-Cl up to 3.3, Cu-O and Mn-O up to 2.9."""
_OPEN_SITE: Final = 5
"""A metal with more donors than this has no place for a weak one."""
_CARBON: Final = 6
_WHAT = {1: "a chain", 2: "a layer", 3: "a network"}


def note_weak_bridges(sites: Sites, atoms: CellAtoms, bonds: Contacts) -> list[str]:
    """Return a note for what becomes of the units with a metal when weak contacts join them."""
    weak = _weak_contacts(atoms, bonds)
    if not weak.first.size:
        return []
    unit, dimension, within = _units(atoms, bonds, weak)
    weak = weak.take(~within)
    both = joined([bonds, weak])
    notes: dict[str, None] = {}
    whole = connect(len(atoms.site), both.first, both.second)
    for number in np.unique(whole[weak.first]).tolist():
        part = np.flatnonzero(whole == number)
        bridges = weak.take(whole[weak.first] == number)
        reached = grow(part, both).dimension
        n_units = len(np.unique(unit[part[IS_CENTRE[atoms.atomic_numbers[part]]]]))
        if reached > dimension[part].max():
            what = _WHAT[reached]
        elif reached == 0 and n_units > 1:
            what = f"{n_units} complexes joined"
        else:
            continue
        nearest = int(bridges.distance.argmin())
        ends = [sites.labels[atoms.site[i[nearest]]] for i in (bridges.first, bridges.second)]
        notes[
            f"{what} through contacts of metals that are too long for bonds "
            f"({' and '.join(ends)}, {bridges.distance[nearest]:.2f} angstrom)"
        ] = None
    return list(notes)


def _weak_contacts(atoms: CellAtoms, bonds: Contacts) -> Contacts:
    """Return the contacts of metals with up to five donors that are somewhat too long for a bond.

    By the rules of a bond but for its limit, and to N, O, S, halogens and the like, not to carbon.
    """
    z = atoms.atomic_numbers
    is_centre, is_metal = IS_CENTRE[z], IS_METAL[z]
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


def _units(
    atoms: CellAtoms, bonds: Contacts, weak: Contacts
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Number of the unit of each atom, its dimension, and which of *weak* lie within one unit."""
    n = len(atoms.site)
    unit = connect(n, bonds.first, bonds.second)
    dimension, offsets = np.zeros(n, dtype=np.int64), np.zeros((n, 3), dtype=np.int64)
    for number in np.unique(unit[np.concatenate([weak.first, weak.second])]).tolist():
        part = np.flatnonzero(unit == number)
        molecule = grow(part, bonds)
        dimension[part], offsets[part] = molecule.dimension, molecule.offsets
    within = (unit[weak.first] == unit[weak.second]) & (
        offsets[weak.second] - offsets[weak.first] == weak.shift
    ).all(axis=1)
    return unit, dimension, within
