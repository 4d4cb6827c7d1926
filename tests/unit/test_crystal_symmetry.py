"""Symmetry comes from operations, Hall, Hermann-Mauguin, or a number that leaves no choice."""

import gemmi
import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved, reject

from screening.chemistry.describe import describe

AT_INVERSION = moved(methoxide("Fe"), (-5, -5, -5))
HALF = [AT_INVERSION[0], *AT_INVERSION[1:3], *AT_INVERSION[5:7], *AT_INVERSION[9:11]]
P21C = ("x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2")


def named(name):
    return f"_symmetry_space_group_name_H-M '{name}'"


@pytest.mark.parametrize(
    "symmetry",
    [
        "_space_group_name_Hall '-P 2ybc'",
        "_symmetry_space_group_name_Hall '-P 2ybc'",
        "_symmetry_space_group_name_H-M 'P 21/c'",
        "_symmetry_space_group_name_H-M 'P 1 21/c 1'",
        "_symmetry_space_group_name_H-M P2(1)/c",
        "_space_group_name_H-M_alt P2_1/c",
        "_space_group_name_H-M_alt 'P 2~1~/c'",
        "_space_group_name_H-M_alt 'P 21 / c'",
        "_space_group_name_H-M_alt 'P 21/c (No. 14)'",
    ],
)
def test_every_way_to_tell_the_group_grows_the_same_molecule(symmetry):
    grown = accept(cif(HALF, symmetry=symmetry))
    listed = accept(cif(HALF, operations=P21C))
    assert [len(c.labels) for c in grown.complexes] == [13]
    assert describe(grown.complexes[0]).compound_key == describe(listed.complexes[0]).compound_key
    assert describe(grown.complexes[0]).formula == "C6 Fe O6"


OPERATIONS = "loop_\n_symmetry_equiv_pos_as_xyz\n"
NUMBERED = "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n"
MAGNETIC = "loop_\n_space_group_symop_magn_operation.xyz\nx,y,z,+1\n-x,y+1/2,-z+1/2,1\n"
SUPERSPACE = (
    "loop_\n_space_group_symop_ssg_operation_algebraic\nx1,x2,x3,x4\n-x1,x2+1/2,-x3+1/2,-x4\n"
)


@pytest.mark.parametrize(
    "symmetry",
    [
        OPERATIONS + "' X , Y , Z '\n'-X,1/2+Y,.5-Z'\n-x,-y,-z\n'+x, -y + 1 / 2, 0.500+z'\n",
        OPERATIONS + "'1 x,y,z'\n'2 -x,y+1/2,-z+1/2'\n'3 -x,-y,-z'\n'4 x,-y+1/2,z+1/2'\n",
        OPERATIONS + "'(1) x,y,z'\n'(2) -x,y+1/2,1/2-z'\n'(3) -x,-y,-z'\n'(4) x,1/2-y,z+1/2'\n",
        OPERATIONS + "x, y, z\n-x, y+1/2, -z+1/2\n-x, -y, -z\nx, -y+1/2, z+1/2\n",
        OPERATIONS + "'x y z'\n'-x y+1/2 -z+1/2'\n'-x -y -z'\n'x -y+1/2 z+1/2'\n",
        OPERATIONS + "'x,y,z;'\n'-x,y+1/2,-z+1/2;'\n'(-x,-y,-z)'\n'x,-y+1/2,z+1/2.'\n",
        OPERATIONS + "x,y,z\n'-x,y+1/2,-z+1/2'\n'\u2212x,\u2212y,\u2013z'\n'x,-y+1/2,z+1/2'\n",
        "_symmetry_equiv_pos_as_xyz\n;\nx,y,z\n-x,y+1/2,-z+1/2\n-x,-y,-z\nx,-y+1/2,z+1/2\n;\n",
        MAGNETIC + "'-x,-y,-z, -1'\n'x,-y+1/2,z+1/2,mx,-my,mz'\n",
        SUPERSPACE + "-x1,-x2,-x3,-x4\nx1,-x2+1/2,x3+1/2,x4\nx1,x2,x3,x4+1/2\n",
        "_symmetry_space_group_name_H-M 'P 2\u2081/c'",
        "_symmetry_space_group_name_H-M 'P 2<sub>1</sub>/c'",
        "_symmetry_space_group_name_H-M 'P 2 1 / c'",
        "_symmetry_space_group_name_H-M 'P 21/c, No. 14'",
        "_symmetry_space_group_name_H-M 'P 21/c #14'",
        "_symmetry_space_group_name_H-M 'P 1 21/c 1 :b1'",
        "_symmetry_space_group_name_H-M '-P 2ybc'",
        OPERATIONS + "1 x,y,z\n2 '-x,y+1/2,-z+1/2'\n3 '-x,-y,-z'\n4 'x,-y+1/2,z+1/2'\n",
        OPERATIONS + "'-x,y+1/2,-z+1/2'\n'-x,-y,-z'\n'x,-y+1/2,z+1/2'\n",
        NUMBERED + "1 x, y, z\n2 -x, y+1/2, -z+1/2\n3 -x, -y, -z\n4 x, -y+1/2, z+1/2\n",
        OPERATIONS + ";\\\nx,\\\ny,z\n;\n'-x,y+1/2,-z+1/2'\n'-x,-y,-z'\n'x,-y+1/2,z+1/2'\n",
    ],
)
def test_odd_spellings_of_operations_and_names_are_read(symmetry):
    (grown,) = accept(cif(HALF, symmetry=symmetry)).complexes
    assert describe(grown).formula == "C6 Fe O6"


