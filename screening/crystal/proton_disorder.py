"""Hydrogens of which more are listed around an atom than are there at a time.

The hydrogens of water and alcohols often stand half here, half there, each in a hydrogen bond of
its own, and as far from each other as those of one molecule: only their sum tells.
"""

import numpy as np
from numpy.typing import NDArray

from screening.crystal.donors import TOLERANCE
from screening.crystal.lattice import CellAtoms, contacts_within
from screening.crystal.overlap import is_loose, is_written_as_share
from screening.crystal.precedence import precedence
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IS_METAL

_MAX_NEIGHBOURS = np.zeros(119, dtype=np.int64)
_MAX_NEIGHBOURS[[6, 7, 8]] = (4, 4, 2)


def without_surplus(sites: Sites, atoms: CellAtoms, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the atoms that stay of those that *kept* marks.

    Of the disordered hydrogens of a C, N or O with too many neighbours as many stay as the
    occupancies of all its hydrogens add up to, also of those no longer kept; the fuller ones first.
    """
    z = atoms.atomic_numbers
    disordered = is_loose(sites, atoms) & (z == 1)
    if not (disordered & kept).any():
        return kept
    reach = COVALENT_RADII[z] + TOLERANCE / 2
    limit = _MAX_NEIGHBOURS[z]
    near = contacts_within(
        atoms, reach, np.flatnonzero(disordered & kept), np.flatnonzero(kept & (limit > 0))
    )
    others = np.flatnonzero(~IS_METAL[z] & (kept | (z == 1)))
    near = contacts_within(atoms, reach, np.unique(near.second), others)
    n_around = np.bincount(near.first[kept[near.second]], minlength=len(z))
    centres = np.flatnonzero((n_around > limit) & (limit > 0))
    if not centres.size:
        return kept
    # of an atom on a special position some programs write the share in it
    whole = is_written_as_share(sites, atoms)
    occupancy = np.where(whole, 1.0, sites.occupancy[atoms.site])
    rank = precedence(sites)[atoms.site]
    stay = kept.copy()
    for centre in centres.tolist():
        around = near.second[near.first == centre]
        hydrogens = around[z[around] == 1]
        share = occupancy[hydrogens].sum() / occupancy[centre]
        hydrogens = hydrogens[kept[hydrogens]]
        hydrogens = hydrogens[np.argsort(rank[hydrogens], kind="stable")]
        surplus = hydrogens[int(share + 0.5) :]
        stay[surplus[disordered[surplus]]] = False
    return stay
