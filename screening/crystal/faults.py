"""What is impossible about the atoms of a filled cell."""

import numpy as np

from screening.crystal.lattice import CellAtoms, Contacts, contacts
from screening.crystal.overlap import overlaps
from screening.crystal.sites import Sites
from screening.elements import METAL_CENTRES, METALS

_SURROUNDINGS = 3.0
_SAME_PLACE = 0.3
_MAX_CARBON_NEIGHBOURS = 4
_IS_CENTRE = np.isin(np.arange(119), list(METAL_CENTRES))
_IS_METAL = np.isin(np.arange(119), list(METALS))


def find_faults(sites: Sites, atoms: CellAtoms, bonds: Contacts) -> dict[int, str]:
    """Say what is impossible, by atom: too near another one, or a carbon with five neighbours."""
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
    heavy = (z[bonds.first] > 1) & (z[bonds.second] > 1)
    heavy &= ~_IS_METAL[z[bonds.first]] & ~_IS_METAL[z[bonds.second]]
    ends = np.concatenate([bonds.first[heavy], bonds.second[heavy]])
    others = np.concatenate([bonds.second[heavy], bonds.first[heavy]])
    n_heavy = np.bincount(ends, minlength=len(z))
    n_boron = np.bincount(ends[z[others] == 5], minlength=len(z))
    crowded = (z == 6) & (n_heavy > _MAX_CARBON_NEIGHBOURS) & (n_boron == 0)
    for i in np.flatnonzero(crowded).tolist():
        text = f"{label(i)} has {n_heavy[i]} neighbours other than hydrogen within bonding distance"
        found.setdefault(i, text)
    return found


def with_metals_around(faults: dict[int, str], atoms: CellAtoms) -> dict[int, str]:
    """Let each metal also carry the fault of what surrounds it, bonded or not."""
    found = faults.copy()
    if faults:
        centres = np.flatnonzero(_IS_CENTRE[atoms.atomic_numbers])
        near = contacts(atoms, _SURROUNDINGS, centres, np.array(sorted(faults)))
        for a, b in zip(near.first.tolist(), near.second.tolist(), strict=True):
            found.setdefault(a, faults[b])
    return found
