"""Crowding: disordered atoms around one atom that cannot all be bonded to it.

Three methyl groups of a tert-butyl group in two orientations are 1.45 angstrom apart, as bonded
carbon atoms may be, so that their distance tells nothing: the seven neighbours do.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.crystal.donors import TOLERANCE
from screening.crystal.lattice import CellAtoms, Contacts, contacts_within
from screening.crystal.overlap import is_loose, is_partial
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IS_METAL

_MAX_NEIGHBOURS: Final = np.full(119, 4)
_MAX_NEIGHBOURS[8] = 2
_MIN_COSINE: Final = float(np.cos(np.radians(80)))
"""Neighbours that are there together are farther apart; two orientations of a tetrahedron or of
its three free corners have 71 and 56 degrees between them, two of a phenyl ring up to 75."""
_MAX_AROUND: Final = 48
"""Images around one atom that are compared; more are no disorder but a heap."""
_SAME_DISTANCE: Final = 0.02
"""Angstrom: what symmetry makes of one bond is as long, but for rounding."""
_NEGATIVE: Final = re.compile(r"-\d")
_BORON: Final = 5
_FLUORINE: Final = 9
_HEXAFLUORIDE: Final = 6  # of P, As, Sb, Si; where they are disordered angles are not quite right


def crowded(
    sites: Sites, atoms: CellAtoms, loose: NDArray[np.bool_], keep: NDArray[np.bool_]
) -> Contacts | None:
    """Return the pairs of *loose* atoms, each twice, that crowd an ordered atom.

    Of the atoms that *keep* marks; metals do not count, nor do the neighbours of boron (cages).
    None where there are no such pairs.
    """
    z = atoms.atomic_numbers
    is_other = ~IS_METAL[z] & keep
    alternatives = np.flatnonzero(is_other & loose & (z > 1))
    others = np.flatnonzero(is_other)
    reach = COVALENT_RADII[z] + TOLERANCE / 2
    near = contacts_within(atoms, reach, alternatives, others)
    centres = np.flatnonzero(np.bincount(near.second, minlength=len(z)) > 1)
    near = contacts_within(atoms, reach, centres, others)
    n_neighbours = np.bincount(near.first, minlength=len(z))
    n_fluorine = np.bincount(near.first[z[near.second] == _FLUORINE], minlength=len(z))
    limit = np.where(n_fluorine >= _HEXAFLUORIDE - 2, _HEXAFLUORIDE, _MAX_NEIGHBOURS[z])
    at_fault = n_neighbours > limit
    at_fault[near.first[z[near.second] == _BORON]] = False
    at_fault[is_loose(sites, atoms) | (z == 1)] = False
    near = near.take(at_fault[near.first] & loose[near.second] & (z[near.second] > 1))
    if not near.first.size:
        return None
    way = (atoms.fract[near.second] + near.shift - atoms.fract[near.first]) @ atoms.orth.T
    a, b = _pairs(near.first)
    along = (way[a] * way[b]).sum(axis=1)
    i, j = near.second[a], near.second[b]
    apart = along > _MIN_COSINE * near.distance[a] * near.distance[b]
    apart &= (i != j) & ~_together(sites, atoms, i, j)
    a, b = a[apart], b[apart]
    gap = np.sqrt(((way[a] - way[b]) ** 2).sum(axis=1))
    return Contacts(near.second[a], near.second[b], near.shift[b] - near.shift[a], gap)


def across_symmetry(sites: Sites, atoms: CellAtoms) -> Contacts | None:
    """Return the pairs of images, each twice, of negative groups on one ordered atom.

    A negative group is disordered about a special position: where it hangs on an atom there, as
    the methyl group of a methanolate whose oxygen lies on a mirror, symmetry makes alternatives of
    it, however far apart. None where there are no such pairs.
    """
    negative = {group for group in set(sites.group) if _NEGATIVE.match(group)}
    if not negative:
        return None
    is_negative = np.array([group in negative for group in sites.group], dtype=bool)
    z = atoms.atomic_numbers
    images = np.flatnonzero(is_negative[atoms.site] & (z > 1))
    anchors = np.flatnonzero(~is_partial(sites, atoms) & (atoms.order > 1) & (z > 1))
    near = contacts_within(atoms, COVALENT_RADII[z] + TOLERANCE / 2, anchors, images)
    if not near.first.size:
        return None
    a, b = _pairs(near.first)
    i, j = near.second[a], near.second[b]
    alike = (atoms.site[i] == atoms.site[j]) & (atoms.operation[i] != atoms.operation[j])
    alike &= np.abs(near.distance[a] - near.distance[b]) < _SAME_DISTANCE
    a, b = a[alike], b[alike]
    way = (atoms.fract[near.second] + near.shift - atoms.fract[near.first]) @ atoms.orth.T
    gap = np.sqrt(((way[a] - way[b]) ** 2).sum(axis=1))
    return Contacts(near.second[a], near.second[b], near.shift[b] - near.shift[a], gap)


def _pairs(centre: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of two contacts of one centre, each twice; *centre* (n,) is in order.

    Centres with more than any disorder gives are left out: a heap of atoms is refused anyway.
    """
    _, start, count = np.unique(centre, return_index=True, return_counts=True)
    first, second = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    few = count <= _MAX_AROUND
    for s, c in zip(start[few].tolist(), count[few].tolist(), strict=True):
        rows = np.arange(s, s + c)
        first.append(np.repeat(rows, c))
        second.append(np.tile(rows, c))
    return np.concatenate(first), np.concatenate(second)


def _together(
    sites: Sites, atoms: CellAtoms, i: NDArray[np.int64], j: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the file puts two atoms into one group, and symmetry into one place."""
    group, assembly = sites.group_number[atoms.site], sites.assembly_number[atoms.site]
    same = (group[i] == group[j]) & (assembly[i] == assembly[j]) & (group[i] != 0)
    return np.asarray(same & (atoms.operation[i] == atoms.operation[j]))
