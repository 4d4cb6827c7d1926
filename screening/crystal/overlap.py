"""Which atoms of the filled cell cannot both be there."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from screening.crystal.lattice import CellAtoms, Contacts, contacts_within
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, METALS

FULL = 0.99
"""Occupancy from which a site counts as fully occupied."""
SAME_OCCUPANCY = 0.02
TOO_NEAR = 0.7
"""Of the sum of the covalent radii: nearer than any bond, so one of the two atoms is none."""
_TOO_NEAR_METAL = 0.6  # M=O and M#N are shorter against the radii than any other bond
_TOO_NEAR_ALONE = 0.6  # without a crystal nothing is disordered: a short bond is a poor one
_TOO_NEAR_PARTIAL = 0.8
_TOO_NEAR_TWINS = 0.88  # of one element: 1.28 for C, 1.85 for S, below their partial bonds
_TOO_NEAR_HYDROGENS = 1.2
_TOO_NEAR_RIVALS = {8: 1.38, 9: 1.6, 16: 1.93}
"""Angstrom; the same for two of one element that differ in occupancy, group or operation, or of S
and F: just below the bonds O-O of peroxides and S-S of disulfides; F-F bonds do not occur."""
_OXYGEN = 8

_IS_METAL = np.isin(np.arange(119), list(METALS))
_REACH = (TOO_NEAR + 1e-6) * COVALENT_RADII
"""Angstrom by atomic number: two atoms farther apart than theirs together do not overlap."""
_REACH_LOOSE = (_TOO_NEAR_TWINS + 1e-6) * COVALENT_RADII
"""The same of disordered atoms, which may overlap farther apart."""
_REACH_LOOSE[1] = _TOO_NEAR_HYDROGENS / 2
for _element, _distance in _TOO_NEAR_RIVALS.items():
    _REACH_LOOSE[_element] = max(_REACH_LOOSE[_element], _distance / 2)


@lru_cache(maxsize=2)  # of the same atoms it is asked again and again
def is_loose(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the cell atoms that belong to a disorder group or are only partly there.

    An occupancy of 1/2 on a twofold position counts as full: some programs write it so. A metal
    that shares its place with another one is loose whatever its occupancy.
    """
    occupancy = sites.occupancy[atoms.site]
    written_so = np.abs(occupancy * atoms.order - 1) < 1 - FULL
    ordered = written_so & ~_grouped(sites, atoms) & ~atoms.shared
    return np.asarray(is_partial(sites, atoms) & ~ordered)


def is_partial(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Like `is_loose`, with every occupancy below 1 taken as it stands."""
    partial = sites.occupancy[atoms.site] < FULL
    return np.asarray(_grouped(sites, atoms) | partial | atoms.shared)


def _grouped(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    return sites.grouped[atoms.site]


@lru_cache(maxsize=2)  # asked before atoms are left out, and when none was again
def overlaps(sites: Sites, atoms: CellAtoms) -> Contacts:
    """Return the pairs of atoms, each twice, that cannot both be there."""
    loose = is_loose(sites, atoms)
    everything = np.arange(len(atoms.site))
    # a pair beyond this is no overlap whatever the two have in common
    reach = np.where(loose, _REACH_LOOSE[atoms.atomic_numbers], _REACH[atoms.atomic_numbers])
    near = contacts_within(atoms, reach, everything, everything)
    if not near.first.size:
        return near
    z1, z2 = atoms.atomic_numbers[near.first], atoms.atomic_numbers[near.second]
    # What the file puts into one group, and symmetry into one place, may be bonded as C#N is.
    both_loose = loose[near.first] & loose[near.second] & ~_together(sites, atoms, near)
    ordered = TOO_NEAR if atoms.periodic else _TOO_NEAR_ALONE
    factor = np.where(both_loose, _TOO_NEAR_PARTIAL, ordered)
    twins = both_loose & (z1 == z2)
    factor[twins] = _TOO_NEAR_TWINS
    factor[_IS_METAL[z1] | _IS_METAL[z2]] = _TOO_NEAR_METAL
    factor[(z1 == 1) | (z2 == 1)] = _TOO_NEAR_METAL
    limit = factor * (COVALENT_RADII[z1] + COVALENT_RADII[z2])
    limit[(z1 == 1) & (z2 == 1) & both_loose] = _TOO_NEAR_HYDROGENS
    rivals = twins & ~_alike(sites, atoms, near)
    for element, distance in _TOO_NEAR_RIVALS.items():
        limit[rivals & (z1 == element)] = distance
    return near.take(near.distance < limit)


def _alike(sites: Sites, atoms: CellAtoms, near: Contacts) -> NDArray[np.bool_]:
    """Mark the pairs of oxygen atoms that may be one O2: nothing sets one apart from the other."""
    a, b = atoms.site[near.first], atoms.site[near.second]
    group = sites.group_number
    same = (np.abs(sites.occupancy[a] - sites.occupancy[b]) < SAME_OCCUPANCY) & (
        group[a] == group[b]
    )
    same &= atoms.operation[near.first] == atoms.operation[near.second]
    return np.asarray(same & (atoms.atomic_numbers[near.first] == _OXYGEN))


def _together(sites: Sites, atoms: CellAtoms, near: Contacts) -> NDArray[np.bool_]:
    group, assembly = sites.group_number, sites.assembly_number
    a, b = atoms.site[near.first], atoms.site[near.second]
    same = (group[a] == group[b]) & (assembly[a] == assembly[b]) & (group[a] != 0)
    return np.asarray(same & (atoms.operation[near.first] == atoms.operation[near.second]))
