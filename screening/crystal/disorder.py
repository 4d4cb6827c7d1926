"""Which of several alternative atom sites are kept, so that one real molecule is left."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from screening.crystal.lattice import CellAtoms, Contacts, contacts
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, METALS

_FULL = 0.99
_ALTERNATIVES = 1.5
"""Angstrom: sites of two groups this near belong to one disorder."""
_REACH = 1.7
_TOLERANCE = 0.4
_TOO_NEAR = 0.7
_TOO_NEAR_METAL = 0.6  # M=O and M#N are shorter against the radii than any other bond
_TOO_NEAR_PARTIAL = 0.8
_TOO_NEAR_TWINS = 0.88  # of one element: 1.28 for C, 1.85 for S, below their partial bonds
_TOO_NEAR_HYDROGENS = 1.2
_DUPLICATE = 0.1

_IS_METAL = np.isin(np.arange(119), list(METALS))


def choose_groups(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the sites that stay: per assembly the group of highest mean occupancy.

    A tie goes to the lowest label. Where the assembly is not named, sites of different groups
    that are near each other or hang on the same ordered atom make one assembly.
    """
    keep = np.ones(len(sites.labels), dtype=bool)
    grouped = np.array([bool(g) for g in sites.group])
    if not grouped.any():
        return keep
    members: dict[tuple[str, int], list[int]] = {}
    cluster = _clusters(sites, atoms, grouped)
    for i in np.flatnonzero(grouped).tolist():
        name = sites.assembly[i]
        members.setdefault((name, -1 if name else int(cluster[i])), []).append(i)
    for indices in members.values():
        groups: dict[str, list[int]] = {}
        for i in indices:
            groups.setdefault(sites.group[i], []).append(i)
        best = min(
            groups,
            key=lambda g: (-round(float(sites.occupancy[groups[g]].mean()), 3), _label_order(g)),
        )
        for group, dropped in groups.items():
            if group != best:
                keep[dropped] = False
    return keep


def _label_order(group: str) -> tuple[int, int, str]:
    try:
        value = int(group)
    except ValueError:
        return (10**9, 0, group)
    return (abs(value), int(value < 0), group)


