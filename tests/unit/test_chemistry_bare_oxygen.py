"""Bare oxygen: water, hydroxide or oxide by the valence of its bonds to metals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ligand_factory import ligands

from screening.crystal.complex import Complex
from screening.elements import atomic_number

ORDER = ("aqua", "hydroxo or aqua", "hydroxo", "oxo or hydroxo", "oxo")


def bare(metals: str, distance: float) -> str | None:
    """Class of an O at one distance from all *metals*, in a file that draws other hydrogens."""
    names = metals.split()
    angles = 2 * np.pi * np.arange(len(names)) / len(names)
    places = [(distance * np.cos(a), distance * np.sin(a), 0.0) for a in angles]
    z = [*map(atomic_number, names), 8, 1]
    positions = np.array([*places, (0, 0, 0), (20, 20, 20)], dtype=float)
    bonds = np.array([(i, len(names)) for i in range(len(names))], dtype=np.int32)
    complex_ = Complex(np.array(z, dtype=np.uint8), positions, tuple("x" * len(z)), bonds)
    (ligand,) = ligands(complex_)
    assert (ligand.charge == -2) == (ligand.classes == ("oxo",))
    return ligand.classes[0] if ligand.classes else None


@pytest.mark.parametrize(
    ("metals", "distance", "expected"),
    [
        ("Dy", 2.36, "aqua"),
        ("Dy", 2.31, "aqua"),
        ("Dy", 2.30, "aqua"),
        ("Dy", 2.13, "hydroxo"),
        ("Yb", 2.28, "aqua"),
        ("Ni", 2.06, "aqua"),
        ("Mn", 2.20, "aqua"),
        ("Zn", 1.86, "hydroxo"),
        ("V", 1.60, "oxo"),
        ("V", 1.86, "hydroxo"),
        ("U", 1.77, "oxo"),
        ("Fe", 1.65, "oxo"),
        ("Re", 1.70, "oxo"),
        ("Re", 2.30, "aqua"),
        ("Re", 2.00, None),
        ("Ru Ru", 1.87, "oxo"),
        ("Fe Fe", 1.78, "oxo"),
        ("Fe Fe", 1.96, "hydroxo"),
        ("Mn Mn Mn", 1.90, "oxo"),
        ("Dy Dy Dy", 2.36, "hydroxo"),
        ("Dy Dy Dy", 2.22, "oxo"),
        ("Cu Cu Cu Cu", 1.91, "oxo"),
        ("Cu Cu Cu", 1.99, "hydroxo"),
        ("Zr Zr Zr", 2.06, "oxo"),
        ("Zr Zr Zr", 2.26, "hydroxo"),
        ("Co Co", 2.15, "hydroxo or aqua"),
    ],
)
def test_an_oxygen_without_hydrogens_is_told_by_its_valence(metals, distance, expected):
    assert bare(metals, distance) == expected


@given(st.sampled_from(["Dy", "Dy Dy", "Mn Mn Mn", "Zn"]), st.floats(1.7, 2.5))
def test_a_hundredth_of_an_angstrom_changes_no_more_than_one_step(metals, distance):
    here, farther = (ORDER.index(bare(metals, d)) for d in (distance, distance + 0.01))
    assert here - 1 <= farther <= here


def test_an_oxide_by_its_lengths_has_a_charge_in_a_file_without_hydrogens():
    positions = np.array([(1.9, 0, 0), (-0.95, 1.645, 0), (-0.95, -1.645, 0), (0, 0, 0)])
    bonds = np.array([(0, 3), (1, 3), (2, 3)], dtype=np.int32)
    z = np.array([25, 25, 25, 8], dtype=np.uint8)
    (oxide,) = ligands(Complex(z, positions, tuple("abcd"), bonds))
    assert (oxide.classes, oxide.charge) == (("oxo",), -2)
