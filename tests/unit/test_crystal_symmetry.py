"""Symmetry comes from operations, Hall, Hermann-Mauguin, or a number that leaves no choice."""

import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved, reject

from screening.chemistry.describe import describe

AT_INVERSION = moved(methoxide("Fe"), (-5, -5, -5))
HALF = [AT_INVERSION[0], *AT_INVERSION[1:3], *AT_INVERSION[5:7], *AT_INVERSION[9:11]]
P21C = ("x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2")


@pytest.mark.parametrize(
    "symmetry",
    [
        "_space_group_name_Hall '-P 2ybc'",
        "_symmetry_space_group_name_Hall '-P 2ybc'",
        "_symmetry_space_group_name_H-M 'P 21/c'",
        "_symmetry_space_group_name_H-M 'P 1 21/c 1'",
        "_symmetry_space_group_name_H-M P2(1)/c",
        "_space_group_name_H-M_alt P2_1/c",
    ],
)
def test_every_way_to_tell_the_group_grows_the_same_molecule(symmetry):
    grown = accept(cif(HALF, symmetry=symmetry))
    listed = accept(cif(HALF, operations=P21C))
    assert [len(c.labels) for c in grown.complexes] == [13]
    assert describe(grown.complexes[0]).compound_key == describe(listed.complexes[0]).compound_key
    assert describe(grown.complexes[0]).formula == "C6 Fe O6"


def test_operations_count_more_than_a_name():
    accepted = accept(
        cif(AT_INVERSION, operations=["x,y,z"], extra="_symmetry_space_group_name_H-M 'P 21/c'")
    )
    assert len(accepted.complexes[0].labels) == 13
    assert any("symmetry operation" in note for note in accepted.notes)


def test_operations_given_twice_count_once():
    accepted = accept(cif(HALF, operations=[*P21C, *P21C, "x+1,y,z"]))
    assert [len(c.labels) for c in accepted.complexes] == [13]


def test_no_symmetry_at_all_is_refused_rather_than_guessed():
    assert reject(cif(AT_INVERSION, symmetry="")).code == "no_symmetry"


def test_a_number_alone_is_refused_where_it_leaves_settings_open():
    outcome = reject(cif(HALF, symmetry="_space_group_IT_number 14"))
    assert outcome.code == "no_symmetry"
    assert "14" in outcome.reason
    assert accept(cif(HALF, symmetry="_space_group_IT_number 2"))


def test_an_unknown_name_is_told():
    outcome = reject(cif(HALF, symmetry="_symmetry_space_group_name_H-M 'P 99/q'"))
    assert outcome.code == "bad_symmetry"
    assert "P 99/q" in outcome.reason


def test_rhombohedral_and_hexagonal_axes_of_one_name_are_told_apart_by_the_cell():
    name = "_symmetry_space_group_name_H-M 'R -3'"
    hexagonal = cif(AT_INVERSION[:3], cell=(20, 20, 30, 90, 90, 120), symmetry=name)
    rhombohedral = cif(AT_INVERSION[:3], cell=(20, 20, 20, 80, 80, 80), symmetry=name)
    for text in (hexagonal, rhombohedral):
        outcome = accept(text)
        assert outcome.complexes


def test_a_centring_that_the_list_leaves_out_is_added():
    name = "_symmetry_space_group_name_H-M 'C 1 2/m 1'"
    operations = ["x,y,z", "-x,y,-z", "-x,-y,-z", "x,-y,z"]
    chloride = [*HALF, Atom("Cl", (4, 3, 6))]
    listed = accept(cif(chloride, operations=operations, extra=name))
    named = accept(cif(chloride, symmetry=name))
    assert [(c.formula, c.count) for c in named.components] == [("Cl", 8)]
    assert listed.components == named.components
    assert any("centring" in note for note in listed.notes)
    every_atom = accept(cif(AT_INVERSION, operations=["x,y,z"], extra=name))
    assert not any("centring" in note for note in every_atom.notes)


def test_a_centred_cell_is_filled():
    outcome = accept(cif(HALF, symmetry="_symmetry_space_group_name_H-M 'C 2/m'"))
    assert len(outcome.complexes) == 1
