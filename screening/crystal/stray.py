"""Strays: atoms of the lattice that cannot stand where the file puts them, on an atom of a unit."""

import numpy as np
from numpy.typing import NDArray

from screening.crystal.lattice import CellAtoms, Contacts
from screening.crystal.overlap import overlaps
from screening.crystal.sites import Sites
from screening.elements import IS_METAL


def find_strays(
    sites: Sites, atoms: CellAtoms, bonds: Contacts, notes: list[str]
) -> NDArray[np.bool_]:
    """(n,) the non-metal atoms that have no neighbour but the bonded one they clash with.

    Each of their sites is noted. Hydrogens, and two atoms with no other neighbour, are no strays.
    """
    n = len(atoms.site)
    is_stray = np.zeros(n, dtype=bool)
    clash = overlaps(sites, atoms)
    if not clash.first.size:
        return is_stray
    z = atoms.atomic_numbers
    clash = clash.take((z[clash.first] > 1) & (z[clash.second] > 1))
    apart = ~np.isin(
        bonds.first * n + bonds.second,
        np.concatenate([clash.first * n + clash.second, clash.second * n + clash.first]),
    )
    n_bonds = np.bincount(bonds.first[apart], minlength=n)
    n_bonds += np.bincount(bonds.second[apart], minlength=n)
    alone = (n_bonds == 0) & ~IS_METAL[z]
    pairs = clash.take(alone[clash.first] & (n_bonds[clash.second] > 0))
    is_stray[pairs.first] = True
    noted: dict[int, str] = {}
    for a, b, distance in zip(
        pairs.first.tolist(), pairs.second.tolist(), pairs.distance.tolist(), strict=True
    ):
        stray, other = int(atoms.site[a]), int(atoms.site[b])
        noted.setdefault(
            stray,
            f"{sites.labels[stray]} left out: it is bonded to nothing and {distance:.2f} angstrom"
            f" from {sites.labels[other]}, where no atom can be",
        )
    notes.extend(noted.values())
    return is_stray
