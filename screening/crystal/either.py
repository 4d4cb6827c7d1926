"""Atoms of a negative disorder group that stand in one place whichever way their group stands.

So do the nitrogen atoms of a DABCO on a centre of inversion, whose carbon atoms are in two places.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from screening.crystal.lattice import CellAtoms
from screening.crystal.overlap import FULL
from screening.crystal.sites import Sites

_SAME_PLACE: Final = 0.01


def with_whole_atoms(sites: Sites, atoms: CellAtoms) -> Sites:
    """Return the sites, those that are full in either orientation with occupancy 1 and no group.

    The file lists such an atom twice: symmetry takes one site to the place of the other, and their
    occupancies add up to 1. A group of which every site is listed twice is only written so.
    """
    if not sites.grouped.any():
        return sites
    lost = np.flatnonzero(np.bincount(atoms.site, minlength=len(sites.labels)) == 0)
    lost = np.array([i for i in lost if sites.group[i].startswith("-")], dtype=np.int64)
    if not lost.size:
        return sites
    whole: dict[int, int] = {}
    for i in lost.tolist():
        apart = atoms.fract - sites.fract[i]
        apart -= np.rint(apart)
        near = np.linalg.norm(apart @ atoms.orth.T, axis=1) < _SAME_PLACE
        near &= sites.atomic_numbers[atoms.site] == sites.atomic_numbers[i]
        near &= sites.group_number[atoms.site] == sites.group_number[i]
        for j in np.unique(atoms.site[near]).tolist():
            if abs(sites.occupancy[i] + sites.occupancy[j] - 1) <= 1 - FULL:
                whole[j] = i
    listed_twice = {*whole, *whole.values()}
    groups = {sites.group[i] for i in range(len(sites.labels)) if i not in listed_twice}
    full = {i for i in listed_twice if sites.group[i] in groups}
    if not full:
        return sites
    return replace(
        sites,
        occupancy=np.where(np.isin(np.arange(len(sites.labels)), list(full)), 1, sites.occupancy),
        assembly=tuple("" if i in full else name for i, name in enumerate(sites.assembly)),
        group=tuple("" if i in full else name for i, name in enumerate(sites.group)),
    )
