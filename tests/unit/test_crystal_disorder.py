"""Of alternative sites one real molecule is left, by the stated rule."""

from itertools import product

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved, reject
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.chemistry.describe import describe

MMM = [",".join(signs) for signs in product(("x", "-x"), ("y", "-y"), ("z", "-z"))]
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


@pytest.mark.parametrize("column", ["disorder_group", "refinement_disorder_group"])
def test_atoms_that_both_orientations_share_stay(column):
    # DABCO on the inversion centre at the origin: its N are in one place either way
    cage = [Atom("N", (0, 0, z), 0.5, ".", "-1") for z in (1.3, -1.3)]
    for angle in np.radians([0, 120, 240]):
        x, y = 1.3 * np.cos(angle), 1.3 * np.sin(angle)
        cage += [Atom("C", (x, y, z), 0.5, ".", "-1") for z in (0.78, -0.78)]
    text = cif(methoxide("Fe") + cage, operations=["x,y,z", "-x,-y,-z"])
    accepted = accept(text.replace("_atom_site_disorder_group", f"_atom_site_{column}"))
    assert [(c.formula, c.count) for c in accepted.components] == [("C6 N2", 1)]


def test_a_donor_that_both_orientations_share_is_not_disordered():
    # two Fe bridged by DABCO on the inversion centre: its C are in two places, its N are not
    metal = np.array([0.0, 0.0, 3.4])
    axes = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], dtype=float)
    half = [Atom("Fe", tuple(metal)), *[Atom("O", tuple(metal + 2.05 * a)) for a in axes]]
    cage = [Atom("N", (0, 0, z), 0.5, ".", "-1") for z in (1.3, -1.3)]
    for angle in np.radians([0, 120, 240]):
        x, y = 1.3 * np.cos(angle), 1.3 * np.sin(angle)
        cage += [Atom("C", (x, y, z), 0.5, ".", "-1") for z in (0.78, -0.78)]
    (complex_,) = accept(cif(half + cage, operations=["x,y,z", "-x,-y,-z"])).complexes
    assert describe(complex_).formula == "C6 Fe2 N2 O10"
    assert (complex_.is_disordered, complex_.donor_disordered) == (True, False)


def test_a_negative_group_keeps_one_orientation():
    # methanol whose two orientations are images by the inversion centre at the origin
    solvent = [
        Atom("C", (0.75, 0.1, 0.0), 0.5, ".", "-1"),
        Atom("O", (-0.65, 0.1, 0.0), 0.5, ".", "-1"),
    ]
    accepted = accept(cif(methoxide("Fe") + solvent, operations=["x,y,z", "-x,-y,-z"]))
    assert [(c.formula, c.count, c.kind) for c in accepted.components] == [("C O", 1, "solvent")]


def test_images_of_a_negative_group_on_one_atom_are_alternatives_however_far_apart():
    # a methanolate bridge whose oxygen lies on the centre of inversion
    metal = np.array([0.0, 0.0, 1.9])
    axes = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], dtype=float)
    half = [Atom("Fe", tuple(metal)), *[Atom("O", tuple(metal + 2.05 * a)) for a in axes]]
    bridge = [Atom("O", (0, 0, 0)), Atom("C", (1.38, 0.2, 0.1), 0.5, ".", "-1")]
    (complex_,) = accept(cif(half + bridge, operations=["x,y,z", "-x,-y,-z"])).complexes
    assert describe(complex_).formula == "C Fe2 O11"