@pytest.mark.parametrize(
    "cell", [(12, 12, 20, 90, 90, 120), (9.6, 9.6, 9.6, 77, 77, 77)], ids=["H", "R"]
)
def test_the_cell_tells_the_axes_of_a_rhombohedral_number(cell):
    atoms = [Atom("Fe", (0, 0, 0)), Atom("O", (1.16, 0, 1.7)), Atom("C", (2.16, 0.5, 2.6))]
    number = "_symmetry_Int_Tables_number 148"
    accepted = accept(cif(atoms, cell=cell, symmetry=number))
    assert accepted.determination.space_group == "R -3"
    assert describe(accepted.complexes[0]).formula == "C6 Fe O6"
    outcome = reject(cif(atoms, cell=(12, 13, 14, 90, 90, 90), symmetry=number))
    assert outcome.reason == "the cell fits no setting of the number 148"


@pytest.mark.parametrize("name", ["P 1bar", "P\u00af1", "P 1\u0305", "P-1"])
def test_a_bar_is_written_in_many_ways(name):
    accepted = accept(cif(HALF, symmetry=named(name)))
    assert accepted.determination.space_group == "P -1"


NAMED_P21C = "_symmetry_space_group_name_H-M 'P 21/c'"


def test_a_cell_written_out_atom_by_atom_needs_no_operations():
    every_atom = AT_INVERSION + moved(AT_INVERSION, (0, 8, 8.5))
    accepted = accept(cif(every_atom, operations=["x,y,z"], extra=NAMED_P21C))
    assert len(accepted.complexes[0].labels) == 13
    assert any("symmetry operation" in note for note in accepted.notes)


@pytest.mark.parametrize(
    "operations", [["x,y,z"], ["x,y,z", "x,-y+1/2,z+1/2"]], ids=["identity", "half"]
)
def test_half_a_molecule_whose_operations_are_cut_short_is_refused(operations):
    outcome = reject(cif(HALF, operations=operations, extra=NAMED_P21C))
    assert outcome.code == "bad_symmetry"
    assert f"only {len(operations)} of the 4 operations of P 1 21/c 1" in outcome.reason


def test_operations_count_more_than_a_name_that_makes_atoms_clash():
    off = moved(AT_INVERSION, (0.6, 0.4, 0.3))
    accepted = accept(cif(off, operations=["x,y,z"], extra="_symmetry_space_group_name_H-M 'P -1'"))
    assert len(accepted.complexes[0].labels) == 13
    assert any("1 symmetry operations listed; P -1 has 2" in note for note in accepted.notes)


def test_operations_count_more_than_a_name_that_does_not_fit_the_cell():
    cubic = "_symmetry_space_group_name_H-M 'F d -3 m'"
    accepted = accept(cif(HALF, operations=["x,y,z", "-x,-y,-z"], extra=cubic))
    assert [len(c.labels) for c in accepted.complexes] == [13]


@pytest.mark.parametrize(
    ("name", "noted"),
    [("P 1 21/c 1", False), ("P 1", True), ("P 21/n", True), ("P 99", False), ("?", False)],
)
def test_the_group_is_called_by_its_operations(name, noted):
    accepted = accept(cif(HALF, operations=P21C, extra=f"_symmetry_space_group_name_H-M '{name}'"))
    assert accepted.determination.space_group == "P 1 21/c 1"
    assert any("those of P 1 21/c 1, the name says" in note for note in accepted.notes) == noted


