"""Disorder groups: which of the alternatives that the file names are kept."""

import numpy as np
from numpy.typing import NDArray

from screening.crystal.connected import connect
from screening.crystal.crowding import across_symmetry
from screening.crystal.donors import TOLERANCE
from screening.crystal.lattice import CellAtoms, Contacts, contacts
from screening.crystal.overlap import FULL, SAME_OCCUPANCY, overlaps
from screening.crystal.precedence import group_order
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII

_ALTERNATIVES = 1.5
"""Angstrom: sites of two groups this near belong to one disorder."""
_SIDES = 2  # of a symmetry element, on which each half is
_REACH = 1.7  # a bond between light atoms, along which a disorder group hangs together


def choose_groups(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the sites that stay: per assembly the group of highest mean occupancy.

    A tie goes to the lowest label. Where the assembly is not named, sites of different groups
    that are near each other or hang on the same ordered atom make one assembly. A fully occupied
    site is an alternative to nothing: it neither counts in the mean nor goes with its group,
    unless it clashes with what stays.
    """
    keep = np.ones(len(sites.labels), dtype=bool)
    grouped = sites.grouped
    if not grouped.any():
        return keep
    members: dict[tuple[str, int], list[int]] = {}
    cluster = _clusters(sites, atoms, grouped)
    for i in np.flatnonzero(grouped).tolist():
        name = sites.assembly[i]
        members.setdefault((name, -1 if name else int(cluster[i])), []).append(i)
    across = across_symmetry(sites, atoms)
    opposite = set(atoms.site[across.first].tolist()) if across is not None else set()
    singly: list[list[int]] = []
    jointly: list[list[int]] = []
    for indices in members.values():
        groups: dict[str, list[int]] = {}
        for i in indices:
            groups.setdefault(sites.group[i], []).append(i)
        weight = {g: _weight(sites.occupancy[part]) for g, part in groups.items()}
        if _share_two_places(groups, weight, opposite):
            continue
        best = min(groups, key=lambda g: (-weight[g], group_order(g)))
        for group, dropped in groups.items():
            if group != best:
                keep[dropped] = False
                full = [i for i in dropped if sites.occupancy[i] >= FULL]
                if min(sites.occupancy[indices]) < FULL:
                    singly += [[i] for i in full]
                else:
                    jointly.append(full)
    clash = overlaps(sites, atoms) if singly or jointly else None
    if clash is not None:
        _restore(sites, atoms, keep, singly, clash)
        # without any partial site nothing tells an alternative but how near it is
        heavy = np.flatnonzero(atoms.atomic_numbers > 1)
        _restore(sites, atoms, keep, jointly, contacts(atoms, _ALTERNATIVES, heavy, heavy))
    return keep


def _share_two_places(
    groups: dict[str, list[int]], weight: dict[str, float], opposite: set[int]
) -> bool:
    """Whether two groups of 1/2 are one each on the two sides of a symmetry element.

    Cl and CO of Vaska's complex on a centre of inversion: nearness then decides.
    opposite: sites whose images are alternatives of each other.
    """
    halves = [part for g, part in groups.items() if abs(weight[g] - 0.5) < SAME_OCCUPANCY]
    return len(groups) == len(halves) == _SIDES and all(opposite & set(part) for part in halves)


def _weight(occupancy: NDArray[np.float64]) -> float:
    partial = occupancy[occupancy < FULL]
    return round(float(partial.mean() if partial.size else 1.0), 3)


def _restore(
    sites: Sites,
    atoms: CellAtoms,
    keep: NDArray[np.bool_],
    together: list[list[int]],
    clash: Contacts,
) -> None:
    """Take back the fully occupied sites (each list as one) that *clash* with nothing that stays.

    A hydrogen goes with the atom it sits on.
    """
    a, b = atoms.site[clash.first], atoms.site[clash.second]
    rivals = set(a[keep[b]].tolist())
    parent = _parents(atoms, {i for part in together for i in part})
    kept = keep.copy()
    for part in together:
        heavy = [i for i in part if sites.atomic_numbers[i] > 1]
        if not rivals & set(heavy):
            kept[heavy] = True
    for part in together:
        for i in part:
            if sites.atomic_numbers[i] == 1 and i not in rivals:
                kept[i] = bool(kept[parent[i]]) if i in parent else False
    keep[:] = kept


def _parents(atoms: CellAtoms, wanted: set[int]) -> dict[int, int]:
    """Nearest heavy site of each hydrogen site of *wanted*, where one is near enough for a bond."""
    is_wanted = np.isin(atoms.site, list(wanted)) & (atoms.atomic_numbers == 1)
    hydrogens, heavy = np.flatnonzero(is_wanted), np.flatnonzero(atoms.atomic_numbers > 1)
    if not hydrogens.size or not heavy.size:
        return {}
    near = contacts(atoms, _ALTERNATIVES, hydrogens, heavy)
    order = np.argsort(-near.distance, kind="stable")  # the nearest is written last
    pairs = zip(atoms.site[near.first[order]], atoms.site[near.second[order]], strict=True)
    return {int(h): int(x) for h, x in pairs}


def _clusters(sites: Sites, atoms: CellAtoms, grouped: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number the connected disorders by site."""
    listed = np.flatnonzero(grouped[atoms.site])
    near = contacts(atoms, _REACH, listed, np.arange(len(atoms.site)))
    a, b = atoms.site[near.first], atoms.site[near.second]
    group = sites.group_number
    radius = COVALENT_RADII[sites.atomic_numbers]
    bonded = near.distance <= radius[a] + radius[b] + TOLERANCE
    rival = grouped[b] & (group[a] != group[b]) & (near.distance < _ALTERNATIVES)
    joined = (bonded & ((group[a] == group[b]) | ~grouped[b])) | rival
    return connect(len(grouped), a[joined], b[joined])
