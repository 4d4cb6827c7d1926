"""Cyanides disordered end for end: C and N in one place, and both again a triple bond away.

Bridges on centres of inversion are written so. Their atoms are nearer to each other than those of
other alternatives, and group by group one place would hold C and its image C too.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.crystal.lattice import CellAtoms, Contacts, contacts
from screening.crystal.sites import Sites
from screening.elements import COVALENT_RADII, IS_METAL

_CARBON, _NITROGEN = 6, 7
_SHORTEST, _LONGEST = 1.03, 1.25
"""Angstrom: a triple bond between C and N, as X-rays find it."""
_SAME_PLACE: Final = 0.3
_BOND: Final = 1.7
_TOO_NEAR: Final = 0.7  # of the sum of the radii, for a bond


def without_groups(sites: Sites, atoms: CellAtoms) -> Sites:
    """Return the sites, those of a cyanide across a symmetry element without disorder groups.

    Its C and N stand in one place, and symmetry takes that place to the other end.
    """
    if not sites.grouped.any():
        return sites
    z, grouped = atoms.atomic_numbers, sites.grouped[atoms.site]
    carbon = np.flatnonzero((z == _CARBON) & grouped)
    nitrogen = np.flatnonzero((z == _NITROGEN) & grouped)
    in_place = contacts(atoms, _SAME_PLACE, carbon, nitrogen)
    if not in_place.first.size:
        return sites
    twins = contacts(atoms, _LONGEST, carbon, carbon)
    is_own_image = (atoms.site[twins.first] == atoms.site[twins.second]) & (
        twins.distance > _SHORTEST
    )
    across = np.isin(in_place.first, twins.first[is_own_image])
    ends = {
        int(i)
        for pair in (in_place.first[across], in_place.second[across])
        for i in atoms.site[pair]
    }
    if not ends:
        return sites
    return replace(
        sites,
        assembly=tuple("" if i in ends else name for i, name in enumerate(sites.assembly)),
        group=tuple("" if i in ends else name for i, name in enumerate(sites.group)),
    )


def are_cyanides(atoms: CellAtoms, near: Contacts) -> NDArray[np.bool_]:
    """Mark the pairs of C and N that are a cyanide or a nitrile.

    Nothing else is bonded to the N, one atom at most to the C; metals, hydrogens and what stands
    in their places aside.
    """
    z = atoms.atomic_numbers
    first, second = z[near.first], z[near.second]
    found = ((first == _CARBON) & (second == _NITROGEN)) | (
        (first == _NITROGEN) & (second == _CARBON)
    )
    found &= (near.distance > _SHORTEST) & (near.distance < _LONGEST)
    if found.any():
        others = np.flatnonzero((z > 1) & ~IS_METAL[z])
        around = contacts(atoms, _BOND, np.unique(near.first[found]), others)
        radius = COVALENT_RADII[z]
        may_bond = around.distance > _TOO_NEAR * (radius[around.first] + radius[around.second])
        around = around.take(may_bond)
        ways = _ways(atoms, around)
        partners = _ways(atoms, near)
        # the contacts come in the order of their first atoms
        start = np.searchsorted(around.first, near.first, side="left")
        end = np.searchsorted(around.first, near.first, side="right")
        for row in np.flatnonzero(found).tolist():
            mine = ways[start[row] : end[row]]
            apart = np.linalg.norm(mine - partners[row], axis=1) > _SAME_PLACE
            found[row] = apart.sum() <= int(first[row] == _CARBON)
        kept = set(zip(near.first[found].tolist(), near.second[found].tolist(), strict=True))
        for row in np.flatnonzero(found).tolist():  # both ends must say so
            found[row] = (int(near.second[row]), int(near.first[row])) in kept
    return np.asarray(found)


def _ways(atoms: CellAtoms, pairs: Contacts) -> NDArray[np.float64]:
    """(m, 3) from the first atom of each pair to the second, in angstrom."""
    fract = atoms.fract[pairs.second] + pairs.shift - atoms.fract[pairs.first]
    return np.asarray(fract @ atoms.orth.T)