@pytest.mark.parametrize(
    "symmetry",
    ["_space_group_name_Hall '-F 4 2 3'", "_space_group_IT_number 225", named("F m -3 m")],
)
def test_a_group_that_hall_symbol_or_number_tell_has_its_name(symmetry):
    """The first letter counts in the reduced cell."""
    octahedron = [Atom("Fe", (0, 0, 0)), Atom("C", (2, 0, 0)), Atom("N", (3.15, 0, 0))]
    accepted = accept(cif(octahedron, cell=(13, 13, 13, 90, 90, 90), symmetry=symmetry))
    assert accepted.determination.space_group == "F m -3 m"


def test_of_two_names_of_one_group_the_given_one_stays():
    group = gemmi.SpaceGroup("A b a m")
    operations = [op.triplet() for op in group.operations()]
    rod = [Atom("Fe", (0, 0, 0)), Atom("O", (0, 0, 2.1)), Atom("C", (0, 0, 3.5))]
    accepted = accept(cif(rod, operations=operations, extra=named("A b a m")))
    assert accepted.determination.space_group == "A b a m"
    assert not any("the name says" in note for note in accepted.notes)


def test_a_name_whose_group_makes_atoms_clash_is_not_kept():
    off = moved(AT_INVERSION, (0.6, 0.4, 0.3))
    accepted = accept(cif(off, operations=["x,y,z"], extra=named("P -1")))
    assert accepted.determination.space_group == "P 1"
    assert any("the name P -1 is wrong" in note for note in accepted.notes)


def test_of_a_modulated_structure_the_average_is_read_with_a_note():
    accepted = accept(cif(HALF, operations=P21C, extra="_cell_modulation_dimension 1"))
    assert any("modulated" in note for note in accepted.notes)


TETRAGONAL = (15.0, 15.0, 17.0, 90.0, 90.0, 90.0)


def rod(tilt):
    """Fe and one arm of a linear Fe(OC)2 through an inversion centre."""
    direction = np.array([tilt, tilt / 4, 1.0])
    direction /= np.linalg.norm(direction)
    return [
        Atom("Fe", (0, 0, 0)),
        Atom("O", tuple(2.1 * direction)),
        Atom("C", tuple(3.52 * direction)),
    ]


@pytest.mark.parametrize(
    "name", ["P 4/n", "P4/n", "P 4/n:2", "P 4/n :2", "P 4/n (origin choice 2)", "P 4/n Z"]
)
def test_of_two_origins_the_one_without_clashes_counts(name):
    accepted = accept(cif(rod(0.2), cell=TETRAGONAL, symmetry=named(name)))
    assert [len(c.labels) for c in accepted.complexes] == [5]
    assert any("choice 2" in note for note in accepted.notes) == (name in ("P 4/n", "P4/n"))


def test_a_stated_origin_is_taken_as_stated():
    for name in ("P 4/n:1", "P 4/n S"):
        outcome = reject(cif(rod(0.2), cell=TETRAGONAL, symmetry=named(name)))
        assert outcome.code == "overlapping_atoms"


def test_two_origins_that_both_build_a_crystal_stay_open():
    somewhere = moved(rod(0.2), (2, 5.5, 4))
    outcome = reject(cif(somewhere, cell=TETRAGONAL, symmetry=named("P 4/n")))
    assert outcome.code == "no_symmetry"
    assert "two origins open: both build" in outcome.reason


def test_magnetic_operations_are_read_without_their_time_reversal():
    loop = "loop_\n_space_group_symop_magn_operation.xyz\n"
    grown = accept(cif(HALF, symmetry=f"{loop}'x,y,z,+1'\n'-x,-y,-z,-1'\n"))
    assert [len(c.labels) for c in grown.complexes] == [13]
    centring = "loop_\n_space_group_symop_magn_centering.xyz\nx,y,z,+1\nx+1/2,y+1/2,z,-1\n"
    chloride = [*HALF, Atom("Cl", (4, 3, 6))]
    centred = accept(cif(chloride, symmetry=f"{loop}x,y,z,+1\n-x,-y,-z,+1\n{centring}"))
    assert [(c.formula, c.count) for c in centred.components] == [("Cl", 4)]


def test_the_name_of_the_reference_setting_is_a_name():
    grown = accept(cif(HALF, symmetry="_space_group.name_H-M_ref 'P 21/c'"))
    assert [len(c.labels) for c in grown.complexes] == [13]


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
    both = AT_INVERSION + moved(AT_INVERSION, (7.5, 8, 0))
    every_atom = accept(cif(both, operations=["x,y,z"], extra=name))
    assert not any("centring" in note for note in every_atom.notes)


def test_a_centred_cell_is_filled():
    outcome = accept(cif(HALF, symmetry="_symmetry_space_group_name_H-M 'C 2/m'"))
    assert len(outcome.complexes) == 1