def _clusters(sites: Sites, atoms: CellAtoms, grouped: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number the connected disorders by site."""
    listed = np.flatnonzero(grouped[atoms.site])
    near = contacts(atoms, _REACH, listed, np.arange(len(atoms.site)))
    a, b = atoms.site[near.first], atoms.site[near.second]
    group = np.array(sites.group)
    radius = COVALENT_RADII[sites.atomic_numbers]
    bonded = near.distance <= radius[a] + radius[b] + _TOLERANCE
    rival = grouped[b] & (group[a] != group[b]) & (near.distance < _ALTERNATIVES)
    joined = (bonded & ((group[a] == group[b]) | ~grouped[b])) | rival
    n = len(grouped)
    graph = coo_matrix((np.ones(int(joined.sum())), (a[joined], b[joined])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def is_loose(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the cell atoms that belong to a disorder group or are only partly there.

    An occupancy of 1/2 on a twofold position counts as full: some programs write it so.
    """
    return _is_loose(sites, atoms, atoms.order)


def _is_loose(sites: Sites, atoms: CellAtoms, order: NDArray[np.int64] | int) -> NDArray[np.bool_]:
    grouped = np.array([bool(g) for g in sites.group])[atoms.site]
    return np.asarray(grouped | (sites.occupancy[atoms.site] * order < _FULL))


def overlaps(sites: Sites, atoms: CellAtoms) -> Contacts:
    """Return the pairs of atoms, each twice, that cannot both be there."""
    loose = is_loose(sites, atoms)
    everything = np.arange(len(atoms.site))
    near = contacts(atoms, _REACH, everything, everything)
    z1, z2 = atoms.atomic_numbers[near.first], atoms.atomic_numbers[near.second]
    # What the file puts into one group, and symmetry into one place, may be bonded as C#N is.
    both_loose = loose[near.first] & loose[near.second] & ~_together(sites, atoms, near)
    factor = np.where(both_loose, _TOO_NEAR_PARTIAL, _TOO_NEAR)
    factor[both_loose & (z1 == z2)] = _TOO_NEAR_TWINS
    factor[_IS_METAL[z1] | _IS_METAL[z2]] = _TOO_NEAR_METAL
    factor[(z1 == 1) | (z2 == 1)] = _TOO_NEAR_METAL
    limit = factor * (COVALENT_RADII[z1] + COVALENT_RADII[z2])
    limit[(z1 == 1) & (z2 == 1) & both_loose] = _TOO_NEAR_HYDROGENS
    return near.take(near.distance < limit)


def _together(sites: Sites, atoms: CellAtoms, near: Contacts) -> NDArray[np.bool_]:
    group, assembly = np.array(sites.group), np.array(sites.assembly)
    a, b = atoms.site[near.first], atoms.site[near.second]
    same = (group[a] == group[b]) & (assembly[a] == assembly[b]) & (group[a] != "")
    return np.asarray(same & (atoms.operation[near.first] == atoms.operation[near.second]))


def resolve(sites: Sites, atoms: CellAtoms, notes: list[str]) -> NDArray[np.bool_]:
    """Mark the cell atoms that stay where alternatives overlap without saying so.

    A fragment of disordered atoms that overlaps a symmetry image of itself (negative group) or
    another partly occupied fragment is kept in one place only: the higher occupancy, then the
    earlier operation. A site listed twice counts once.
    """
    keep = np.ones(len(atoms.site), dtype=bool)
    clash = overlaps(sites, atoms)
    loose = _is_loose(sites, atoms, 1)  # what overlaps is not there in full, wherever it stands
    if not clash.first.size:
        return keep
    _drop_duplicates(sites, atoms, clash, keep, notes)
    relevant = keep[clash.first] & keep[clash.second]
    relevant &= loose[clash.first] | loose[clash.second]
    clash = clash.take(relevant)
    if not clash.first.size:
        return keep
    unit = _units(sites, atoms, loose)
    within = unit[clash.first] == unit[clash.second]
    for u in np.unique(unit[clash.first[within]]):  # inconsistent unit: each atom for itself
        inside = np.flatnonzero(unit == u)
        unit[inside] = unit.max() + 1 + np.arange(len(inside))
    rivals: dict[int, set[int]] = {}
    for a, b in zip(unit[clash.first].tolist(), unit[clash.second].tolist(), strict=True):
        rivals.setdefault(a, set()).add(b)
    first_atom = {u: int(np.flatnonzero(unit == u)[0]) for u in rivals}

    def rank(u: int) -> tuple[bool, float, tuple[int, int, str], int, int]:
        i = first_atom[u]
        site = atoms.site[i]
        order = _label_order(sites.group[site])
        occupancy = round(float(sites.occupancy[site]), 3)
        return (bool(loose[i]), -occupancy, order, int(atoms.operation[i]), i)

    chosen: set[int] = set()
    for u in sorted(rivals, key=rank):
        if rivals[u] & chosen and loose[first_atom[u]]:
            keep[unit == u] = False
        else:
            chosen.add(u)
    return keep


def _drop_duplicates(
    sites: Sites,
    atoms: CellAtoms,
    clash: Contacts,
    keep: NDArray[np.bool_],
    notes: list[str],
) -> None:
    z = atoms.atomic_numbers
    a, b = atoms.site[clash.first], atoms.site[clash.second]
    same = (clash.distance < _DUPLICATE) & (z[clash.first] == z[clash.second]) & (a < b)
    same &= np.array(sites.group)[a] == np.array(sites.group)[b]
    doubled = dict(sorted(zip(b[same].tolist(), a[same].tolist(), strict=True)))
    if doubled:
        second, first = next(iter(doubled.items()))
        notes.append(
            f"{len(doubled)} sites stand within {_DUPLICATE:g} angstrom of another site and count "
            f"once: {sites.labels[second]} on {sites.labels[first]}"
            + (", ..." if len(doubled) > 1 else "")
        )
    keep[clash.second[same]] = False


def _units(sites: Sites, atoms: CellAtoms, loose: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number the fragments that live or die together: bonded, same operation, same group."""
    index = np.flatnonzero(loose & (atoms.order == 1))
    near = contacts(atoms, 2.0, index, index)
    a, b = atoms.site[near.first], atoms.site[near.second]
    group, assembly = np.array(sites.group), np.array(sites.assembly)
    radius = COVALENT_RADII[sites.atomic_numbers]
    joined = near.distance <= radius[a] + radius[b] + _TOLERANCE
    joined &= atoms.operation[near.first] == atoms.operation[near.second]
    joined &= (group[a] == group[b]) & (assembly[a] == assembly[b])
    joined &= np.abs(sites.occupancy[a] - sites.occupancy[b]) < 0.02
    n = len(atoms.site)
    ones = np.ones(int(joined.sum()))
    graph = coo_matrix((ones, (near.first[joined], near.second[joined])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
