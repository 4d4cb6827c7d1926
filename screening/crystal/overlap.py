"""Which atoms of the filled cell cannot both be there."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.crystal.cyanide import are_cyanides
from screening.crystal.lattice import CellAtoms, Contacts, contacts_within
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IS_METAL

FULL = 0.99
"""Occupancy from which a site counts as fully occupied."""
SAME_OCCUPANCY = 0.02
_TWO_DECIMALS = 0.006
"""How far a share that is written with two of them may be from what is meant."""
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
_TOO_NEAR_OXYGENS = 1.1
"""Angstrom; the shortest O-O bond known, of the dioxygenyl ion, has 1.12."""

_TOO_NEAR_RIVAL = np.zeros(119)
_TOO_NEAR_RIVAL[list(_TOO_NEAR_RIVALS)] = list(_TOO_NEAR_RIVALS.values())
_REACH = (TOO_NEAR + 1e-6) * COVALENT_RADII
_REACH[_OXYGEN] = _TOO_NEAR_OXYGENS / 2
"""Angstrom by atomic number: two atoms farther apart than theirs together do not overlap."""
_REACH_LOOSE = (_TOO_NEAR_TWINS + 1e-6) * COVALENT_RADII
"""The same of disordered atoms, which may overlap farther apart."""
_REACH_LOOSE[1] = _TOO_NEAR_HYDROGENS / 2
for _element, _distance in _TOO_NEAR_RIVALS.items():
    _REACH_LOOSE[_element] = max(_REACH_LOOSE[_element], _distance / 2)


@lru_cache(maxsize=2)  # of the same atoms it is asked again and again
def is_loose(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the cell atoms that belong to a disorder group or are only partly there.

    An occupancy of 1/2 on a twofold position counts as full, as does 0.33 on a threefold one: some
    programs write it so. A metal that shares its place with another one is loose whatever its
    occupancy.
    """
    partial = is_partial(sites, atoms)
    if not partial.any():
        return partial
    ordered = is_written_as_share(sites, atoms) & ~_grouped(sites, atoms) & ~atoms.shared
    return np.asarray(partial & ~ordered)


def is_written_as_share(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the atoms whose occupancy is 1/n on a position of order n, to two decimals."""
    return np.asarray(np.abs(sites.occupancy[atoms.site] - 1 / atoms.order) < _TWO_DECIMALS)


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
    z, site = atoms.atomic_numbers, atoms.site
    # a pair beyond this is no overlap whatever the two have in common
    reach = np.where(loose, _REACH_LOOSE[z], _REACH[z])
    everything = np.arange(len(site))
    near = contacts_within(atoms, reach, everything, everything)
    if not near.first.size:
        return near
    same = (sites.group_number[site], sites.assembly_number[site], atoms.operation)
    are = _are_overlaps(
        near.first,
        near.second,
        near.distance,
        z,
        COVALENT_RADII[z],
        IS_METAL[z],
        _TOO_NEAR_RIVAL[z],
        loose,
        sites.occupancy[site],
        *same,
        TOO_NEAR if atoms.periodic else _TOO_NEAR_ALONE,
        _TOO_NEAR_OXYGENS if atoms.periodic else 0.0,
    )
    clash = near.take(are)
    if not clash.first.size:
        return clash
    return clash.take(~are_cyanides(atoms, clash))


@compiled
def _are_overlaps(
    first: Any,
    second: Any,
    distance: Any,
    z: Any,
    radius: Any,
    is_metal: Any,
    too_near_rival: Any,
    loose: Any,
    occupancy: Any,
    group: Any,
    assembly: Any,
    operation: Any,
    ordered: float,
    oxygens: float,
) -> Any:
    """Which of the pairs are too near to each other to be both there."""
    are = np.empty(len(first), dtype=np.bool_)
    for k in range(len(first)):
        i, j = first[k], second[k]
        # What the file puts into one group, and symmetry into one place, may be bonded as C#N is.
        placed_alike = group[i] == group[j] and operation[i] == operation[j]
        together = placed_alike and assembly[i] == assembly[j] and group[i] != 0
        both_loose = loose[i] and loose[j] and not together
        with_hydrogen = z[i] == 1 or z[j] == 1
        factor = _TOO_NEAR_PARTIAL if both_loose else ordered
        if both_loose and z[i] == z[j]:
            factor = _TOO_NEAR_TWINS
        if is_metal[i] or is_metal[j] or with_hydrogen:
            factor = _TOO_NEAR_METAL
        limit = factor * (radius[i] + radius[j])
        if z[i] == _OXYGEN and z[j] == _OXYGEN:
            limit = max(limit, oxygens)
        if both_loose and z[i] == z[j]:
            # two oxygen atoms that nothing sets apart may be one O2
            alike = placed_alike and abs(occupancy[i] - occupancy[j]) < SAME_OCCUPANCY
            if z[i] == 1:
                limit = _TOO_NEAR_HYDROGENS
            elif too_near_rival[i] > 0 and not (alike and z[i] == _OXYGEN):
                limit = too_near_rival[i]
        are[k] = distance[k] < limit
    return are
