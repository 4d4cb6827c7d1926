"""Atoms of the lattice on an atom of a complex are left out with a note; other clashes stay."""

import pytest
from crystal_factory import Atom, accept, cif, methoxide, reject

from screening.chemistry.describe import describe

BASE = methoxide("Fe")[:-1]
"""Fe at (5, 5, 5); its last oxygen, O12 at (5, 5, 2.9), has no carbon."""


def formula(accepted):
    (complex_,) = accepted.complexes
    return describe(complex_).formula


@pytest.mark.parametrize("distance", [0.6, 1.05])
def test_an_oxygen_on_a_ligands_oxygen_is_left_out(distance):
    accepted = accept(cif([*BASE, Atom("O", (5, 5, 2.9 - distance))]))
    assert formula(accepted) == "C5 Fe O6"
    assert accepted.components == ()
    (note,) = accepted.notes
    assert note.startswith(f"O13 left out: it is bonded to nothing and {distance:.2f} angstrom")
    assert note.endswith("from O12, where no atom can be")


def test_a_peroxide_is_none():
    accepted = accept(cif([*BASE, Atom("O", (5, 5, 1.45))]))
    assert (formula(accepted), accepted.notes) == ("C5 Fe O7", ())


def test_an_atom_with_neighbours_of_its_own_is_a_clash():
    second = [Atom("O", (5, 5, 1.9)), Atom("C", (5, 5, 0.5))]
    rejected = reject(cif([*BASE, *second]))
    assert rejected.code == "overlapping_atoms"
    assert rejected.reason == "O12 and O13 are 1.00 angstrom apart"
