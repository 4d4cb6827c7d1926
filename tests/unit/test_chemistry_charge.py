"""Charge of a complex: moiety formulas, sum formulas, what the file states."""

from collections import Counter

import pytest

from screening.chemistry.oxidation.charge import read_charge
from screening.chemistry.oxidation.counter_ion import ION_CHARGES
from screening.crystal.complex import Component, Determination
from screening.crystal.components import name_components
from screening.elements import atomic_number
from screening.formula import count_atoms, write_formula

CELL = (10.0, 10.0, 10.0, 90.0, 90.0, 90.0)


def elements(**counts):
    return [atomic_number(symbol) for symbol, n in counts.items() for _ in range(n)]


COMPLEX = elements(C=20, H=16, Co=1, N=2, O=2)


def block(**known):
    return Determination("made", **{"cell": CELL, **known})


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
        (
            "C32 H40 Co K N2 O8",
            [Component("K", 4, "counter-ion"), Component("C12 H24 O6", 4, "other")],
            -1,
        ),
        ("C40 H32 Cl4 Co2 N4 O4 Zn", [Component("Cl4 Zn", 2, "counter-ion")], 1),
        ("C40 H32 Cl4 Co2 Fe N4 O4", [Component("Cl4 Fe", 2, "counter-ion")], None),  # - or 2-
        ("C40 H32 Cl Co2 N4 O4", [Component("Cl", 4, "counter-ion")], None),  # half a charge
        ("C20 H16 Cl Co N2 O2 S", [Component("Cl", 4, "counter-ion")], None),  # S is not found
        ("C24 H16 Cl Co N6 O2", [Component("Cl", 4, "counter-ion")], None),
        ("C23 H16 Co N5 O2", [Component("C3 N3", 4, "counter-ion")], None),  # not in the table
        ("C20 H20 Co N2 O4", [Component("H2 O", 4, "other"), WATER], None),
        ("C20 H16 Co N2 O2", [Component("Cl", 4, "counter-ion")], None),  # forgotten by the formula
        ("C40 H32 Cd Cl4 Co2 N4 O4", [Component("Cd Cl4", 2, "counter-ion")], 1),
    ],
)
def test_counter_ions_that_the_crystal_holds_are_balanced(formula, components, charge):
    found, reason = read_charge(COMPLEX, block(formula_sum=formula), components)
    assert found == charge
    assert reason is None if charge is None else reason.startswith("counter-ions of the crystal: ")


def test_an_ion_of_known_charge_is_called_one_by_the_formula_that_crystals_give():
    for formula in ION_CHARGES:
        counts = {element: int(n) for element, n in (count_atoms(formula) or {}).items()}
        assert write_formula(counts) == formula
        atoms = tuple(elements(**counts))
        (component,) = name_components(Counter([atoms]), None)
        assert (component.kind == "counter-ion") == bool(ION_CHARGES[formula])


def test_without_a_crystal_the_formula_tells_nothing():
    molecule = block(cell=None, formula_sum="C20 H16 Co N2 O2")
    assert read_charge(COMPLEX, molecule) == (None, None)
    assert read_charge(COMPLEX, None) == (None, None)
