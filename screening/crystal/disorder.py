"""Alternatives that overlap without saying so: one of them stays, so that one molecule is left."""

from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from screening.crystal.connected import connect
from screening.crystal.crowding import across_symmetry, crowded
from screening.crystal.donors import ROUNDING, TOLERANCE
from screening.crystal.lattice import CellAtoms, Contacts, contacts, contacts_within, joined
from screening.crystal.overlap import SAME_OCCUPANCY, is_partial, overlaps
from screening.crystal.precedence import group_order, precedence
from screening.crystal.rivals import choose_equals
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IS_METAL, symbol
from screening.words import counted

_REACH = 2.0
"""Angstrom: longest bond by which a fragment hangs together; C-I and P-P are longer."""
_TOLERANCE_PARTED = 0.15
"""Angstrom over the covalent radii in a crowd: less than two orientations are apart."""
_DUPLICATE = 0.1
"""Angstrom: two sites of one element this near are one, listed twice."""
_SAME_METAL_PLACE = 1.0
"""Angstrom: no two metals stand so near, so they share a place."""


def resolve(sites: Sites, atoms: CellAtoms, notes: list[str]) -> NDArray[np.bool_]:
    """Mark the cell atoms that stay where alternatives overlap without saying so.

    A fragment of disordered atoms that overlaps a symmetry image of itself (negative group) or
    another partly occupied fragment is kept in one place only: the higher occupancy, then the
    lower group, then what leaves the most atoms, then the earlier operation. A site listed twice
    counts once.
    """
    keep = np.ones(len(atoms.site), dtype=bool)
    clash = overlaps(sites, atoms)
    if (opposite := across_symmetry(sites, atoms)) is not None:
        clash = joined([clash, opposite])
    loose = is_partial(sites, atoms)  # what overlaps is not there in full, wherever it stands
    if clash.first.size:
        _drop_duplicates(sites, atoms, clash, keep, notes)
        relevant = keep[clash.first] & keep[clash.second]
        relevant &= loose[clash.first] | loose[clash.second]
        clash = clash.take(relevant)
    if clash.first.size:
        unit = _consistent_units(sites, atoms, loose, clash)
        _choose(sites, atoms, loose, clash, keep, unit)
    if loose.any() and (crowding := crowded(sites, atoms, loose, keep)) is not None:
        unit = _units(sites, atoms, loose & keep, _TOLERANCE_PARTED, crowding)
        within = unit[crowding.first] == unit[crowding.second]
        unclear = np.isin(unit, unit[crowding.first[within]])  # stays, and is a fault
        _choose(sites, atoms, loose, crowding.take(~unclear[crowding.first]), keep, unit)
    return keep


def _choose(
    sites: Sites,
    atoms: CellAtoms,
    loose: NDArray[np.bool_],
    clash: Contacts,
    keep: NDArray[np.bool_],
    unit: NDArray[np.int64],
) -> None:
    """Leave some of the fragments (*unit* by atom) that *clash*, by the rule of `resolve`."""
    rivals: dict[int, set[int]] = {}
    for a, b in set(zip(unit[clash.first].tolist(), unit[clash.second].tolist(), strict=True)):
        rivals.setdefault(a, set()).add(b)
        rivals.setdefault(b, set()).add(a)
    rank_of_site = precedence(sites)[atoms.site]
    backwards = np.argsort(rank_of_site, kind="stable")[::-1]
    firsts = np.empty(unit.max() + 1, dtype=np.int64)
    firsts[unit[backwards]] = backwards  # what comes first is written last
    first_atom, site, operation = firsts.tolist(), atoms.site.tolist(), atoms.operation.tolist()
    order, is_loose = rank_of_site.tolist(), loose.tolist()

    def right(u: int) -> tuple[bool, float, tuple[int, int, str]]:
        i = first_atom[u]
        occupancy = round(float(sites.occupancy[site[i]]), 3)
        return is_loose[i], -occupancy, group_order(sites.group[site[i]])

    def place(u: int) -> tuple[int, int, int]:
        i = first_atom[u]
        return operation[i], order[i], i

    size = dict(enumerate(np.bincount(unit).tolist()))
    chosen: set[int] = set()
    rights = {u: right(u) for u in rivals}
    in_order = sorted(rivals, key=lambda u: (rights[u], place(u)))
    for (loose_ones, *_), equals in groupby(in_order, rights.__getitem__):
        if loose_ones:
            free = [u for u in equals if chosen.isdisjoint(rivals[u])]
            chosen |= choose_equals(free, rivals, size)
        else:
            chosen.update(equals)
    keep[np.isin(unit, list(rivals.keys() - chosen))] = False


