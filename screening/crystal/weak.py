"""Contacts of metals beyond the bond limit that join complexes to something larger."""

import numpy as np
from numpy.typing import NDArray

from screening.crystal.bonds import find_weak_contacts, joined
from screening.crystal.connected import connect
from screening.crystal.grow import grow
from screening.crystal.lattice import CellAtoms, Contacts
from screening.crystal.sites import Sites
from screening.elements import METAL_CENTRES

_IS_CENTRE = np.isin(np.arange(119), list(METAL_CENTRES))
_WHAT = {1: "a chain", 2: "a layer", 3: "a network"}


def note_weak_bridges(sites: Sites, atoms: CellAtoms, bonds: Contacts) -> list[str]:
    """Return a note for what becomes of the units with a metal when weak contacts join them."""
    weak = find_weak_contacts(atoms, bonds)
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
        n_units = len(np.unique(unit[part[_IS_CENTRE[atoms.atomic_numbers[part]]]]))
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
