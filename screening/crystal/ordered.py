"""The filled cell with one of all alternatives: every atom stands alone in its place."""

import gemmi
import numpy as np

from screening.crystal.cyanide import without_groups
from screening.crystal.disorder import mark_substituted, resolve
from screening.crystal.either import with_whole_atoms
from screening.crystal.groups import choose_groups
from screening.crystal.lattice import CellAtoms, fill
from screening.crystal.proton_disorder import without_surplus
from screening.crystal.sites import Sites
from screening.crystal.symmetry import Symmetry
from screening.crystal.verdict import RefusalError
from screening.words import counted

_MIN_VOLUME_PER_ATOM = 4.5
"""Cubic angstrom; diamond, the densest by this count, has 5.7."""


def fill_ordered(
    sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell, notes: list[str]
) -> tuple[Sites, CellAtoms]:
    """Fill the cell and leave one of all alternatives; the sites as the disorder is then read.

    Raises RefusalError (too_many_atoms, overlapping_atoms, bad_cell).
    """
    atoms = everything = fill(sites, symmetry, cell, notes)
    sites = with_whole_atoms(without_groups(sites, atoms), atoms)
    chosen = choose_groups(sites, atoms)
    if not chosen.all():
        minor = counted(int((~chosen).sum()), "site")
        notes.append(f"{minor} of minor disorder groups left out")
        atoms = atoms.take(np.flatnonzero(chosen[atoms.site]))
    kept = resolve(sites, atoms, notes)
    if not kept.all():
        notes.append(f"{counted(int((~kept).sum()), 'atom')} of the cell left out for overlap")
    stay = without_surplus(sites, atoms, kept)
    if (n_surplus := int((kept & ~stay).sum())) > 0:
        what = counted(n_surplus, "disordered hydrogen")
        notes.append(f"{what} of the cell left out: fewer are there at a time than are listed")
    if not stay.all():
        atoms = atoms.take(np.flatnonzero(stay))
    atoms = mark_substituted(sites, everything, atoms, notes)
    heavy = int((atoms.atomic_numbers > 1).sum())
    if cell.volume < _MIN_VOLUME_PER_ATOM * heavy:
        raise RefusalError(
            "bad_cell",
            f"{heavy} atoms other than hydrogen in a cell of {cell.volume:.0f} cubic angstrom",
        )
    return sites, atoms
