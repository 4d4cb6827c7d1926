"""Oxidation states: names, charge balance, bond-valence sums, habit; which counts, what is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.graph import read_graph
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.oxidation.charge_balance import is_met
from screening.chemistry.oxidation.hint import with_oxidation
from screening.chemistry.oxidation.stated import states_in_name
from screening.chemistry.site import read_sites
from screening.crystal.complex import Complex, Determination
from screening.elements import atomic_number

CELL = (10.0, 10.0, 10.0, 90.0, 90.0, 90.0)
AXES = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float)


def octahedra(*metals, donor="O", distance=2.1, n_donors=6, **flags):
    """One octahedron for each metal, far from each other, in one complex of unbound halves."""
    numbers, positions, bonds, labels = [], [], [], []
    for k, metal in enumerate(metals):
        centre = len(numbers)
        numbers.append(atomic_number(metal))
        positions.append(np.array([20.0 * k, 0, 0]))
        labels.append(f"{metal}{k + 1}")
        for axis in AXES[:n_donors]:
            bonds.append((centre, len(numbers)))
            numbers.append(atomic_number(donor))
            positions.append(np.array([20.0 * k, 0, 0]) + distance * axis)
            labels.append(donor)
    return Complex(
        np.array(numbers, dtype=np.uint8),
        np.array(positions),
        tuple(labels),
        np.array(bonds, dtype=np.int32),
        **flags,
    )


def ligands_of(complex_, charges, formula="H2 O"):
    """One ligand for each donor atom, charged in turn."""
    graph = read_graph(complex_)
    pairs = [(metal, donor) for metal in graph.centres for donor in graph.donors[metal]]
    return tuple(
        Ligand((donor,), ((metal, donor),), formula, 1, 1, 1, "O", charge=charge)
        for (metal, donor), charge in zip(pairs, charges, strict=True)
    )


def judged(complex_, *, ligands=(), charge=None, name=None, cell=CELL, stated=()):
    graph = read_graph(complex_)
    block = Determination("made", cell, compound_name=name, stated=stated)
    sites = read_sites(complex_, graph, ligands)
    return with_oxidation(complex_, graph, sites, ligands, charge, block)


def one(complex_, **known):
    (site,) = judged(complex_, **known)
    return site


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("Tetrachlorocuprate(II) monohydrate", {"Cu": {2}}),
        ("tris(bpy)cobalt(III) tetrachlorocobaltate(II)", {"Co": {2, 3}}),
        ("trinickel(II) sulfate", {"Ni": {2}}),
        ("Penta-ammine-methyl-cobalt(iii) dithionate", {"Co": {3}}),
        ("a [Dy(III)Co(II)2] salen complex", {"Dy": {3}, "Co": {2}}),
        ("bis(L)-copper</i>(I)", {"Cu": {1}}),
        ("hexadecaoxido-dodecamanganese(III,IV)", {"Mn": {3, 4}}),
        ("tetrakis(pentafluorophenyl)-nickel(iii)", {"Ni": {3}}),
        ("iron(0) dicarbonyl", {"Fe": {0}}),
        ("copper(II) and copper acetate", {}),
        ("bis(pyridine-2-carboxamide) oxide", {}),
        ("vanadium(iiv)", {}),
        (None, {}),
    ],
)
def test_states_in_a_name(name, states):
    assert states_in_name(name) == states


def test_a_name_counts_most_and_what_agrees_is_said():
    water = octahedra("Co", distance=2.09)
    site = one(water, name="hexaaquacobalt(II) nitrate")
    assert site.oxidation_state == 2
    assert site.oxidation_state_reason == "name of the compound; bond-valence sum 2.01 agrees"
    assert (site.d_count, site.is_kramers, site.anisotropy) == (7, True, None)
    assert site.bond_valence_sum == pytest.approx(2.01, abs=0.01)


def test_a_systematic_name_counts_beside_a_common_one():
    complex_ = octahedra("Co", distance=2.09)
    stated = (("systematic name", "hexaaquacobalt(II)"),)
    assert one(complex_, name="my cobalt", stated=stated).oxidation_state_reason.startswith("name")
    site = one(complex_, name="my cobalt(III)", stated=stated)
    assert not site.oxidation_state_reason.startswith("name")  # two names, two states


def test_a_name_that_the_rest_contradicts_stands_and_the_rest_is_named():
    water = octahedra("Co", distance=2.09)
    site = one(water, name="cobalt(III)", ligands=ligands_of(water, [0] * 6), charge=2)
    assert site.oxidation_state == 3
    reason = "name of the compound; but charge balance gives 2 and bond-valence sum 1.76 does"
    assert site.oxidation_state_reason.startswith(reason)


def test_an_oxidation_number_of_the_atom_type_counts_and_what_the_bonds_say_is_said():
    nitrite = octahedra("Cu", donor="N", distance=2.173)  # mean of Jahn-Teller axes, COD 1008029
    assert one(nitrite).oxidation_state == 2
    four = octahedra("Cu", donor="N", distance=2.05, n_donors=4)
    assert one(four).oxidation_state == 1
    site = one(four, stated=(("oxidation number of Cu", "2"),))
    assert (site.oxidation_state, site.d_count, site.anisotropy) == (2, 9, None)
    assert site.oxidation_state_reason == (
        "oxidation number of the atom type; but bond-valence sum 0.95 speaks for 1"
    )
    field = one(four, stated=(("oxidation number of Cu", "2"),), cell=None)
    assert field.oxidation_state is None  # a field of a molecule file, not an atom type
    unheard = one(octahedra("Co", distance=2.09), stated=(("oxidation number of Co", "9"),))
    assert unheard.oxidation_state_reason == "bond-valence sum 2.01"
    named = one(four, name="copper(I)", stated=(("oxidation number of Cu", "2"),))
    assert named.oxidation_state == 1
    assert "but oxidation number of the atom type gives 2" in named.oxidation_state_reason


def test_a_name_with_two_states_of_an_element_does_not_tell():
    site = one(octahedra("Co", distance=2.09), name="cobalt(III) tetrachlorocobaltate(II)")
    assert site.oxidation_state_reason == "bond-valence sum 2.01"


def test_the_charge_balance_counts_before_the_bonds():
    oxides = octahedra("Fe", distance=2.12)  # as long as in hexaaquairon(II)
    site = one(oxides, ligands=ligands_of(oxides, [-1] * 3 + [0] * 3), charge=0)
    assert site.oxidation_state == 3
    assert site.oxidation_state_reason == ("charge balance; but bond-valence sum 2.21 does not fit")
    assert (site.d_count, site.is_kramers) == (5, True)


def test_a_balance_and_bonds_that_are_two_apart_leave_the_state_open():
    water = octahedra("Co", distance=2.09)
    site = one(water, ligands=ligands_of(water, [0] * 6), charge=0)
    assert site.oxidation_state is None
    assert site.oxidation_state_reason == (
        "not known: charge balance gives 0, bond-valence sum 2.01 speaks for 2"
    )


def test_a_balance_of_a_rare_state_stands_only_where_the_bonds_tell_no_other():
    """A charge counted from the ions of a crystal that lost a proton makes Fe(IV) of Fe(III)."""
    oxides = octahedra("Fe", distance=2.0)
    known = {"ligands": ligands_of(oxides, [-1] * 6), "charge": -2}
    crystal = one(oxides, **known)
    assert crystal.oxidation_state is None
    assert crystal.oxidation_state_reason == (
        "not known: charge balance gives 4, bond-valence sum 3.05 speaks for 3"
    )
    assert one(oxides, **known, cell=None).oxidation_state == 4  # of positions computed or not
    short = octahedra("Fe", distance=1.9)
    known = {"ligands": ligands_of(short, [-1] * 6), "charge": -2}
    assert one(short, **known).oxidation_state == 4


def test_the_bonds_decide_where_nothing_else_tells():
    site = one(octahedra("Fe", distance=2.0))
    assert site.oxidation_state == 3
    assert site.oxidation_state_reason == "bond-valence sum 3.05"


def test_atoms_of_one_element_share_the_charge_evenly_or_not_at_all():
    pair = octahedra("Ru", "Ru")
    even = judged(pair, ligands=ligands_of(pair, [-1] * 6 + [0] * 6), charge=0)
    assert [site.oxidation_state for site in even] == [3, 3]
    odd = judged(pair, ligands=ligands_of(pair, [-1] * 5 + [0] * 7), charge=0)
    assert [site.oxidation_state for site in odd] == [None, None]
    assert "leaves 5+ to 2 Ru: mixed valence or a radical" in odd[0].oxidation_state_reason


@pytest.mark.parametrize(
    ("element", "states"),
    [
        ("Zn", {1, 2}),
        ("Co", {0, 1, 2, 3}),
        ("Cu", {1, 2, 3}),
        ("Dy", {2, 3}),
        ("Yb", {2, 3}),
        ("Ce", {2, 3, 4}),
        ("La", {2, 3}),
        ("Zr", {0, 1, 2, 3, 4}),
        ("Mn", {0, 1, 2, 3, 4, 5, 6, 7}),
    ],
)
def test_states_of_which_complexes_are_known(element, states):
    assert {state for state in range(-2, 10) if is_met(element, state)} == states


def test_a_lost_proton_makes_no_tetravalent_ytterbium():
    complex_ = octahedra("Yb", distance=2.55)
    site = one(complex_, ligands=ligands_of(complex_, [-1] * 4 + [0] * 2), charge=0)
    assert site.oxidation_state is None
    assert "the charge balance would make Yb 4" in site.oxidation_state_reason


def test_bonds_that_tell_mixed_valence_of_the_same_sum_are_followed():
    pair = octahedra("Mn", "Mn")
    positions = pair.positions.copy()
    positions[1:7] *= 2.19 / 2.1  # Mn(II)
    positions[8:] = positions[7] + (positions[8:] - positions[7]) * 1.89 / 2.1  # Mn(IV)
    mixed = replace(pair, positions=positions)
    sites = judged(mixed, ligands=ligands_of(mixed, [-1] * 6 + [0] * 6), charge=0)
    assert [site.oxidation_state for site in sites] == [2, 4]
    assert sites[0].oxidation_state_reason.startswith("bond-valence sum 1.9")


def test_metals_of_one_usual_state_leave_the_rest_to_the_others():
    mixed = octahedra("Dy", "Ru", "Zn")
    sites = judged(mixed, ligands=ligands_of(mixed, [-1] * 8 + [0] * 10), charge=0)
    assert [site.oxidation_state for site in sites] == [3, 3, 2]
    two_kinds = octahedra("Ru", "Os")
    sites = judged(two_kinds, ligands=ligands_of(two_kinds, [-1] * 5 + [0] * 7), charge=0)
    assert [site.oxidation_state for site in sites] == [None, None]
    assert "leaves 5+ to Os and Ru" in sites[0].oxidation_state_reason


@pytest.mark.parametrize(
    ("charges", "formula", "flags", "charge", "why"),
    [
        ([0] * 5 + [None], "C6 H5 O", {}, 2, "the charge of ligand C6 H5 O is not known"),
        ([0] * 6, "N O", {}, 2, "the charge of ligand N O is a matter of convention"),
        ([0] * 6, "H2 O", {"missing_hydrogens": 2}, 2, "hydrogens are missing"),
        ([0] * 6, "H2 O", {}, None, "the charge of the complex is not known"),
        ([0] * 6, "H2 O", {}, -2, "the charge balance would make Ru -2"),
        ([-2] * 6, "H2 O", {}, -3, "the charge balance would make Ru 9"),
    ],
)
def test_a_charge_that_cannot_be_balanced_is_not(charges, formula, flags, charge, why):
    complex_ = octahedra("Ru", **flags)
    site = one(complex_, ligands=ligands_of(complex_, charges, formula), charge=charge)
    assert site.oxidation_state is None
    assert why in site.oxidation_state_reason
    assert (site.d_count, site.f_count, site.is_kramers, site.anisotropy) == (None,) * 4


def test_without_ligands_the_reason_says_so_and_names_the_missing_parameters():
    site = one(octahedra("Ru", donor="N"), charge=2)
    assert site.oxidation_state_reason == (
        "not known: not all atoms belong to a known ligand; no bond-valence parameters for Ru-N"
    )


def test_a_lanthanide_of_one_state_has_it_even_against_the_balance():
    complex_ = octahedra("Dy", distance=2.28)
    site = one(complex_, ligands=ligands_of(complex_, [-1] * 2 + [0] * 4), charge=0)
    assert site.oxidation_state == 3
    assert site.oxidation_state_reason == (
        "usual state of the element; bond-valence sum 2.85 agrees; but charge balance gives 2"
    )
    assert (site.f_count, site.is_kramers, site.anisotropy) == (9, True, "oblate")


@pytest.mark.parametrize("metal", ["Ce", "Sm", "Eu", "Yb"])
def test_a_lanthanide_of_two_states_needs_evidence(metal):
    carbon = octahedra(metal, donor="C", distance=2.7)
    assert one(carbon).oxidation_state is None
    assert one(carbon, name=f"{metal}(II)").oxidation_state == 2


def test_europium_by_its_bonds():
    assert one(octahedra("Eu", distance=2.29)).oxidation_state == 3
    assert one(octahedra("Eu", distance=2.50)).oxidation_state == 2


def test_zinc_at_zinc_may_be_of_a_lower_state():
    apart = octahedra("Zn", "Zn", n_donors=1, donor="C")
    assert [site.oxidation_state for site in judged(apart)] == [2, 2]
    positions = apart.positions.copy()
    positions[2:] += np.array([2.3 - 20.0, 0, 0])
    bonds = np.array([*apart.bonds.tolist(), [0, 2]], dtype=np.int32)
    together = replace(apart, positions=positions, bonds=bonds)
    assert [site.oxidation_state for site in judged(together)] == [None, None]


@pytest.mark.parametrize(
    ("complex_", "cell", "why"),
    [
        (octahedra("Fe", distance=2.0, donor_disordered=True), CELL, "of disordered atoms"),
        (octahedra("Fe", distance=2.0), None, "of positions that need not be measured"),
        (octahedra("Fe", distance=1.9, n_donors=3), CELL, "of too few donors"),
        (octahedra("Fe", distance=2.06), CELL, "single out no state"),
    ],
)
def test_bonds_that_cannot_be_relied_on_do_not_decide(complex_, cell, why):
    site = one(complex_, cell=cell)
    assert site.oxidation_state is None
    assert why in site.oxidation_state_reason
    assert site.bond_valence_sum is not None


def test_the_number_of_electrons_says_which_states_are_possible():
    low_spin = octahedra("Fe", donor="N", distance=1.97)  # as long in Fe(II) as in Fe(III)
    assert one(low_spin).oxidation_state is None
    assert (26 + 6 * 7) % 2 == 0
    assert one(low_spin, charge=0).oxidation_state is None  # a crystal may lack hydrogens
    whole = replace(low_spin, missing_hydrogens=0)
    assert one(whole, charge=0).oxidation_state == 2
    assert one(low_spin, charge=1, cell=None).oxidation_state == 3


@given(st.permutations(range(13)))
def test_the_hint_does_not_depend_on_the_order_of_atoms(order):
    complex_ = octahedra("Fe", "Dy", distance=2.2)
    complex_ = Complex(
        complex_.atomic_numbers[:13],
        complex_.positions[:13],
        complex_.labels[:13],
        complex_.bonds[(complex_.bonds < 13).all(axis=1)],
    )
    place = np.argsort(order)
    turned = Complex(
        complex_.atomic_numbers[order],
        complex_.positions[order],
        tuple(complex_.labels[i] for i in order),
        np.sort(place[complex_.bonds], axis=1).astype(np.int32),
    )
    first = {(s.element, s.oxidation_state, s.oxidation_state_reason) for s in judged(complex_)}
    other = {(s.element, s.oxidation_state, s.oxidation_state_reason) for s in judged(turned)}
    assert first == other
