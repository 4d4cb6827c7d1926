"""What is impossible about the atoms of a filled cell."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.crystal.lattice import CellAtoms, Contacts, contacts
from screening.crystal.overlap import overlaps
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IS_CENTRE, IS_METAL

_SURROUNDINGS = 3.0
"""Angstrom around a metal, a little more than its donors are away."""
_SAME_PLACE = 0.3
"""Angstrom: a hydrogen so near to another atom is a mistake, not a short bond."""
_BORON, _CARBON = 5, 6
_MANY = 10**6
_MAX_NEIGHBOURS = np.full(119, _MANY)
_MAX_NEIGHBOURS[_CARBON] = 4
_MAX_CARBON_NEIGHBOURS = np.where(np.arange(119) > _CARBON, 5, _MANY)
_MAX_CARBON_NEIGHBOURS[[7, 8]] = 4, 2
"""By element: an ether in two orientations, or a phosphine, has more."""
_FULL = np.full(119, _MANY)
_FULL[[7, 15, 33]] = 4
"""Carbon neighbours with which N, P and As have no lone pair left for a metal."""


def find_faults(sites: Sites, atoms: CellAtoms, bonds: Contacts) -> dict[int, str]:
    """Say what is impossible, by atom: too near another one, or with too many neighbours.

    A donor with more neighbours than it has places stands for two orientations of its group in a
    crystal; in a molecule by itself it is what was meant, such as a phosphorane at palladium.
    """
    z = atoms.atomic_numbers
    found: dict[int, str] = {}

    def label(i: int) -> str:
        return sites.labels[int(atoms.site[i])]

    clash = overlaps(sites, atoms)
    for a, b, d in zip(
        clash.first.tolist(), clash.second.tolist(), clash.distance.tolist(), strict=True
    ):
        # hydrogens often stand badly, but never on another atom
        if min(z[a], z[b]) > 1 or d < _SAME_PLACE:
            found.setdefault(a, f"{label(a)} and {label(b)} are {d:.2f} angstrom apart")
    n_heavy, n_boron, n_carbon = _neighbours(z, IS_METAL[z], bonds.first, bonds.second)
    crowded = n_heavy > _MAX_NEIGHBOURS[z]
    if atoms.periodic:
        crowded |= n_carbon > _MAX_CARBON_NEIGHBOURS[z]
    crowded &= n_boron == 0
    for i in np.flatnonzero(crowded).tolist():
        text = f"{label(i)} has {n_heavy[i]} neighbours other than hydrogen within bonding distance"
        found.setdefault(i, text)
    if not atoms.periodic:
        return found
    full = np.flatnonzero((n_carbon >= _FULL[z]) & (n_boron == 0))
    for i, metal, distance in _bonded_to_metal(atoms, full):
        found.setdefault(
            i,
            f"{label(i)} has {n_carbon[i]} carbon neighbours and is {distance:.2f} angstrom from"
            f" {label(metal)}",
        )
    return found


def _bonded_to_metal(atoms: CellAtoms, full: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """Those of *full* as near to a metal as only donors are, with the metal and their distance."""
    if full.size:
        z = atoms.atomic_numbers
        near = contacts(atoms, _SURROUNDINGS, full, np.flatnonzero(IS_CENTRE[z]))
        bonded = near.distance < COVALENT_RADII[z[near.first]] + COVALENT_RADII[z[near.second]]
        near = near.take(bonded)
        yield from zip(
            near.first.tolist(), near.second.tolist(), near.distance.tolist(), strict=True
        )


@compiled
def _neighbours(z: Any, is_metal: Any, first: Any, second: Any) -> tuple[Any, Any, Any]:
    """Numbers of neighbours that are neither hydrogen nor metal; of boron and carbon among them."""
    n_heavy, n_boron = np.zeros(len(z), dtype=np.int64), np.zeros(len(z), dtype=np.int64)
    n_carbon = np.zeros(len(z), dtype=np.int64)
    for k in range(len(first)):
        i, j = first[k], second[k]
        if z[i] > 1 and z[j] > 1 and not is_metal[i] and not is_metal[j]:
            n_heavy[i] += 1
            n_heavy[j] += 1
            n_boron[i] += z[j] == _BORON
            n_boron[j] += z[i] == _BORON
            n_carbon[i] += z[j] == _CARBON
            n_carbon[j] += z[i] == _CARBON
    return n_heavy, n_boron, n_carbon


def with_metals_around(faults: dict[int, str], atoms: CellAtoms) -> dict[int, str]:
    """Let each metal also carry the fault of what surrounds it, bonded or not."""
    found = faults.copy()
    if faults:
        centres = np.flatnonzero(IS_CENTRE[atoms.atomic_numbers])
        near = contacts(atoms, _SURROUNDINGS, centres, np.array(sorted(faults)))
        for a, b in zip(near.first.tolist(), near.second.tolist(), strict=True):
            found.setdefault(a, faults[b])
    return found