@given(st.permutations(MMM), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_operations_and_sites_decides_nothing(operations, random):
    # BF4 on a position mmm, its F at the corners of a cube; a methanol and a Cl beside mirrors
    anion = [Atom("B", (0, 0, 0)), Atom("F", (0.79, 0.79, 0.79), 0.5)]
    solvent = [Atom("C", (4, 0.75, 9), 0.5, ".", "-1"), Atom("O", (4, -0.65, 9), 0.5, ".", "-1")]
    atoms = [*methoxide("Fe"), *anion, *solvent, Atom("Cl", (7.4, 0.7, 12), 0.5)]
    cell = (30.0, 32.0, 34.0, 90.0, 90.0, 90.0)
    filed = accept(cif(atoms, cell=cell, operations=MMM))
    shuffled = accept(cif(random.sample(atoms, len(atoms)), cell=cell, operations=operations))
    assert ("B F4", 1) in [(c.formula, c.count) for c in filed.components]
    assert shuffled.components == filed.components
    (one,), (other,) = filed.complexes, shuffled.complexes
    assert describe(one).content_key == describe(other).content_key


@pytest.mark.parametrize("groups", [("-1", "-1"), ("-1", "-2")])
def test_two_ligands_that_share_two_places_of_a_negative_group_are_one_each(groups):
    # Vaska's complex on a centre of inversion
    half = [Atom("Ir", (0, 0, 0)), Atom("P", (0, 2.3, 0)), Atom("C", (0, 3.1, 1.6))]
    shared = [
        Atom("Cl", (2.4, 0, 0), 0.5, ".", groups[0]),
        Atom("C", (1.82, 0, 0), 0.5, ".", groups[1]),
        Atom("O", (2.97, 0, 0), 0.5, ".", groups[1]),
    ]
    (complex_,) = accept(cif(half + shared, operations=["x,y,z", "-x,-y,-z"])).complexes
    assert describe(complex_).formula == "C3 Cl Ir O P2"


def test_overlapping_alternatives_without_groups_leave_one():
    atoms = BASE + [Atom(a.element, a.xyz, a.occupancy) for a in arms(0.4, 0.6)]
    atoms[-2] = Atom("C", near(atoms[-1].xyz, 0.5, 0, 0.3), 0.4)
    assert carbon(accept(cif(atoms))) == "C14"


@pytest.mark.parametrize(
    ("element", "distance", "occupancies", "left"),
    [
        ("S", 1.75, (0.5, 0.5), "S"),
        ("S", 1.90, (0.5, 0.5), "S"),
        ("S", 2.05, (0.5, 0.5), "S2"),  # a disulfide
        ("F", 1.07, (0.6, 0.4), "F"),
        ("O", 1.31, (0.7, 0.3), "O"),
        ("O", 1.45, (0.7, 0.3), "O2"),
        ("O", 1.31, (0.5, 0.5), "O2"),  # may be one O2, disordered as a whole
        ("Br", 2.05, (0.6, 0.4), "Br"),
    ],
)
def test_partial_atoms_of_one_element_overlap_below_their_bond(
    element, distance, occupancies, left
):
    pair = [
        Atom(element, (11, 11, 3 + distance * i), occupancy)
        for i, occupancy in enumerate(occupancies)
    ]
    (component,) = accept(cif(methoxide("Fe") + pair)).components
    assert component.formula == left


def test_a_fully_occupied_atom_does_not_go_with_its_minor_group():
    end = Atom("C", near((5, 5, 5), 2.1 + 1.42 + 1.52, 0, 0), 1.0, "A", "2")
    accepted = accept(cif([*BASE, *arms(0.6, 0.4, "A"), end]))
    (complex_,) = accepted.complexes
    assert describe(complex_).formula == "C7 Fe O6"
    assert "C13" in complex_.labels
    assert "C14" not in complex_.labels


def test_a_fully_occupied_metal_in_a_minor_group_stays():
    metal = Atom("Fe", (5, 5, 5), 1.0, "A", "2")
    assert carbon(accept(cif([metal, *BASE[1:], *arms(0.6, 0.4, "A")]))) == "C13"


def test_a_full_hydrogen_goes_with_its_atom():
    hydrogens = [
        Atom("H", near(a.xyz, 0.6, 0.6, -0.5), 1.0, "A", a.group) for a in arms(0.6, 0.4, "A")
    ]
    (complex_,) = accept(cif([*BASE, *arms(0.6, 0.4, "A"), *hydrogens])).complexes
    assert [label for label in complex_.labels if label[0] == "H"] == ["H15"]


def test_full_atoms_do_not_weigh_for_their_group():
    far = Atom("Ar", (11, 11, 3), 1.0, "A", "2")
    assert carbon(accept(cif([*BASE, *arms(0.6, 0.4, "A"), far]))) == "C13"


def test_groups_without_any_partial_site_are_alternatives_where_they_are_near():
    assert carbon(accept(cif(BASE + arms(1, 1)))) == "C13"
    apart = [Atom("Cl", (11, 11, 3), 1.0, "A", "1"), Atom("Cl", (11, 11, 6), 1.0, "A", "2")]
    (chloride,) = accept(cif(methoxide("Fe") + apart)).components
    assert chloride.count == 2


@pytest.mark.parametrize(
    ("occupancies", "kept"), [((0.95, 0.05), "Y"), ((0.05, 0.95), "Tb"), ((0.5, 0.5), "Tb")]
)
def test_two_metals_on_one_symmetry_site_are_flagged_and_named(occupancies, kept):
    half = moved(methoxide("Y", 2.3), (-5, -5, -5))
    metals = [
        Atom(element, (0, 0, 0), occupancy)
        for element, occupancy in zip(("Y", "Tb"), occupancies, strict=True)
    ]
    atoms = [*metals, *half[1:3], *half[5:7], *half[9:11]]
    accepted = accept(cif(atoms, operations=["x,y,z", "-x,-y,-z"]))
    (complex_,) = accepted.complexes
    assert describe(complex_).metals == (kept,)
    assert (complex_.is_disordered, complex_.metal_disordered) == (True, True)
    lost = "Tb2 (Tb" if kept == "Y" else "Y1 (Y"
    assert any("shares its place" in note and lost in note for note in accepted.notes)


def test_a_half_occupied_atom_on_a_twofold_position_is_ordered():
    half = [Atom("Fe", (0, 0, 0), 0.5), *moved(methoxide("Fe"), (-5, -5, -5))[1:]]
    kept = [half[0], *half[1:3], *half[5:7], *half[9:11]]
    (complex_,) = accept(cif(kept, operations=["x,y,z", "-x,-y,-z"])).complexes
    assert not complex_.metal_disordered


@pytest.mark.parametrize(("written", "disordered"), [(0.33, False), (0.333, False), (0.3, True)])
def test_a_third_of_an_atom_on_a_threefold_position_is_ordered(written, disordered):
    rest = moved(methoxide("Fe"), (-5, -5, -5))[1:5]
    cubic = (16.0, 16.0, 16.0, 90.0, 90.0, 90.0)
    text = cif(
        [Atom("Fe", (0, 0, 0), written), *rest],
        cell=cubic,
        operations=["x,y,z", "y,z,x", "z,x,y"],
    )
    (complex_,) = accept(text).complexes
    assert describe(complex_).formula == "C6 Fe O6"
    assert complex_.metal_disordered == disordered


def test_full_atoms_that_overlap_are_refused_with_their_labels():
    outcome = reject(cif([*methoxide("Fe"), Atom("Zn", (5.4, 5, 5))]))
    assert outcome.code == "overlapping_atoms"
    assert "Fe1" in outcome.reason
    assert "Zn14" in outcome.reason


def test_a_site_listed_twice_counts_once():
    accepted = accept(cif([*methoxide("Fe"), Atom("Fe", (5, 5, 5))]))
    assert describe(accepted.complexes[0]).nuclearity == 1
    assert any("another one left out: Fe14" in note for note in accepted.notes)


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


DONOR = np.array(BASE[-1].xyz)  # the oxygen below the metal, 2.1 angstrom from it


def around(element, n, distance, occupancy=1.0):
    """*n* carbon atoms on a cone below the donor, which becomes an *element*."""
    turns = [2 * np.pi * k / n for k in range(n)]
    ways = [np.array([np.sin(1.2) * np.cos(t), np.sin(1.2) * np.sin(t), -0.36]) for t in turns]
    arms = [Atom("C", tuple(DONOR + distance * w), occupancy) for w in ways]
    return [*BASE[:-1], Atom(element, tuple(DONOR)), *arms]


@pytest.mark.parametrize(
    ("element", "n", "distance", "told"),
    [
        ("O", 4, 1.43, "has 4 neighbours"),  # an ether in two orientations
        ("N", 6, 1.6, "has 6 neighbours"),
        ("P", 6, 1.84, "has 6 neighbours"),
        ("P", 4, 1.84, "has 4 carbon neighbours and is 2.10 angstrom from Fe1"),
    ],
)
def test_full_donors_in_two_orientations_are_refused_not_lost(element, n, distance, told):
    outcome = reject(cif(around(element, n, distance)))
    assert outcome.code == "overlapping_atoms"
    assert told in outcome.reason
    (complex_,) = accept(cif(around(element, 2 if element == "O" else 3, distance))).complexes
    assert describe(complex_).metal_sites[0].coordination_number == 6


def test_of_two_atoms_in_one_place_the_fuller_one_stays_whatever_the_order():
    # two orientations that share an atom, as the nitrogen atoms of a disordered DABCO
    shared = near(OXYGEN, 1.0, 0, -1.0)
    ends = [near(shared, 1.2, 0.6, -0.6), near(shared, 1.2, -0.6, -0.6)]
    sites = [Atom("C", shared, 0.6), Atom("C", ends[0], 0.6)]
    sites += [Atom("C", shared, 0.4), Atom("C", ends[1], 0.4)]
    for order in ([0, 1, 2, 3], [2, 3, 0, 1], [3, 2, 1, 0], [2, 1, 0, 3]):
        (complex_,) = accept(cif(BASE + [sites[i] for i in order])).complexes
        kept = {tuple(p) for p in complex_.positions[-2:].round(2).tolist()}
        assert kept == {tuple(np.round(shared, 2)), tuple(np.round(ends[0], 2))}
