"""Moiety and sum formulas as CIF files write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.moiety import Moiety, read_moieties, read_sum


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
        ("(C17 H19 N2 S 1+)2", 2, {"C": 17, "H": 19, "N": 2, "S": 1}, 1),
        ("(C6 H6 O2)3", 3, {"C": 6, "H": 6, "O": 2}, None),
        ("4.5n(C1 H4 O1)", Fraction(9, 2), {"C": 1, "H": 4, "O": 1}, None),
        ("[CdCl2(C8N4H10)]n", 1, {"Cd": 1, "Cl": 2, "C": 8, "N": 4, "H": 10}, None),
        ("([Co(NH3)6] 3+)", 1, {"Co": 1, "N": 6, "H": 18}, 3),
    ],
)  # fmt: skip
def test_a_part_of_a_moiety_formula(text, number, atoms, charge):
    assert read_moieties(text) == (Moiety(Fraction(number), atoms, charge),)


def test_the_parts_are_split_at_commas_outside_brackets():
    parts = read_moieties("C20 H38 N6 P2 Si2 2+, 2(Cl4 Ga -), C H2 Cl2")
    assert [(part.number, part.charge) for part in parts] == [(1, 2), (2, -1), (1, None)]


_TOO_MANY = "(" * 99 + "C" + ")999" * 99


@pytest.mark.parametrize(
    "text",
    ["x(H2 O)", "solvent", "(C H", "C H)", "Fe?", "1/0(H2 O)", "Qq2", _TOO_MANY],
)
def test_what_is_no_formula_gives_nothing(text):
    assert read_moieties(text) == (None,)
    assert read_sum(text) is None


def test_a_part_that_cannot_be_read_leaves_the_others():
    benzene, solvent = read_moieties("C6 H6, solvent")
    assert benzene is not None
    assert benzene.counts == {"C": 6, "H": 6}
    assert solvent is None


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("C2 H6 O0.5", {"C": 2, "H": 6, "O": 0.5}),
        (" C2 D6 O ", {"C": 2, "H": 6, "O": 1}),
        ("(Mg1.12 Al.82) Si4", {"Mg": 1.12, "Al": 0.82, "Si": 4}),
        ("C30 B2 F20, 1.5 C7 H8", {"C": 40.5, "B": 2, "F": 20, "H": 12}),
    ],
)
def test_a_sum_formula(text, atoms):
    assert read_sum(text) == atoms


def test_a_fraction_of_an_atom_has_no_whole_counts():
    (half,) = read_moieties("C10 H8 Co0.5 N O 1+")
    assert half is not None
    assert half.counts is None


@given(st.text(alphabet="CHNOFe0123456789+-()[]{},;./ xn", max_size=40))
def test_any_text_is_read_or_refused(text):
    assert all(part is None or min(part.atoms.values()) > 0 for part in read_moieties(text))
