"""Of alternative sites one real molecule is left, by the stated rule."""

import numpy as np
from crystal_factory import Atom, accept, cif, methoxide, moved, reject

from screening.chemistry.describe import describe

BASE = methoxide("Fe")[:-1]  # the last oxygen has no carbon yet
OXYGEN = np.array(BASE[-1].xyz)


def near(place, *shift):
    return tuple(np.array(place) + np.array(shift))


def arms(first, second, assembly=".", groups=("1", "2")):
    """Two places of the last carbon with their occupancies."""
    return [
        Atom("C", near(OXYGEN, 1.0, 0, -1.0), first, assembly, groups[0]),
        Atom("C", near(OXYGEN, -0.3, 0, -1.38), second, assembly, groups[1]),
    ]


def carbon(accepted):
    (complex_,) = accepted.complexes
    assert describe(complex_).formula == "C6 Fe O6"
    return complex_.labels[-1]


def test_the_group_of_higher_occupancy_stays():
    assert carbon(accept(cif(BASE + arms(0.4, 0.6)))) == "C14"
    assert carbon(accept(cif(BASE + arms(0.6, 0.4, "A")))) == "C13"


def test_a_tie_goes_to_the_lower_label():
    assert carbon(accept(cif(BASE + arms(0.5, 0.5)))) == "C13"
    assert carbon(accept(cif(BASE + arms(0.5, 0.5, groups=("2", "1"))))) == "C14"


def test_assemblies_are_chosen_each_for_itself():
    both = BASE + arms(0.3, 0.7, "A") + moved(arms(0.8, 0.2, "B"), (6, 6, 6))
    accepted = accept(cif(both))
    assert carbon(accepted) == "C14"
    assert sum(c.count for c in accepted.components) == 1


def test_unnamed_assemblies_far_apart_are_chosen_each_for_itself():
    both = BASE + arms(0.3, 0.7) + moved(arms(0.8, 0.2), (6, 6, 6))
    accepted = accept(cif(both))
    assert carbon(accepted) == "C14"
    assert [(c.formula, c.count) for c in accepted.components] == [("C", 1)]


def test_a_group_without_rival_stays():
    accepted = accept(cif(BASE + arms(0.3, 0.7)[1:]))
    assert carbon(accepted) == "C13"


def test_disorder_is_flagged_and_metals_apart():
    (ordered,) = accept(cif(methoxide("Fe"))).complexes
    assert not ordered.is_disordered
    (ligand,) = accept(cif(BASE + arms(0.4, 0.6))).complexes
    assert (ligand.is_disordered, ligand.metal_disordered) == (True, False)
    mixed = [Atom("Zn", (5, 5, 5), 0.7), Atom("Co", (5, 5, 5), 0.3), *methoxide("Fe")[1:]]
    (metal,) = accept(cif(mixed)).complexes
    assert describe(metal).metals == ("Zn",)
    assert metal.metal_disordered


def test_a_negative_group_keeps_one_orientation():
    # methanol whose two orientations are images by the inversion centre at the origin
    solvent = [
        Atom("C", (0.75, 0.1, 0.0), 0.5, ".", "-1"),
        Atom("O", (-0.65, 0.1, 0.0), 0.5, ".", "-1"),
    ]
    accepted = accept(cif(methoxide("Fe") + solvent, operations=["x,y,z", "-x,-y,-z"]))
    assert [(c.formula, c.count, c.kind) for c in accepted.components] == [("C O", 1, "solvent")]


def test_overlapping_alternatives_without_groups_leave_one():
    atoms = BASE + [Atom(a.element, a.xyz, a.occupancy) for a in arms(0.4, 0.6)]
    atoms[-2] = Atom("C", near(atoms[-1].xyz, 0.5, 0, 0.3), 0.4)
    assert carbon(accept(cif(atoms))) == "C14"


def test_a_half_occupied_atom_on_a_twofold_position_is_ordered():
    half = [Atom("Fe", (0, 0, 0), 0.5), *moved(methoxide("Fe"), (-5, -5, -5))[1:]]
    kept = [half[0], *half[1:3], *half[5:7], *half[9:11]]
    (complex_,) = accept(cif(kept, operations=["x,y,z", "-x,-y,-z"])).complexes
    assert not complex_.metal_disordered


def test_full_atoms_that_overlap_are_refused_with_their_labels():
    outcome = reject(cif([*methoxide("Fe"), Atom("Zn", (5.4, 5, 5))]))
    assert outcome.code == "overlapping_atoms"
    assert "Fe1" in outcome.reason
    assert "Zn14" in outcome.reason


def test_a_site_listed_twice_counts_once():
    accepted = accept(cif([*methoxide("Fe"), Atom("Fe", (5, 5, 5))]))
    assert describe(accepted.complexes[0]).nuclearity == 1
    assert any("count once: Fe14" in note for note in accepted.notes)


def test_atoms_that_the_csd_marks_as_minor_are_left_out():
    text = cif(BASE + [Atom(a.element, a.xyz) for a in arms(1, 1)]).replace("C14 ", "C14? ")
    assert carbon(accept(text)) == "C13"


def test_dummies_and_empty_sites_are_left_out():
    text = cif([*methoxide("Fe"), Atom("C", (5.5, 5.5, 5), 0.0)])
    assert len(accept(text).complexes[0].labels) == 13


def test_a_triple_bond_inside_a_group_is_no_overlap():
    def nitrile(occupancy, group, shift):
        line = [("C", 0.0), ("C", 1.44), ("N", 2.58)]
        return [Atom(e, near((11, 11, 3), shift, 0, z), occupancy, "B", group) for e, z in line]

    accepted = accept(cif(methoxide("Fe") + nitrile(0.6, "1", 0) + nitrile(0.4, "2", 0.5)))
    assert [component.formula for component in accepted.components] == ["C2 N"]
