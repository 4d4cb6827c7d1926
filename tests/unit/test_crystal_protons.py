"""Hydrogens that stand half here, half there: as many stay as are there at a time."""

import math

import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved

from screening.chemistry.describe import describe

FIVE = [a for a in methoxide("Fe", 2.0, (0, 0, 0)) if a.xyz[2] <= 1]
OXYGEN = Atom("O", (0, 0, 2.1))
BENT = ((0.75, 0, 2.5), (-0.5, 0.75, 2.5), (-0.5, -0.75, 2.5))


def around(n: int, occupancy: float) -> list[Atom]:
    angles = [2 * math.pi * k / n for k in range(n)]
    return [Atom("H", (0.85 * math.cos(t), 0.85 * math.sin(t), 2.5), occupancy) for t in angles]


@pytest.mark.parametrize(
    ("ligand", "formula"),
    [
        ([Atom("H", xyz, o) for xyz, o in zip(BENT, (1, 0.5, 0.5), strict=True)], "C5 H2 Fe O6"),
        (around(3, 0.6667), "C5 H2 Fe O6"),
        (around(4, 0.5), "C5 H2 Fe O6"),
        (around(3, 0.3333), "C5 H Fe O6"),
        (
            [Atom("C", (1.2, 0, 2.9)), *(Atom("H", xyz, 0.5) for xyz in BENT[1:])],
            "C6 H Fe O6",
        ),
    ],
)
def test_of_disordered_hydrogens_as_many_stay_as_their_occupancies_add_up_to(ligand, formula):
    accepted = accept(cif(moved([*FIVE, OXYGEN, *ligand], (5, 5, 5))))
    (complex_,) = accepted.complexes
    described = describe(complex_)
    assert described.formula == formula
    assert described.metal_sites[0].coordination_number == 6
    assert any("disordered hydrogen" in note for note in accepted.notes)


def test_the_water_of_half_a_solvent_keeps_both_hydrogens():
    water = [
        Atom("O", (0, 0, 0), 0.5),
        Atom("H", (0.76, 0, 0.6), 0.5),
        Atom("H", (-0.76, 0, 0.6), 0.5),
    ]
    accepted = accept(cif([*moved(methoxide("Fe"), (0, 0, 0)), *moved(water, (11, 12, 13))]))
    assert [c.formula for c in accepted.components] == ["H2 O"]


def test_water_binds_its_metal_although_its_occupancies_are_lost():
    """So exports of the CSD list it."""
    ligand = [Atom("H", xyz) for xyz in BENT]
    (complex_,) = accept(cif(moved([*FIVE, OXYGEN, *ligand], (5, 5, 5)))).complexes
    assert describe(complex_).metal_sites[0].coordination_number == 6


@pytest.mark.parametrize("share", [1.0, 0.3333, 0.33])
def test_water_on_a_threefold_axis_has_two_hydrogens(share):
    """As in COD 2225095: six places, three of which are too near to the other three."""
    water = [
        Atom("O", (0, 0, 9), share),
        Atom("H", (0.8, 0.1, 9.35), 0.3333),
        Atom("H", (0.8, -0.4, 9.3), 0.3333),
    ]
    iron = [Atom("Fe", (0, 0, 2)), Atom("O", (1.7, 0, 3)), Atom("C", (2.7, 0.3, 3.9))]
    accepted = accept(
        cif(
            [*iron, *water],
            cell=(14, 14, 18, 90, 90, 120),
            operations=("x,y,z", "-y,x-y,z", "-x+y,-x,z"),
        )
    )
    assert [(c.formula, c.count) for c in accepted.components] == [("H2 O", 1)]
