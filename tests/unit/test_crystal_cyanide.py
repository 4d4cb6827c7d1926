"""A cyanide disordered end for end stays a cyanide, and the bridge it makes stays whole."""

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved

from screening.chemistry.describe import describe

INVERSION = ("x,y,z", "-x,-y,-z")
METAL = np.array([0.0, 0.0, 2.575])
AXES = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], dtype=float)
HALF = [
    Atom("Fe", tuple(METAL)),
    *[Atom("O", tuple(METAL + 2.05 * axis)) for axis in AXES],
    *[Atom("C", tuple(METAL + 3.47 * axis)) for axis in AXES],
]
"""Half of a dimer whose bridge lies on the centre of inversion in the origin."""


@pytest.mark.parametrize(
    ("occupancies", "groups"),
    [
        ((0.5, 0.5), (".", ".")),
        ((0.6, 0.4), (".", ".")),
        ((0.4, 0.6), (".", ".")),
        ((0.5, 0.5), ("1", "2")),
        ((0.5, 0.5), ("-1", "-1")),
    ],
)
def test_a_bridge_on_a_centre_of_inversion_has_two_ends(occupancies, groups):
    end = [
        Atom(element, (0, 0, 0.575), occupancy, ".", group)
        for element, occupancy, group in zip("CN", occupancies, groups, strict=True)
    ]
    (complex_,) = accept(cif(HALF + end, operations=INVERSION)).complexes
    described = describe(complex_)
    assert (described.formula, described.nuclearity) == ("C11 Fe2 N O10", 2)
    assert {site.donor_set for site in described.metal_sites} == {"CO5", "NO5"}
    assert complex_.donor_disordered


@pytest.mark.parametrize("occupancies", [(0.5, 0.5), (0.7, 0.3)])
def test_a_terminal_cyanide_end_for_end_is_one(occupancies):
    ends = [((5, 5, 3.0), "CN"), ((5, 5, 1.85), "NC")]
    atoms = [
        Atom(element, place, occupancy)
        for place, elements in ends
        for element, occupancy in zip(elements, occupancies, strict=True)
    ]
    (complex_,) = accept(cif(methoxide("Fe")[:-2] + atoms)).complexes
    assert describe(complex_).formula == "C6 Fe N O5"


@pytest.mark.parametrize("group", [".", "-1"])
def test_a_thiocyanate_bridge_on_a_centre_of_inversion_has_two_ends(group):
    far = moved(HALF, (0, 0, 3.65 - 2.575))
    bridge = [("S", 1.15), ("C", -0.45), ("N", -1.6)]
    end = [Atom(element, (0, 0, z), 0.5, ".", group) for element, z in bridge]
    cell = (15.0, 16.0, 21.0, 90.0, 90.0, 90.0)
    (complex_,) = accept(cif(far + end, cell=cell, operations=INVERSION)).complexes
    assert describe(complex_).formula == "C11 Fe2 N O10 S"


def test_a_half_occupied_nitrile_is_whole():
    solvent = [Atom("C", (11, 11, 3), 0.5), Atom("C", (11, 11, 4.46), 0.5)]
    solvent += [Atom("N", (11, 11, 5.6), 0.5)]
    (component,) = accept(cif(methoxide("Fe") + solvent)).components
    assert component.formula == "C2 N"


def test_atoms_of_rings_as_near_are_alternatives():
    def ring(turn: float) -> list[Atom]:
        places = [(10 + 1.39 * np.cos(t), 11 + 1.39 * np.sin(t), 4.0) for t in turns + turn]
        return [Atom(e, p, 0.5) for e, p in zip("NCCCCC", places, strict=True)]

    turns = np.radians(np.arange(0, 360, 60))
    accepted = accept(cif(methoxide("Fe") + ring(0) + ring(np.radians(-49))))
    assert [component.formula for component in accepted.components] == ["C5 N"]
