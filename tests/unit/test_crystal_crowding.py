"""Alternatives too far apart to overlap, known by the atom that they crowd."""

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, reject

from screening.chemistry.describe import describe

BASE = methoxide("Fe")
CARBON = np.array(BASE[2].xyz)  # on the x axis of its oxygen
AXES = np.eye(3)


def methyl(turn: float, occupancy: float, element: str = "C", distance: float = 1.53) -> Atom:
    """A neighbour of the carbon at a tetrahedral angle, *turn* degrees around the C-O bond."""
    around = AXES[1] * np.cos(np.radians(turn)) + AXES[2] * np.sin(np.radians(turn))
    way = AXES[0] * np.cos(np.radians(70.5)) + around * np.sin(np.radians(70.5))
    return Atom(element, tuple(CARBON + distance * way), occupancy)


def ring(turn: float, occupancy: float) -> list[Atom]:
    """The other carbons of a phenyl ring whose plane is turned around its axis; the last: para."""
    across = AXES[1] * np.cos(np.radians(turn)) + AXES[2] * np.sin(np.radians(turn))
    centre = CARBON + 1.39 * AXES[0]
    angles = [120, 60, -60, -120, 0]
    return [
        Atom("C", tuple(centre + 1.39 * (AXES[0] * np.cos(t) + across * np.sin(t))), occupancy)
        for t in np.radians(angles)
    ]


@pytest.mark.parametrize("occupancies", [(0.6, 0.4), (0.5, 0.5)])
@pytest.mark.parametrize("order", ["one after the other", "in turns"])
def test_a_tert_butyl_group_keeps_one_orientation(occupancies, order):
    sides = [[methyl(t + 60 * k, o) for t in (0, 120, 240)] for k, o in enumerate(occupancies)]
    in_turns = [atom for pair in zip(*sides, strict=True) for atom in pair]
    atoms = in_turns if order == "in turns" else [*sides[0], *sides[1]]
    (complex_,) = accept(cif(BASE + atoms)).complexes
    assert describe(complex_).formula == "C9 Fe O6"
    assert complex_.is_disordered
    first = complex_.positions[complex_.atomic_numbers == 6][-3:]
    gaps = np.linalg.norm(first - np.roll(first, 1, axis=0), axis=1)
    assert gaps.min() > 2.4  # of one orientation, not of both


def test_a_phenyl_ring_across_another_one_goes_whole():
    (complex_,) = accept(cif(BASE + ring(0, 0.6) + ring(90, 0.4)[:-1])).complexes
    assert describe(complex_).formula == "C11 Fe O6"


def test_where_the_sides_cannot_be_told_the_block_is_refused():
    # the atom in para position belongs to both rings
    outcome = reject(cif(BASE + ring(0, 0.5) + ring(90, 0.5)[:-1]))
    assert outcome.code == "overlapping_atoms"


def test_full_atoms_are_no_alternatives():
    atoms = [methyl(60 * k, 1.0) for k in range(6)]
    assert reject(cif(BASE + atoms)).code == "overlapping_atoms"


@pytest.mark.parametrize("occupancies", [(0.7, 0.3), (0.5, 0.5)])
def test_a_perchlorate_in_two_orientations_is_one(occupancies):
    centre = np.array([11.0, 11.0, 5.0])
    corners = np.array([[1, 1, 1], [-1, -1, 1], [-1, 1, -1], [1, -1, -1]]) * 1.43 / np.sqrt(3)
    oxygen = [
        Atom("O", tuple(centre + sign * corner), occupancy)
        for corner in corners
        for sign, occupancy in zip((1, -1), occupancies, strict=True)
    ]
    (anion,) = accept(cif([*BASE, Atom("Cl", tuple(centre)), *oxygen])).components
    assert (anion.formula, anion.kind) == ("Cl O4", "counter-ion")


@pytest.mark.parametrize("occupancy", [1.0, 0.5], ids=["full", "written as half"])
def test_a_perchlorate_on_a_centre_of_inversion_is_one(occupancy):
    corners = np.array([[1, 1, 1], [-1, -1, 1], [-1, 1, -1], [1, -1, -1]]) * 1.43 / np.sqrt(3)
    oxygen = [Atom("O", tuple(corner), 0.5) for corner in corners]
    text = cif([*BASE, Atom("Cl", (0, 0, 0), occupancy), *oxygen], operations=("x,y,z", "-x,-y,-z"))
    (anion,) = accept(text).components
    assert (anion.formula, anion.kind) == ("Cl O4", "counter-ion")


def test_a_badly_measured_hexafluoride_is_no_crowd():
    places = [(1.6, 0.3, 0), (-1.6, 0.3, 0), (0.3, 1.6, 0), (0, -1.6, 0), (0, 0, 1.6), (0, 0, -1.6)]
    centre = np.array([11.0, 11.0, 5.0])
    fluorine = [Atom("F", tuple(centre + np.array(p)), 0.8) for p in places]
    (anion,) = accept(cif([*BASE, Atom("P", tuple(centre)), *fluorine])).components
    assert anion.formula == "F6 P"


def test_a_small_ring_of_disordered_atoms_is_no_crowd():
    # cyclopropyl on the carbon: 60 degrees between its neighbours, but only three of them
    atoms = [
        Atom("C", tuple(CARBON + 1.5 * np.array([np.cos(t), np.sin(t), 0.0])), 0.5)
        for t in np.radians([30, -30])
    ]
    (complex_,) = accept(cif(BASE + atoms)).complexes
    assert describe(complex_).formula == "C8 Fe O6"
