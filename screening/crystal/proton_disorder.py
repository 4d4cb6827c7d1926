"""Hydrogens of which more are listed around an atom than are there at a time.

The hydrogens of water and alcohols often stand half here, half there, each in a hydrogen bond of
its own, and as far from each other as those of one molecule: only their sum tells.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.crystal.lattice import CellAtoms, contacts_within
from screening.crystal.overlap import is_loose
from screening.crystal.precedence import precedence
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IONIC_METALS, METALS

_TOLERANCE: Final = 0.4
"""Angstrom that a bond may exceed the sum of the covalent radii."""
_MAX_NEIGHBOURS = np.zeros(119, dtype=np.int64)
_MAX_NEIGHBOURS[[6, 7, 8]] = (4, 4, 2)
_IS_METAL = np.isin(np.arange(119), list(METALS | IONIC_METALS))


def without_surplus(sites: Sites, atoms: CellAtoms) -> NDArray[np.bool_]:
    """Mark the atoms that stay.

    Of the disordered hydrogens of a C, N or O with too many neighbours as many stay as the
    occupancies of all its hydrogens add up to, the fuller ones first.
    """
    z = atoms.atomic_numbers
    keep = np.ones(len(z), dtype=bool)
    disordered = np.flatnonzero(is_loose(sites, atoms) & (z == 1))
    if not disordered.size:
        return keep
    reach = COVALENT_RADII[z] + _TOLERANCE / 2
    limit = _MAX_NEIGHBOURS[z]
    near = contacts_within(atoms, reach, disordered, np.flatnonzero(limit))
    others = np.flatnonzero(~_IS_METAL[z])
    near = contacts_within(atoms, reach, np.unique(near.second), others)
    n_around = np.bincount(near.first, minlength=len(z))
    centres = np.flatnonzero((n_around > limit) & (limit > 0))
    rank = precedence(sites)[atoms.site]
    for centre in centres.tolist():
        around = near.second[near.first == centre]
        hydrogens = around[z[around] == 1]
        hydrogens = hydrogens[np.argsort(rank[hydrogens], kind="stable")]
        share = sites.occupancy[atoms.site[hydrogens]].sum() / sites.occupancy[atoms.site[centre]]
        surplus = hydrogens[int(share + 0.5) :]
        keep[surplus[np.isin(surplus, disordered)]] = False
    return keep