def _drop_duplicates(
    sites: Sites,
    atoms: CellAtoms,
    clash: Contacts,
    keep: NDArray[np.bool_],
    notes: list[str],
) -> None:
    z = atoms.atomic_numbers
    a, b = atoms.site[clash.first], atoms.site[clash.second]
    same = (clash.distance < _DUPLICATE) & (z[clash.first] == z[clash.second]) & (a != b)
    same &= sites.group_number[a] == sites.group_number[b]
    if not same.any():
        return
    order = precedence(sites)
    same &= order[a] < order[b]
    doubled = dict(sorted(zip(b[same].tolist(), a[same].tolist(), strict=True)))
    second, first = next(iter(doubled.items()))
    notes.append(
        f"{counted(len(doubled), 'site')} within {_DUPLICATE:g} angstrom of another one left "
        f"out: {sites.labels[second]} on {sites.labels[first]}"
        + (", ..." if len(doubled) > 1 else "")
    )
    keep[clash.second[same]] = False


def _consistent_units(
    sites: Sites, atoms: CellAtoms, loose: NDArray[np.bool_], clash: Contacts
) -> NDArray[np.int64]:
    """Number the fragments that live or die together; none holds two atoms that clash.

    In one that does, each atom is for itself.
    """
    unit = _units(sites, atoms, loose, TOLERANCE, clash)
    within = unit[clash.first] == unit[clash.second]
    alone = np.flatnonzero(np.isin(unit, unit[clash.first[within]]))
    unit[alone] = unit.max() + 1 + np.arange(len(alone))
    return unit


def _units(
    sites: Sites,
    atoms: CellAtoms,
    loose: NDArray[np.bool_],
    tolerance: float,
    apart: Contacts | None = None,
) -> NDArray[np.int64]:
    """Number the fragments: bonded, same operation, same group.

    tolerance: angstrom that a bond may exceed the sum of the radii; *apart* are no bonds.
    """
    index = np.flatnonzero(loose & (atoms.order == 1))
    radius = COVALENT_RADII[atoms.atomic_numbers]
    near = contacts_within(atoms, radius + (tolerance / 2 + ROUNDING), index, index)
    a, b = atoms.site[near.first], atoms.site[near.second]
    group, assembly = sites.group_number, sites.assembly_number
    bonded = near.distance <= radius[near.first] + radius[near.second] + tolerance
    bonded &= near.distance <= _REACH
    bonded &= atoms.operation[near.first] == atoms.operation[near.second]
    bonded &= (group[a] == group[b]) & (assembly[a] == assembly[b])
    bonded &= np.abs(sites.occupancy[a] - sites.occupancy[b]) < SAME_OCCUPANCY
    n = len(atoms.site)
    first, second = near.first[bonded], near.second[bonded]
    if apart is not None:
        together = ~np.isin(first * n + second, apart.first * n + apart.second)
        first, second = first[together], second[together]
    return connect(n, first, second)


def mark_substituted(
    sites: Sites, everything: CellAtoms, atoms: CellAtoms, notes: list[str]
) -> CellAtoms:
    """Return *atoms* with the metals marked that share their place with one that was left out."""
    if atoms is everything:
        return atoms
    metals = np.flatnonzero(IS_METAL[everything.atomic_numbers])
    left = np.flatnonzero(IS_METAL[atoms.atomic_numbers])
    if len(metals) == len(left):
        return atoms
    kept = dict(zip(_made_by(atoms, left), left.tolist(), strict=True))
    stays = np.array([place in kept for place in _made_by(everything, metals)], dtype=bool)
    near = contacts(everything, _SAME_METAL_PLACE, metals[stays], metals[~stays])
    differ = everything.atomic_numbers[near.first] != everything.atomic_numbers[near.second]
    near = near.take(differ)
    shared = atoms.shared.copy()
    pairs: dict[tuple[int, int], None] = {}
    for one, (b, _) in zip(
        _made_by(everything, near.first), _made_by(everything, near.second), strict=True
    ):
        shared[kept[one]] = True
        pairs[one[0], b] = None
    for a, b in pairs:
        name = symbol(int(sites.atomic_numbers[b]))
        notes.append(
            f"{sites.labels[a]} (occupancy {sites.occupancy[a]:g}) shares its place with "
            f"{sites.labels[b]} ({name}, {sites.occupancy[b]:g}), which is left out"
        )
    return replace(atoms, shared=shared)


def _made_by(atoms: CellAtoms, index: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Site and operation of each atom of *index*."""
    return list(zip(atoms.site[index].tolist(), atoms.operation[index].tolist(), strict=True))
