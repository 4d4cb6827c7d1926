"""Formulas of papers against those of crystals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.evidence.formula import CrystalFormula, formula_fits, parse_formula

COMPLEX = "C15 H25 Dy O8"  # Dy(acac)3(H2O)2
METHANOL = CrystalFormula(COMPLEX, "C17 H33 Dy O10", None, ("C H4 O",))
PERCHLORATE = CrystalFormula("C30 H20 Co N2 O2", beside=("Cl O4",))


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("C15 H25 Dy O8", {"C": 15, "H": 25, "Dy": 1, "O": 8}),
        ("[Dy(C5H7O2)3(H2O)2]", {"C": 15, "H": 25, "Dy": 1, "O": 8}),
        ("Dy(H2O)9 3+", {"Dy": 1, "H": 18, "O": 9}),
        ("[Dy(D2O)9]3+", {"Dy": 1, "H": 18, "O": 9}),
        ("2(C H4 O)", {"C": 2, "H": 8, "O": 2}),
        ("Dy0.05Y0.95(C5H7O2)3", {"Dy": 0.05, "Y": 0.95, "C": 15, "H": 21, "O": 6}),
    ],
)
def test_one_part(text, atoms):
    assert parse_formula(text) == [atoms]


@pytest.mark.parametrize(
    "text", ["", "[Dy(dbm)3]", "Dy(acac)3", "compound 3", "[Dy(H2O]", "Dy)2", "42", "ABCDEF", "é"]
)
def test_what_is_no_formula_of_elements(text):
    assert parse_formula(text) == []


@pytest.mark.parametrize(
    "stated",
    [
        "[Dy(C5H7O2)3(H2O)2]",
        "C15H25DyO8",
        "[Dy(C5H7O2)3(H2O)2]·2CH3OH",
        "[Dy(C5H7O2)3(H2O)2].0.63C2H5OH",
        "[Dy(C5H7O2)3(H2O)2].nH2O",
        "[Dy(C5H7O2)3(H2O)2].xS",
        "C15 H25 Dy O8, 2(C H4 O)",
        "C17 H33 Dy O10",  # with the methanol of the crystal
    ],
)
def test_solvent_does_not_matter(stated):
    assert formula_fits(stated, METHANOL)


def test_counter_ions_stand_beside_or_within():
    for stated in ("[CoC30H20N2O2]ClO4", "[CoC30H20N2O2](ClO4)", "C30H20CoN2O2, ClO4"):
        assert formula_fits(stated, PERCHLORATE)
    assert not formula_fits("[CoC30H20N2O2]BF4", PERCHLORATE)


@pytest.mark.parametrize("stated", ["C15H25TbO8", "C15H24DyO8", "CH3OH", "[Dy(dbm)3]", "Dy"])
def test_another_compound_does_not_fit(stated):
    assert not formula_fits(stated, METHANOL)


@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        ("[Co(NH3)5(CH3)]S2O6", True),
        ("[Co(NH3)5(CH3)]2+", True),
        ("[Co(NH3)5(CH3)].3H2O", True),
        ("[Co(NH3)5(CH2)]S2O6", False),
        ("[Co(NH3)5Cl]S2O6", False),
    ],
)
def test_hydrogen_that_was_not_located_is_taken_from_the_moiety(stated, fits):
    crystal = CrystalFormula("C H16 Co N5", None, "C1 H18 Co1 N5 2+,O6 S2 2-", ("O6 S2",))
    assert formula_fits(stated, crystal) == fits


def test_a_moiety_may_stand_several_times():
    crystal = CrystalFormula("C16 Al F36 O4", None, "4(C16 Al F36 O4), C60 H48 In4 N12")
    assert formula_fits("[Al(OC4F9)4]", crystal)
    assert not formula_fits("[In4C60H48N12]", crystal)


@given(st.permutations(["C15", "H25", "Dy", "O8"]))
def test_order_does_not_matter(parts):
    assert formula_fits("".join(parts), CrystalFormula(COMPLEX))


@given(st.text(max_size=40))
def test_any_text_is_read_without_an_error(text):
    known = parse_formula(text)
    assert all(n > 0 for part in known for n in part.values())
    assert known or not formula_fits(text, METHANOL)
