"""The rules R1 to R16: each applies where it should, and never on what is not known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from screening.chemistry.field import axiality
from screening.chemistry.graph import read_graph
from screening.chemistry.ligands.ligand import UNDECIDED, Ligand
from screening.chemistry.plausibility import find_flags
from screening.chemistry.rule import Flag, rules
from screening.chemistry.site import MetalSite
from screening.chemistry.spin import ligand_radical
from screening.crystal.complex import Complex
from screening.elements import atomic_number

OCTAHEDRON = np.array(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float
)
LINE = np.array([[0, 0, 1], [0, 0, -1]], dtype=float)
TRIANGLE = np.array([[np.cos(a), np.sin(a), 0] for a in np.radians([0, 120, 240])])

DY3 = {"oxidation_state": 3, "f_count": 9, "is_kramers": True, "anisotropy": "oblate"}
TB3 = {"oxidation_state": 3, "f_count": 8, "is_kramers": False, "anisotropy": "oblate"}
ER3 = {"oxidation_state": 3, "f_count": 11, "is_kramers": True, "anisotropy": "prolate"}
GD3 = {"oxidation_state": 3, "f_count": 7, "is_kramers": True, "anisotropy": "isotropic"}
EU2 = {"oxidation_state": 2, "f_count": 7, "is_kramers": True, "anisotropy": "isotropic"}
SM2 = {"oxidation_state": 2, "f_count": 6, "is_kramers": False, "anisotropy": "none"}
ZN2 = {"oxidation_state": 2, "d_count": 10, "anisotropy": "diamagnetic"}
TWISTED: dict[str, Any] = {"polyhedron": "SP-4", "shape_measure": 5.94}
ZINC: tuple[str, dict[str, Any]] = ("Zn", {})
ALKYL_CO3 = {
    "oxidation_state": 3,
    "coordination_number": 5,
    "polyhedron": "vOC-5",
    "donor_set": "CN2O2",
}
PLANAR_CO2 = {"oxidation_state": 2, "d_count": 7, "polyhedron": "SP-4"}
EU3 = {"oxidation_state": 3, "f_count": 6, "is_kramers": False, "anisotropy": "none"}


def flags_of(
    *ions: tuple[str, dict[str, Any]],
    donors: np.ndarray = OCTAHEDRON,
    elements: Sequence[int] = (),
    ligand_on: int | None = None,
    ligand_class: str = "salen-type",
    is_odd: bool | None = None,
    charges: Sequence[int] = (),
) -> dict[str, Flag]:
    """Flags of a complex whose metals, 20 angstrom apart, have donors at 2.2 angstrom.

    elements: of the donors, O by default. ligand_on: metal that has a ligand of *ligand_class*.
    charges: of the donors of the first metal, each of them a ligand.
    """
    numbers: list[int] = []
    places: list[np.ndarray] = []
    bonds: list[tuple[int, int]] = []
    sites = []
    for count, (element, known) in enumerate(ions):
        metal = len(numbers)
        origin = np.array([20.0 * count, 0, 0])
        numbers += [atomic_number(element), *(elements or [8] * len(donors))]
        places += [origin, *(origin + 2.2 * donors)]
        bonds += [(metal, metal + 1 + i) for i in range(len(donors))]
        plain: dict[str, Any] = {
            "atom_index": metal,
            "label": f"{element}{count + 1}",
            "element": element,
            "coordination_number": len(donors),
            "donor_set": f"O{len(donors)}",
            "mean_distance": 2.2,
            "min_distance": 2.2,
            "max_distance": 2.2,
            "shape_measure": 0.5,
        }
        sites.append(MetalSite(**(plain | known)))
    complex_ = Complex(
        np.array(numbers, dtype=np.uint8),
        np.array(places),
        tuple(f"A{i}" for i in range(len(numbers))),
        np.array(bonds, dtype=np.int32),
    )
    ligands = [
        Ligand((1 + i,), ((0, 1 + i),), "X", 1, 1, 1, "X", charge=value)
        for i, value in enumerate(charges)
    ]
    if ligand_on is not None:
        metal = sites[ligand_on].atom_index
        donor = metal + 1
        pairs = ((metal, donor),)
        ligands.append(Ligand((metal, donor), pairs, "O", 4, 1, 1, "N2O2", classes=(ligand_class,)))
    found = find_flags(complex_, read_graph(complex_), sites, ligands, is_odd=is_odd)
    return {f.rule: f for f in found}


def test_the_rules_are_r1_to_r16_each_with_a_source() -> None:
    assert [rule.name for rule in rules()] == [f"R{i}" for i in range(1, 17)]
    assert all(rule.statement and rule.source for rule in rules())


@pytest.mark.parametrize(
    ("ions", "rule", "severity"),
    [
        ([("Zn", {})], "R1", "high"),
        ([("Y", {}), ("Zn", ZN2)], "R1", "high"),
        ([("Ti", {"oxidation_state": 4, "d_count": 0, "anisotropy": "diamagnetic"})], "R1", "high"),
        ([("Zn", {}), ("Dy", DY3)], "R2", "note"),
        ([("Pd", {"oxidation_state": 2, "d_count": 8, "polyhedron": "SP-4"})], "R1", "high"),
        ([("Rh", {"oxidation_state": 3, "d_count": 6})], "R1", "high"),
        ([("Co", {"oxidation_state": 3})], "R1", "high"),
        ([("Co", ALKYL_CO3)], "R1", "high"),
        ([("Co", {"oxidation_state": 3})], "R3", "medium"),
        ([("Co", {"oxidation_state": 3, "coordination_number": 5})], "R3", "note"),
        ([("Co", PLANAR_CO2)], "R3", "note"),
        ([("Co", PLANAR_CO2)], "R7", "medium"),
        ([("Co", {"oxidation_state": 3}), ("Dy", DY3)], "R3", "note"),
        ([("Co", {"oxidation_state": 2})], "R3", "favourable"),
        ([("Co", {})], "R3", "note"),
        ([("Ni", {"polyhedron": "SP-4"})], "R4", "high"),
        ([("Ni", {"polyhedron": "SP-4"}), ("Dy", DY3)], "R4", "note"),
        ([("Gd", GD3)], "R5", "high"),
        ([("Gd", GD3), ("Cu", {})], "R5", "high"),
        ([("Eu", EU2)], "R5", "high"),
        ([("Gd", GD3), ("Eu", EU3)], "R5", "high"),
        ([("Gd", GD3), ("Eu", {})], "R5", "high"),
        ([("Tb", EU2 | {"oxidation_state": 4})], "R5", "high"),
        ([("Eu", EU3)], "R6", "high"),
        ([("Eu", {})], "R6", "high"),
        ([("Sm", SM2)], "R6", "high"),
        ([("Cu", {"oxidation_state": 2})], "R7", "medium"),
        ([("Cu", {}), ("Zn", {})], "R7", "medium"),
        ([("Cu", {}), ("Cu", {})], "R7", "soft"),
        ([("V", {"oxidation_state": 4})], "R7", "medium"),
        ([("Dy", DY3)], "R8", "favourable"),
        ([("Tb", TB3)], "R8", "soft"),
        ([("Tb", TB3), ("Dy", DY3)], "R8", "favourable"),
        ([("Fe", {"oxidation_state": 3, "d_count": 5})], "R13", "soft"),
        ([("Mn", {"oxidation_state": 2, "d_count": 5}), ("Zn", {})], "R13", "soft"),
        ([("Co", {"oxidation_state": 2})], "R14", "note"),
        ([("Mn", {})], "R15", "note"),
        ([("Dy", DY3)], "R16", "note"),
        ([("Co", {"oxidation_state": 2})], "R16", "note"),
    ],
)
def test_a_rule_applies(ions: list[tuple[str, dict[str, Any]]], rule: str, severity: str) -> None:
    assert flags_of(*ions)[rule].severity == severity


@pytest.mark.parametrize(
    ("ions", "rule"),
    [
        ([("Zn", {}), ("Dy", DY3)], "R1"),
        ([("Ti", {})], "R1"),  # Ti(III) is no closed shell, and nobody says which it is
        ([("Ag", {})], "R1"),
        ([("Co", {"oxidation_state": 1})], "R3"),
        ([("Co", {"oxidation_state": 3, "coordination_number": 5})], "R1"),
        ([("Co", ALKYL_CO3 | {"donor_set": "ClN2O2"})], "R1"),
        ([("Ru", {"oxidation_state": 3, "d_count": 5})], "R1"),
        ([("Co", PLANAR_CO2)], "R14"),
        ([("Eu", EU3)], "R16"),
        ([("Ni", {"polyhedron": "SP-4"})], "R1"),
        ([("Dy", DY3)], "R2"),
        ([("Ni", {"polyhedron": "OC-6"})], "R4"),
        ([("Ni", {"polyhedron": "T-4"})], "R4"),
        ([("Gd", GD3), ("Dy", DY3)], "R5"),
        ([("Gd", GD3), ("Mn", {})], "R5"),
        ([("Eu", EU2)], "R6"),
        ([("Sm", {})], "R6"),
        ([("Gd", GD3), ("Sm", {})], "R5"),
        ([("Y", {"oxidation_state": 2, "d_count": 1, "is_kramers": True})], "R1"),
        ([("La", {"oxidation_state": 2})], "R1"),
        ([("Zr", {"oxidation_state": 3, "d_count": 1, "is_kramers": True})], "R1"),
        ([("Ni", TWISTED | {"shape_measure": 9.0})], "R4"),
        ([("Co", ALKYL_CO3 | {"shape_measure": 4.0})], "R1"),
        ([("V", {})], "R7"),
        ([("Cu", {}), ("Dy", DY3)], "R7"),
        ([("Gd", GD3)], "R8"),
        ([("Fe", {})], "R13"),
        ([("Co", {})], "R14"),
        ([("Dy", DY3), ("Mn", {})], "R15"),
    ],
)
def test_a_rule_is_silent(ions: list[tuple[str, dict[str, Any]]], rule: str) -> None:
    assert rule not in flags_of(*ions)


@pytest.mark.parametrize(
    ("ion", "donors", "severity"),
    [
        (("Dy", DY3), LINE, "favourable"),
        (("Dy", DY3), TRIANGLE, "soft"),
        (("Er", ER3), TRIANGLE, "favourable"),
        (("Er", ER3), LINE, "soft"),
    ],
)
def test_r9_weighs_the_shape_of_the_ion_against_its_donors(
    ion: tuple[str, dict[str, Any]], donors: np.ndarray, severity: str
) -> None:
    assert flags_of(ion, donors=donors)["R9"].severity == severity


def test_r9_is_silent_where_donors_make_no_axis() -> None:
    assert "R9" not in flags_of(("Dy", DY3))


def test_r9_counts_charged_donors_only_where_the_charges_are_known() -> None:
    """Two alkoxides on the axis and five neutral donors around: Dy(OR)2(py)5+."""
    angles = np.radians(72 * np.arange(5))
    ring = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(5)])
    donors = np.vstack([LINE, ring])
    elements = (8, 8, 7, 7, 7, 7, 7)
    ion = ("Dy", DY3)
    assert "R9" not in flags_of(ion, donors=donors, elements=elements)
    flag = flags_of(ion, donors=donors, elements=elements, charges=(-1, -1, 0, 0, 0, 0, 0))["R9"]
    assert flag.severity == "favourable"
    assert flag.reason == "Dy1: oblate and axial (axiality of its charged donors +1.00)"
    flag = flags_of(ion, donors=donors, elements=elements, charges=(0, 0, -1, -1, -1, 0, 0))["R9"]
    assert flag.severity == "soft"


def test_r10_is_for_equatorial_erbium_only() -> None:
    assert flags_of(("Er", ER3), donors=TRIANGLE)["R10"].severity == "favourable"
    assert "R10" not in flags_of(("Er", ER3), donors=LINE)
    assert "R10" not in flags_of(("Dy", DY3), donors=TRIANGLE)


def test_r12_wants_the_salen_on_the_manganese() -> None:
    manganese, zinc = ("Mn", {"oxidation_state": 3, "d_count": 4}), ZINC
    assert flags_of(manganese, zinc, ligand_on=0)["R12"].severity == "favourable"
    assert "R12" not in flags_of(manganese, zinc, ligand_on=1)
    assert "R12" not in flags_of(("Mn", {}), ligand_on=0)


def test_r4_says_of_a_twisted_plane_that_it_is() -> None:
    assert flags_of(("Ni", {"polyhedron": "SP-4"}))["R4"].reason.endswith("in a square plane")
    assert flags_of(("Ni", TWISTED))["R4"].reason.endswith("in a twisted square plane")


def test_r6_says_what_hangs_on_the_state_of_europium() -> None:
    assert flags_of(("Eu", EU3))["R6"].reason == "Eu1: J = 0"
    assert flags_of(("Eu", {}))["R6"].reason == "Eu1: J = 0 if Eu(III), isotropic if Eu(II)"


def test_r1_is_weaker_where_a_ligand_has_an_unpaired_electron() -> None:
    assert flags_of(ZINC, is_odd=False)["R1"].severity == "high"
    assert flags_of(ZINC, is_odd=True)["R1"].severity == "medium"
    assert flags_of(ZINC, ligand_on=0, ligand_class="nitroxide")["R1"].severity == "medium"


def test_a_radical_is_told_by_its_classes_in_their_order() -> None:
    classes = ("nitroxide", "semiquinonate", "superoxo")
    ligand = Ligand((0,), (), "O", 1, 1, 1, "O", classes=classes)
    assert ligand_radical([ligand], is_odd=None) == f"O has one ({', '.join(classes)})"


def test_a_ligand_between_two_charges_may_be_a_radical_unless_the_electrons_are_even() -> None:
    ligand = Ligand((0,), (), "N2", 1, 1, 1, "N", smiles_note=UNDECIDED)
    assert ligand_radical([ligand], is_odd=None) == "N2 may be a radical"
    assert ligand_radical([ligand], is_odd=False) is None
    assert ligand_radical([replace(ligand, smiles_note="other")], is_odd=None) is None


def test_r4_is_weaker_beside_a_redox_active_ligand_unless_the_state_is_known() -> None:
    open_: dict[str, Any] = {"polyhedron": "SP-4"}
    known: dict[str, Any] = open_ | {"oxidation_state": 2}
    beside: dict[str, Any] = {"ligand_on": 0, "ligand_class": "dithiolene"}
    assert flags_of(("Ni", open_), **beside)["R4"].severity == "medium"
    assert flags_of(("Ni", known), **beside)["R4"].severity == "high"


@pytest.mark.parametrize(("ion", "rule"), [(("Gd", GD3), "R5"), (("Eu", EU3), "R6")])
def test_tungsten_of_a_polyoxometalate_is_no_source_of_anisotropy(
    ion: tuple[str, dict[str, Any]], rule: str
) -> None:
    tungsten: tuple[str, dict[str, Any]] = ("W", {})
    oxide: dict[str, Any] = {"ligand_on": 1, "ligand_class": "polyoxometalate"}
    assert flags_of(ion, tungsten, **oxide)[rule].severity == "high"
    assert rule not in flags_of(ion, tungsten)
    assert "R1" not in flags_of(tungsten, ligand_on=0, ligand_class="polyoxometalate")


def test_r8_names_each_kramers_ion_with_its_shape() -> None:
    reason = flags_of(("Dy", DY3), ("Er", ER3))["R8"].reason
    assert reason == "Dy1: Kramers, oblate; Er2: Kramers, prolate"


def test_r8_counts_the_odd_spins_beside_a_non_kramers_ion() -> None:
    terbium: tuple[str, dict[str, Any]] = ("Tb", TB3)
    copper: tuple[str, dict[str, Any]] = ("Cu", {"oxidation_state": 2, "is_kramers": True})
    assert flags_of(terbium)["R8"].severity == "soft"
    beside = flags_of(terbium, copper)["R8"]
    assert beside.severity == "note"
    assert beside.reason.endswith("one with the odd spin of Cu2")
    assert flags_of(copper, terbium, copper)["R8"].severity == "soft"
    assert "R8" not in flags_of(terbium, ("Co", {}))
    radical = flags_of(terbium, ligand_on=0, ligand_class="nitroxide")["R8"]
    assert radical.severity == "note"


def test_r7_notes_planar_cobalt_of_unknown_state() -> None:
    planar: dict[str, Any] = {"polyhedron": "SP-4"}
    assert flags_of(("Co", PLANAR_CO2))["R7"].severity == "medium"
    assert flags_of(("Co", planar))["R7"].severity == "note"
    assert "R7" not in flags_of(("Co", planar), ligand_on=0, ligand_class="dithiolene")


@pytest.mark.parametrize("ion", [("Er", ER3), ("Dy", DY3)])
def test_r9_is_silent_under_a_cyclooctatetraenyl_ring(ion: tuple[str, dict[str, Any]]) -> None:
    ring: dict[str, Any] = {"ligand_on": 0, "ligand_class": "cyclooctatetraenyl"}
    assert "R9" not in flags_of(ion, donors=LINE, **ring)


@pytest.mark.parametrize(
    ("elements", "is_raised"),
    [((8, 8, 7, 7, 7, 8, 8), True), ((17, 8, 7, 7, 7, 8, 8), True), ((8, 8, 7, 7, 7, 7, 7), False)],
)
def test_r11_wants_n3o2_around_the_equator(elements: tuple[int, ...], is_raised: bool) -> None:
    angles = np.radians(72 * np.arange(5))
    ring = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(5)])
    ion = ("Dy", DY3 | {"polyhedron": "PBPY-7"})
    flags = flags_of(ion, donors=np.vstack([LINE, ring]), elements=elements)
    assert ("R11" in flags) == is_raised
    far = ("Dy", DY3 | {"polyhedron": "PBPY-7", "shape_measure": 3.5})
    assert "R11" not in flags_of(far, donors=np.vstack([LINE, ring]), elements=elements)


def test_no_flag_is_stronger_than_its_rule_says() -> None:
    order = ["note", "favourable", "soft", "medium", "high"]
    strongest = {rule.name: rule.severity for rule in rules()}
    for ion in (("Zn", {}), ("Co", {"oxidation_state": 3}), ("Cu", {}), ("Tb", TB3), ("Dy", DY3)):
        for donors in (OCTAHEDRON, LINE, TRIANGLE):
            for flag in flags_of(ion, donors=donors).values():
                assert order.index(flag.severity) <= order.index(strongest[flag.rule])


@pytest.mark.parametrize(
    ("donors", "value"), [(LINE, 1.0), (TRIANGLE, -0.5), (OCTAHEDRON, 0.0), (LINE[:0], 0.0)]
)
def test_axiality_of_ideal_surroundings(donors: np.ndarray, value: float) -> None:
    positions = np.vstack([np.zeros(3), 2.3 * donors])
    found = axiality(positions, 0, range(1, len(positions)))
    assert found == pytest.approx(value, abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 5))
def test_axiality_does_not_depend_on_orientation_or_scale(seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    positions = np.vstack([np.zeros(3), random.normal(size=(5, 3)) + 0.1])
    turned = scale * positions @ Rotation.random(rng=random).as_matrix().T
    first, second = axiality(positions, 0, range(1, 6)), axiality(turned, 0, range(1, 6))
    assert first == pytest.approx(second, abs=1e-9)
    assert -0.5 - 1e-9 <= first <= 1 + 1e-9


@given(st.integers(0, 2**32 - 1))
def test_axiality_does_not_jump(seed: int) -> None:
    random = np.random.default_rng(seed)
    positions = np.vstack([np.zeros(3), 2.0 * np.vstack([LINE, OCTAHEDRON[:1]])])  # a T
    positions += random.normal(scale=0.1, size=positions.shape)
    moved = positions + random.normal(scale=1e-6, size=positions.shape)
    first, second = axiality(positions, 0, range(1, 4)), axiality(moved, 0, range(1, 4))
    assert first == pytest.approx(second, abs=1e-4)


def test_a_field_between_axis_and_plane_is_neither() -> None:
    for near in (-1e-6, 1e-6):
        t_shape = np.vstack([np.zeros(3), (2.2 + near) * LINE, 2.2 * OCTAHEDRON[:1]])
        assert axiality(t_shape, 0, range(1, 4)) == pytest.approx(0, abs=1e-5)
