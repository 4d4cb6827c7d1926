"""Charge of a complex: moiety formulas, sum formulas, what the file states."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.oxidation.charge import read_charge
from screening.chemistry.oxidation.moiety import Part, read_moiety
from screening.crystal.complex import Component, Determination
from screening.elements import atomic_number

CELL = (10.0, 10.0, 10.0, 90.0, 90.0, 90.0)


def elements(**counts):
    return [atomic_number(symbol) for symbol, n in counts.items() for _ in range(n)]


COMPLEX = elements(C=20, H=16, Co=1, N=2, O=2)


def block(**known):
    return Determination("made", **{"cell": CELL, **known})


@pytest.mark.parametrize(
    ("text", "number", "atoms", "charge"),
    [
        ("C20 H16 Co N2 O2 1+", 1, {"C": 20, "H": 16, "Co": 1, "N": 2, "O": 2}, 1),
        ("2(Cl O4 1-)", 2, {"Cl": 1, "O": 4}, -1),
        ("2(Cl4 Ga -)", 2, {"Cl": 4, "Ga": 1}, -1),
        ("Cl4 Ga1-", 1, {"Cl": 4, "Ga": 1}, -1),
        ("2(Cl O4) 1-", 2, {"Cl": 1, "O": 4}, -1),
        ("O6 S2 2-", 1, {"O": 6, "S": 2}, -2),
        ("[Co(NH3)6]3+", 1, {"Co": 1, "N": 6, "H": 18}, 3),
        ("[Cr (C2 O4)3] -3", 1, {"Cr": 1, "C": 6, "O": 12}, -3),
        ("W6 S8 (PC12H27)6", 1, {"W": 6, "S": 8, "P": 6, "C": 72, "H": 162}, None),
        ("Co (C O)3 [P (C6 H5)3]", 1, {"Co": 1, "C": 21, "O": 3, "P": 1, "H": 15}, None),
        ("0.5(C1 D2 Cl2)", Fraction(1, 2), {"C": 1, "H": 2, "Cl": 2}, None),
        ("Fe3+", 1, {"Fe": 1}, 3),
    ],
)  # fmt: skip
def test_a_part_of_a_moiety_formula(text, number, atoms, charge):
    assert read_moiety(text) == [Part(Fraction(number), atoms, charge)]


def test_the_parts_are_split_at_commas_outside_brackets():
    parts = read_moiety("C20 H38 N6 P2 Si2 2+, 2(Cl4 Ga -), C H2 Cl2")
    assert [(part.number, part.charge) for part in parts] == [(1, 2), (2, -1), (1, None)]


@pytest.mark.parametrize("text", ["x(H2 O)", "C6 H6, solvent", "(C H", "C H)", "Fe?", "1/0(H2 O)"])
def test_what_is_no_formula_gives_nothing(text):
    assert read_moiety(text) is None


@given(st.text(alphabet="CHNOFe0123456789+-()[]{},;./ x", max_size=40))
def test_any_text_is_read_or_refused(text):
    parts = read_moiety(text)
    assert parts is None or all(part.atoms for part in parts)


@pytest.mark.parametrize(
    ("moiety", "charge", "reason"),
    [
        ("C20 H16 Co N2 O2 1+, Cl O4 1-, C H2 Cl2", 1, "moiety formula"),
        ("2(C20 H16 Co N2 O2 1+), O4 S 2-, 3(H2 O)", 1, "moiety formula"),
        ("C20 H15 Co N2 O2 1-, C16 H36 N 1+", -1, "moiety formula"),
        ("C20 H16 Co N2 O2, 2(C16 H36 N 1+), O4 S 2-", 0, "moiety formula"),
        ("C10 H8 Co0.5 N O 1+, Cl 1-", 2, "moiety formula"),
        ("C20 H16 Co N2 O2", 0, "the moiety formula holds no counter-ion"),
        ("C20 H16 Co N2 O2, 2(C H2 Cl2)", 0, "the moiety formula holds no counter-ion"),
        ("C20 H16 Co N2 O2, Cl O4", None, "the moiety formula states no charges"),
        ("C20 H16 Co N2 O2 1+, 2(Cl O4 1-)", None, "the charges of the moiety formula do not add"),
        ("C30 H16 Co N2 O2 1+, Cl 1-", None, "no part of the moiety formula is this complex"),
        (
            "C20 H16 Co N2 O2 1+, C20 H16 Co N2 O2 1-",
            None,
            "the moiety formula gives this complex more than one charge",
        ),
    ],
)
def test_the_moiety_formula_tells(moiety, charge, reason):
    found, why = read_charge(COMPLEX, block(formula_moiety=moiety))
    assert found == charge
    assert why.startswith(reason)


def test_what_the_file_states_comes_first_unless_it_is_of_more_than_the_complex():
    stated = block(charge=2, formula_moiety="C20 H16 Co N2 O2 1+, Cl 1-")
    assert read_charge(COMPLEX, stated) == (2, "stated by the file")
    charge, reason = read_charge(COMPLEX, stated, [Component("Cl", 1, "counter-ion")])
    assert charge is None
    assert "more than this complex" in reason


WATER = Component("H2 O", 8, "solvent")


@pytest.mark.parametrize(
    ("formula", "components", "charge"),
    [
        ("C20 H16 Co N2 O2", [], 0),
        ("C10 H8 Co0.5 N O", [], 0),
        ("C20 H20 Co N2 O4", [WATER], 0),
        ("C20 H20 Co N2 O4", [], None),
        ("C20 H16 Cl Co N2 O2", [], None),
        ("C20 H20 Co N2 Na O4", [WATER], None),
        ("C20 H20 Co2 N2 O4", [WATER], None),
        ("C20 H16 Co N2", [], None),
    ],
)
def test_a_sum_formula_without_room_for_counter_ions_means_a_neutral_complex(
    formula, components, charge
):
    found, reason = read_charge(COMPLEX, block(formula_sum=formula), components)
    assert found == charge
    assert reason == (None if charge is None else "the sum formula holds no counter-ion")


@pytest.mark.parametrize(
    ("formula", "components", "charge"),
    [
        ("C20 H16 Cl Co N2 O2", [Component("Cl", 4, "counter-ion")], 1),
        ("C20 H20 Cl2 Co N2 O12", [Component("Cl O4", 8, "counter-ion"), WATER], 2),
        ("C20 H20 Co K N2 O4", [Component("K", 4, "counter-ion"), WATER], -1),
        ("C40 H32 Co2 N4 O8 S", [Component("O4 S", 2, "counter-ion")], 1),  # two complexes
        ("C40 H32 Cl Co2 N4 O4", [Component("Cl", 4, "counter-ion")], None),  # half a charge
        ("C20 H16 Cl Co N2 O2 S", [Component("Cl", 4, "counter-ion")], None),  # S is not found
        ("C24 H16 Cl Co N6 O2", [Component("Cl", 4, "counter-ion")], None),
        ("C23 H16 Co N5 O2", [Component("C3 N3", 4, "counter-ion")], None),  # not in the table
        ("C20 H20 Co N2 O4", [Component("H2 O", 4, "other"), WATER], None),
    ],
)
def test_counter_ions_that_the_crystal_holds_are_balanced(formula, components, charge):
    found, reason = read_charge(COMPLEX, block(formula_sum=formula), components)
    assert found == charge
    assert reason is None if charge is None else reason.startswith("counter-ions of the crystal: ")


def test_without_a_crystal_the_formula_tells_nothing():
    molecule = block(cell=None, formula_sum="C20 H16 Co N2 O2")
    assert read_charge(COMPLEX, molecule) == (None, None)
    assert read_charge(COMPLEX, None) == (None, None)
