"""Ligands: what is cut off the metals, how it binds, its SMILES and charge."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ligand_factory import drawn, ligands, taken, without_hydrogens

from screening.chemistry.graph import read_graph
from screening.chemistry.ligands.cut import cut
from screening.chemistry.ligands.donor_groups import donor_groups
from screening.crystal.complex import Complex

SALEN = "C1CN2=Cc3ccccc3O[Zn]24Oc5ccccc5C=N14"
SALAN = "C1C[NH+]2Cc3ccccc3O[Zn-2]24Oc5ccccc5C[NH+]14"
SALALEN = "C1CN2=Cc3ccccc3O[Zn-]24Oc5ccccc5C[NH+]14"
TWO_SALICYLALDIMINES = "CN1=Cc2ccccc2O[Zn]13Oc4ccccc4C=N3C"
ACAC = "CC1=CC(C)=O[Zn]2(O1)OC(C)=CC(C)=O2"
NACNAC = "CC1=CC(C)=N(C)[Zn](Cl)N1C"
BIPYRIDINE = "Cl[Zn]1(Cl)<-n2ccccc2-c2ccccn->12"


def molecule(elements, positions, bonds) -> Complex:
    return Complex(
        np.array(elements, dtype=np.uint8),
        np.array(positions, dtype=float),
        tuple(f"X{i}" for i in range(len(elements))),
        np.array(bonds, dtype=np.int32).reshape(-1, 2),
    )


def summary(complex_):
    """What does not depend on the order of the atoms."""
    found = ligands(complex_)
    return sorted(
        (x.formula, x.denticity, x.hapticity, x.n_metals, x.donor_set, str(x.smiles), x.classes)
        for x in found
    )


@pytest.mark.parametrize(
    ("smiles", "expected", "charge"),
    [
        (
            "CC1(C)c2ccc3n2[Zn-2]24n5c1ccc5C(C)(C)c1ccc(n12)C(C)(C)c1ccc(n14)C3(C)C",
            "CC1(C)c2ccc([n-]2)C(C)(C)c2ccc([n-]2)C(C)(C)c2ccc([n-]2)C(C)(C)c2ccc1[n-]2",
            -4,
        ),
        (SALEN, "[O-]c1ccccc1C=NCCN=Cc1ccccc1[O-]", -2),
        (SALAN, "[O-]c1ccccc1CNCCNCc1ccccc1[O-]", -2),
        (SALALEN, "[O-]c1ccccc1C=NCCNCc1ccccc1[O-]", -2),
        (TWO_SALICYLALDIMINES, "CN=Cc1ccccc1[O-]", -1),
        (ACAC, "CC(=O)C=C(C)[O-]", -1),
        (NACNAC, "CN=C(C)C=C(C)[N-]C", -1),
        (BIPYRIDINE, "c1ccc(-c2ccccn2)nc1", 0),
        ("O=[N+]1O[Zn](Cl)[O-]1", "O=[N+]([O-])[O-]", -1),
        ("CC(=O)O[Zn]Cl", "CC(=O)[O-]", -1),
        ("CS(C)=O->[Zn](Cl)Cl", "CS(C)=O", 0),
        ("CC#N->[Zn](Cl)Cl", "CC#N", 0),
        ("S=C=N[Zn]Cl", "[N-]=C=S", -1),
        ("c1ccc2O[Zn]Oc2c1", "[O-]c1ccccc1[O-]", -2),
        ("[NH3]->[Zn](Cl)Cl", "N", 0),
        ("[AsH3]->[Zn](Cl)Cl", "[AsH3]", 0),
        ("C[Zn]C", "[CH3-]", -1),
        ("c1ccccc1[Zn]Cl", "[c-]1ccccc1", -1),
        ("c1ccccc1P(c1ccccc1)(c1ccccc1)->[Zn](Cl)Cl", "c1ccc(P(c2ccccc2)c2ccccc2)cc1", 0),
        ("CP(=O)(O[Zn]Cl)O[Zn]Cl", "CP(=O)([O-])[O-]", -2),
    ],
)
def test_smiles_and_charge_of_the_free_ligand(smiles, expected, charge):
    largest = max(ligands(drawn(smiles)), key=lambda ligand: len(ligand.atoms))
    assert (largest.smiles, largest.smiles_note) == (expected, None)
    assert largest.charge == charge


def test_a_ligand_is_counted_by_donors_and_metals():
    (salen,) = ligands(drawn(SALEN))
    assert (salen.formula, salen.donor_set) == ("C16 H14 N2 O2", "N2O2")
    assert (salen.denticity, salen.hapticity, salen.n_metals) == (4, 1, 1)


def test_salen_stays_salen_when_its_phenolates_bridge():
    complex_ = drawn(SALEN)
    oxygens = np.flatnonzero(complex_.atomic_numbers == 8)
    zinc = int(np.flatnonzero(complex_.atomic_numbers == 30)[0])
    middle = complex_.positions[oxygens].mean(axis=0)
    way = middle - complex_.positions[zinc]
    last = len(complex_.labels)
    bridged = molecule(
        [*complex_.atomic_numbers, 66],
        [*complex_.positions, middle + 2 * way / np.linalg.norm(way)],
        [*complex_.bonds, *((int(i), last) for i in oxygens)],
    )
    (ligand,) = ligands(bridged)
    assert (ligand.denticity, ligand.n_metals, ligand.donor_set) == (4, 2, "N2O2")
    assert ligand.classes == ("phenoxide", "salen-type", "schiff-base")


def test_a_side_on_group_is_one_donor_of_the_denticity():
    turns = np.arange(5) * 2 * np.pi / 5
    ring = [(1.2 * np.cos(t), 1.2 * np.sin(t), 1.65) for t in turns]
    protons = [(2.28 * np.cos(t), 2.28 * np.sin(t), 1.65) for t in turns]
    inner = [(i, i % 5 + 1) if i < 5 else (1, 5) for i in range(1, 6)]
    bonds = [(0, i) for i in range(1, 6)] + inner + [(i, i + 5) for i in range(1, 6)]
    half = molecule([26] + [6] * 5 + [1] * 5, [(0, 0, 0), *ring, *protons], bonds)
    (ligand,) = ligands(half)
    assert (ligand.denticity, ligand.hapticity, ligand.donor_set) == (1, 5, "C5")
    assert (ligand.smiles, ligand.charge) == ("c1cc[cH-]c1", -1)
    assert ligand.classes == ("cyclopentadienyl",)


def test_donor_groups_name_each_ligand():
    complex_ = drawn("C1CN2=Cc3ccccc3O[Zn]24(<-[OH2])(<-[OH2])Oc5ccccc5C=N14")
    graph = read_graph(complex_)
    assert donor_groups(graph, ligands(complex_), graph.centres[0]) == "N2O2 + 2 O"
    chelate = drawn("C1CN2=Cc3ccccc3O[Zn]246(Oc5ccccc5C=N14)OC(C)=O6")
    graph = read_graph(chelate)
    assert donor_groups(graph, ligands(chelate), graph.centres[0]) == "N2O2 + O2"
    alone = molecule([30], [(0, 0, 0)], [])
    assert donor_groups(read_graph(alone), (), 0) is None


def test_missing_hydrogens_mean_no_smiles():
    for ligand in ligands(without_hydrogens(drawn(SALEN))):
        assert ligand.smiles is None
        assert ligand.charge is None
        assert ligand.smiles_note is not None
        assert "hydrogens" in ligand.smiles_note
    water = molecule([30, 8, 6, 1], [(0, 0, 0), (2.1, 0, 0), (-2, 0, 0), (-2.5, 1, 0)], [(0, 1)])
    (lone,) = ligands(water)
    assert (lone.classes, lone.smiles) == (("aqua",), None)


@pytest.mark.parametrize(
    ("missing", "classes"), [(0, ("alkoxide",)), (None, ("alkoxide",)), (2, ())]
)
def test_a_hydrogen_may_be_missing_beside_drawn_ones(missing, classes):
    """A methoxide whose O is as far from the metal as that of an alkoxide or of an alcohol."""
    places = [
        (0, 0, 0),
        (1.96, 0, 0),
        (2.4, 1.36, 0),
        (3.5, 1.36, 0),
        (2, 1.9, 0.9),
        (2, 1.9, -0.9),
    ]
    bonds = [(0, 1), (1, 2), (2, 3), (2, 4), (2, 5)]
    methoxide = molecule([30, 8, 6, 1, 1, 1], places, bonds)
    (ligand,) = ligands(replace(methoxide, missing_hydrogens=missing))
    assert ligand.classes == classes
    assert (ligand.charge is None) == bool(missing)


@pytest.mark.parametrize(
    ("chain", "name", "charge"),
    [
        ((7, 6, 8), "cyanate", -1),
        ((8, 6, 7), "cyanate", -1),
        ((6, 7, 8), "fulminate", -1),
        ((8, 7, 6), "fulminate", None),
    ],
)
def test_isomers_are_told_by_their_middle_atom(chain, name, charge):
    """NCO and CNO on a metal, bound by the first atom."""
    places = [(0, 0, 0), (0, 0, 2.0), (0, 0, 3.17), (0, 0, 4.37), (9, 9, 9)]
    (ligand,) = ligands(molecule([30, *chain, 1], places, [(0, 1), (1, 2), (2, 3)]))
    assert ligand.classes == (name,)
    assert ligand.charge == charge


def test_a_short_lone_oxygen_is_an_oxide():
    (oxide,) = ligands(molecule([23, 8, 1], [(0, 0, 0), (1.6, 0, 0), (9, 0, 0)], [(0, 1)]))
    assert (oxide.classes, oxide.charge) == (("oxo",), -2)


@pytest.mark.parametrize(
    ("element", "length", "name", "charge"),
    [
        (7, 1.11, "dinitrogen", 0),
        (7, 1.25, "dinitrogen", None),  # N2 2-
        (7, 1.40, "dinitrogen", None),  # N2 3-, a radical between two lanthanides
        (7, 1.48, "dinitrogen", None),
        (8, 1.21, "dioxygen", 0),
        (8, 1.31, "superoxo", None),
        (8, 1.46, "peroxo", -2),
    ],
)
def test_reduced_dinitrogen_and_superoxide_get_no_charge(element, length, name, charge):
    half = length / 2
    places = [(-2.2, 0, 0), (2.2, 0, 0), (0, half, 0), (0, -half, 0), (9, 9, 9)]
    bonds = [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    (ligand,) = ligands(molecule([66, 66, element, element, 1], places, bonds))
    assert (ligand.classes, ligand.charge) == ((name,), charge)


def test_a_nitroxide_gets_no_structure_with_closed_shells():
    tempo = "CC1(C)CCCC(C)(C)N1O[Zn]Cl"
    complex_ = drawn(tempo)
    oxygen = int(np.flatnonzero(complex_.atomic_numbers == 8)[0])
    nitrogen = int(np.flatnonzero(complex_.atomic_numbers == 7)[0])
    positions = complex_.positions.copy()
    arm = positions[oxygen] - positions[nitrogen]
    positions[oxygen] = positions[nitrogen] + arm * 1.29 / np.linalg.norm(arm)
    short = taken(complex_, np.arange(len(positions)), positions)
    radical = max(ligands(short), key=lambda ligand: len(ligand.atoms))
    assert radical.smiles is None
    assert "nitroxide" in (radical.smiles_note or "")
    assert radical.classes == ("nitroxide",)


def test_a_polyoxometalate_keeps_its_metals():
    """A lacunary Lindqvist ion [W5O18]6- on a lanthanide: one ligand with four donors."""
    across = 2.3
    tungsten = [(across, 0, 0), (-across, 0, 0), (0, across, 0), (0, -across, 0), (0, 0, -across)]
    corner, elements, bonds = (0.0, 0.0, 2.5), [74] * 5 + [66], []
    points = [*tungsten, corner]

    def oxygen(*metals, at):
        elements.append(8)
        points.append(at)
        bonds.extend((m, len(points) - 1) for m in metals)

    oxygen(0, 1, 2, 3, 4, at=(0, 0, 0))
    for m, place in enumerate(tungsten):
        oxygen(m, at=tuple(1.74 * x for x in place))
    pairs = [(0, 2), (0, 3), (1, 2), (1, 3), (0, 4), (1, 4), (2, 4), (3, 4)]
    for a, b in pairs:
        oxygen(
            a, b, at=tuple((x + y) * 0.58 for x, y in zip(tungsten[a], tungsten[b], strict=True))
        )
    for m in range(4):
        oxygen(m, 5, at=tuple((x + y) * 0.55 for x, y in zip(tungsten[m], corner, strict=True)))
    complex_ = molecule(elements, points, bonds)
    (cluster,) = ligands(complex_)
    assert (cluster.formula, cluster.classes) == ("O18 W5", ("polyoxometalate",))
    assert (cluster.denticity, cluster.donor_set, cluster.n_metals) == (4, "O4", 1)
    graph = read_graph(complex_)
    assert donor_groups(graph, ligands(complex_), 5) == "O4"
    assert donor_groups(graph, ligands(complex_), 0) == "6 O"
    without_corner = taken(complex_, np.array([i for i in range(len(points)) if i != 5]))
    (alone,) = ligands(without_corner)
    assert (alone.denticity, alone.donors, alone.classes) == (0, (), ("polyoxometalate",))


def test_what_binds_no_metal_is_no_ligand():
    free = molecule(
        [30, 17, 17, 8], [(0, 0, 0), (2.2, 0, 0), (-2.2, 0, 0), (9, 9, 9)], [(0, 1), (0, 2)]
    )
    assert len(cut(read_graph(free))) == 3
    assert [ligand.formula for ligand in ligands(free)] == ["Cl", "Cl"]


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from([SALEN, TWO_SALICYLALDIMINES, ACAC, NACNAC, BIPYRIDINE]),
    st.integers(0, 2**32 - 1),
)
def test_order_and_place_change_nothing(smiles, seed):
    complex_ = drawn(smiles)
    generator = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    moved = complex_.positions @ rotation.T + generator.normal(size=3)
    other = taken(complex_, generator.permutation(len(moved)), moved)
    assert summary(other) == summary(complex_)


@pytest.mark.parametrize(("n", "radius"), [(5, 1.2), (6, 1.4)])
def test_a_ring_without_hydrogens_has_no_structure(n, radius):
    angles = 2 * np.pi * np.arange(n) / n
    circle = [(radius * np.cos(a), radius * np.sin(a), 1.65) for a in angles]
    bonds = [(0, i) for i in range(1, n + 1)] + [(i, i % n + 1) for i in range(1, n + 1)]
    (ring,) = ligands(molecule([26, *[6] * n], [(0, 0, 0), *circle], bonds))
    assert (ring.smiles, ring.charge, ring.hapticity) == (None, None, n)
    assert ring.smiles_note == "hydrogens are missing: carbons of a ring have none"
