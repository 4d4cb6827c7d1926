"""Bond-valence sums: the formula, the table, and when a sum speaks for one state."""

import math

import pytest

from screening.chemistry.oxidation.bond_valence import (
    MARGIN,
    TOLERANCE,
    Fit,
    bond_valence_sums,
    decide,
    missing_pairs,
)


def total(metal, state, donors, spin=""):
    (fit,) = [f for f in bond_valence_sums(metal, donors) if (f.state, f.spin) == (state, spin)]
    return fit.total


def test_a_bond_of_length_r0_has_valence_one():
    assert total("Zn", 2, [("O", 1.704)]) == pytest.approx(1.0)
    assert total("Zn", 2, [("O", 1.704 + 0.37)]) == pytest.approx(math.exp(-1))


@pytest.mark.parametrize(
    ("metal", "state", "distance", "number"),
    [
        # lengths that the papers' R0 give to an octahedron of six equal bonds of valence n / 6
        ("Fe", 2, 1.714 + 0.37 * math.log(3), 6),
        ("Fe", 3, 1.750 + 0.37 * math.log(2), 6),
        ("Co", 2, 1.685 + 0.37 * math.log(3), 6),
        ("Dy", 3, 2.005 + 0.37 * math.log(8 / 3), 8),
    ],
)
def test_an_ideal_polyhedron_has_its_state_as_sum_and_it_is_decided(metal, state, distance, number):
    fits = bond_valence_sums(metal, [("O", distance)] * number)
    best = decide(fits, number)
    assert best is not None
    assert (best.state, best.total) == (state, pytest.approx(state))


@pytest.mark.parametrize(
    ("metal", "state", "donors"),
    [
        ("Cr", 3, [("O", 1.965)] * 6),  # hexaaquachromium(III)
        ("Ni", 2, [("O", 2.055)] * 6),  # hexaaquanickel(II)
        ("Fe", 3, [("O", 2.00)] * 6),  # iron(III) beta-diketonates
        ("Fe", 2, [("O", 2.12)] * 6),  # hexaaquairon(II)
        ("Co", 2, [("O", 2.09)] * 6),  # hexaaquacobalt(II)
        ("Cu", 2, [("O", 1.93)] * 4 + [("O", 2.45)] * 2),  # elongated octahedron
        ("Mn", 3, [("O", 1.88)] * 2 + [("N", 1.98)] * 2 + [("O", 2.27)] * 2),  # salen, long axis
        ("Mn", 2, [("O", 2.15)] * 4 + [("N", 2.25)] * 2),
    ],
)
def test_usual_lengths_tell_the_state(metal, state, donors):
    best = decide(bond_valence_sums(metal, donors), len(donors))
    assert best is not None
    assert best.state == state


def test_the_spin_state_of_nitrogen_complexes_has_its_own_parameters():
    fits = bond_valence_sums("Fe", [("N", 2.18)] * 6)
    assert (fits[0].state, fits[0].spin) == (2, "high")
    low_spin = bond_valence_sums("Fe", [("N", 1.97)] * 6)
    assert decide(low_spin, 6) is None  # low-spin Fe(II) and Fe(III) have the same lengths


def test_long_bonds_to_nitrogen_are_of_high_spin():
    long = [("Cl", 2.3)] * 2 + [("N", 2.2)] * 4
    short = [("Cl", 2.3)] * 2 + [("N", 2.0)] * 4
    assert {fit.spin for fit in bond_valence_sums("Fe", long)} == {"high"}
    assert {fit.spin for fit in bond_valence_sums("Fe", short)} == {"high", "intermediate", "low"}


def test_a_spin_is_asked_of_nitrogen_only():
    assert {fit.spin for fit in bond_valence_sums("Fe", [("O", 2.0)] * 6)} == {""}


def test_a_value_of_no_state_holds_for_every_state():
    sums = bond_valence_sums("Co", [("Br", 2.18)])
    assert [fit.total for fit in sums] == [pytest.approx(1.0)] * len(sums)
    assert {fit.state for fit in sums} == {2, 3}


def test_a_missing_pair_gives_no_sum_and_is_named():
    assert bond_valence_sums("Fe", [("O", 2.0), ("C", 2.0)]) == []
    assert missing_pairs("Fe", [("O", 2.0), ("C", 2.0), ("P", 2.3)]) == ["Fe-C", "Fe-P"]
    assert missing_pairs("Fe", [("O", 2.0)]) == []
    assert missing_pairs("Ru", [("N", 2.0)]) == ["Ru-N"]
    assert bond_valence_sums("Ru", [("N", 2.0)]) == []
    assert bond_valence_sums("Fe", []) == []


def test_a_sum_decides_only_where_one_state_fits_and_the_others_do_not():
    near = Fit(2, "", 2.0 + TOLERANCE - 0.01)
    assert decide([near, Fit(3, "", 3 + near.miss + MARGIN + 0.01)], 6) == near
    assert decide([near, Fit(3, "", 3 + near.miss + MARGIN - 0.02)], 6) is None
    assert decide([Fit(2, "", 2.0 + TOLERANCE + 0.01)], 6) is None
    assert decide([near], 3) is None
    assert decide([], 6) is None
    spins = [Fit(2, "high", 2.1), Fit(2, "low", 1.9)]
    assert decide(spins, 6) in spins


def test_copper_with_five_donors_is_not_monovalent():
    donors = [("N", 2.2), ("N", 2.2), ("N", 2.25), ("N", 2.2), ("O", 2.4)]
    assert {fit.state for fit in bond_valence_sums("Cu", donors)} == {2}
    assert {fit.state for fit in bond_valence_sums("Cu", donors[:4])} == {1, 2}
