"""Ions: the free-ion ground levels computed from the 4f count; d and f shells by state."""

from fractions import Fraction

import pytest

from screening.chemistry.ion import FREE_IONS, Ion, describe_ion, read_ion

TABLE = """
57 0 0 no none
58 1 5/2 yes oblate
59 2 4 no oblate
60 3 9/2 yes oblate
61 4 4 no prolate
62 5 5/2 yes prolate
63 6 0 no none
64 7 7/2 yes isotropic
65 8 6 no oblate
66 9 15/2 yes oblate
67 10 8 no oblate
68 11 15/2 yes prolate
69 12 6 no prolate
70 13 7/2 yes prolate
71 14 0 no none
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_a_row_of_the_table(row):
    z, n4f, total, kramers, shape = row.split()
    ion = FREE_IONS[int(z)]
    assert (ion.n4f, ion.total) == (int(n4f), Fraction(total))
    assert ion.is_kramers == (kramers == "yes")
    assert ion.shape == shape


def test_an_odd_number_of_electrons_has_half_integer_momentum():
    for ion in FREE_IONS.values():
        assert ion.is_kramers == (ion.total.denominator == 2)


def test_a_trivalent_lanthanide_is_what_its_free_ion_is():
    for symbol, z in (("La", 57), ("Ce", 58), ("Gd", 64), ("Dy", 66), ("Lu", 71)):
        ion, free = read_ion(symbol, 3), FREE_IONS[z]
        assert (ion.f_count, ion.is_kramers) == (free.n4f, free.is_kramers)
        assert ion.anisotropy == ("diamagnetic" if free.n4f in {0, 14} else free.shape)
        assert ion.d_count is None


@pytest.mark.parametrize(
    ("element", "state", "f_count", "kramers", "anisotropy"),
    [
        ("Eu", 2, 7, True, "isotropic"),
        ("Sm", 2, 6, False, "none"),
        ("Tm", 2, 13, True, "prolate"),
        ("Yb", 2, 14, False, "diamagnetic"),
        ("Ce", 4, 0, False, "diamagnetic"),
        ("Pr", 4, 1, True, "oblate"),
        ("Tb", 4, 7, True, "isotropic"),
        ("U", 3, 3, True, None),
        ("U", 4, 2, False, None),
        ("U", 6, 0, False, "diamagnetic"),
        ("Th", 4, 0, False, "diamagnetic"),
    ],
)
def test_f_shells_in_other_states(element, state, f_count, kramers, anisotropy):
    assert read_ion(element, state) == Ion(None, f_count, kramers, anisotropy)


@pytest.mark.parametrize(("element", "state"), [("Dy", 2), ("Gd", 2), ("La", 2), ("Dy", 4)])
def test_a_shell_that_may_be_4f_or_5d_is_not_guessed(element, state):
    assert read_ion(element, state) == Ion()


@pytest.mark.parametrize(
    ("element", "state", "d_count", "kramers", "anisotropy"),
    [
        ("Co", 2, 7, True, None),
        ("Co", 3, 6, False, None),
        ("Fe", 3, 5, True, None),
        ("Mn", 3, 4, False, None),
        ("V", 4, 1, True, None),
        ("Ti", 4, 0, False, "diamagnetic"),
        ("Zn", 2, 10, False, "diamagnetic"),
        ("Cu", 1, 10, False, "diamagnetic"),
        ("Mo", 5, 1, True, None),
        ("Pt", 4, 6, False, None),
        ("Hf", 4, 0, False, "diamagnetic"),
    ],
)
def test_d_shells(element, state, d_count, kramers, anisotropy):
    assert read_ion(element, state) == Ion(d_count, None, kramers, anisotropy)


def test_main_group_ions_with_full_shells_are_diamagnetic():
    for element, state in (("Al", 3), ("Ga", 3), ("In", 3), ("Sn", 2), ("Sn", 4), ("Pb", 2)):
        assert read_ion(element, state) == Ion(None, None, False, "diamagnetic")
    assert read_ion("Al", 2) == Ion()


@pytest.mark.parametrize(("element", "state"), [("Ti", 5), ("Zn", -1), ("Lu", 20), ("Th", 5)])
def test_more_electrons_than_the_shell_holds_or_less_than_none_say_nothing(element, state):
    assert read_ion(element, state) == Ion()


def test_an_ion_in_words():
    assert describe_ion("Dy", 3) == "4f9 Kramers oblate"
    assert describe_ion("Tb", 3) == "4f8 oblate"
    assert describe_ion("Gd", 3) == "4f7 Kramers isotropic"
    assert describe_ion("Eu", 3) == "4f6"
    assert describe_ion("La", 3) == "4f0 diamagnetic"
    assert describe_ion("Co", 2) == "3d7 Kramers"
    assert describe_ion("Ru", 2) == "4d6"
    assert describe_ion("U", 4) == "5f2"
    assert describe_ion("Al", 3) == "diamagnetic"


def test_without_a_state_only_a_lanthanide_is_described_and_says_under_which_condition():
    assert describe_ion("Dy") == "4f9 Kramers oblate if trivalent"
    assert describe_ion("Co") is None
