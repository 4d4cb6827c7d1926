"""Near pairs against a plain count over all images."""

from itertools import product

import gemmi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.crystal.near import near_pairs

Pair = tuple[int, ...]


@st.composite
def cells(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Fractional coordinates and the matrix of a cell, small, flat or oblique."""
    lengths = [draw(st.floats(2.0, 12.0)) for _ in range(3)]
    angles = [draw(st.floats(65.0, 115.0)) for _ in range(3)]
    orth = np.array(gemmi.UnitCell(*lengths, *angles).orth.mat.tolist())
    seed = draw(st.integers(0, 2**32 - 1))
    fract = np.random.default_rng(seed).random((draw(st.integers(1, 12)), 3))
    fract[0] = 0.0
    return fract, orth


def plain_pairs(
    fract: np.ndarray, orth: np.ndarray, radius: float, reach: int
) -> dict[Pair, float]:
    found = {}
    for shift in product(range(-reach, reach + 1), repeat=3):
        apart = (fract[None] + shift - fract[:, None]) @ orth.T
        distance = np.linalg.norm(apart, axis=2)
        for i, j in np.argwhere(distance <= radius).tolist():
            if i != j or any(shift):
                found[i, j, *shift] = float(distance[i, j])
    return found


def found_pairs(
    fract: np.ndarray, orth: np.ndarray, radius: float, *, periodic: bool
) -> dict[Pair, float]:
    every = np.arange(len(fract))
    i, j, shift, distance = near_pairs(
        fract, orth, np.full(len(fract), radius / 2), every, every, periodic=periodic
    )
    rows = np.column_stack([i, j, shift]).tolist()
    assert len({tuple(row) for row in rows}) == len(rows)
    return {tuple(row): d for row, d in zip(rows, distance.tolist(), strict=True)}


def check(found: dict[Pair, float], expected: dict[Pair, float], radius: float) -> None:
    # a pair just at the radius may fall to either side by rounding
    assert {p for p, d in (expected | found).items() if d < radius - 1e-9} <= found.keys()
    assert found.keys() <= {p for p, d in expected.items() if d < radius + 1e-9}
    assert all(expected[p] == pytest.approx(d, abs=1e-9) for p, d in found.items())


@given(cells(), st.floats(0.5, 5.0))
@settings(max_examples=60, deadline=None)
def test_all_images_within_the_radius_are_found_once(
    cell: tuple[np.ndarray, np.ndarray], radius: float
) -> None:
    fract, orth = cell
    expected = plain_pairs(fract, orth, radius + 1e-6, 5)
    check(found_pairs(fract, orth, radius, periodic=True), expected, radius)


@given(cells(), st.floats(0.5, 5.0), st.floats(-1000.0, 1000.0))
@settings(max_examples=60, deadline=None)
def test_without_a_lattice_only_the_atoms_themselves_count(
    cell: tuple[np.ndarray, np.ndarray], radius: float, far: float
) -> None:
    positions = cell[0] @ cell[1].T + far
    expected = plain_pairs(positions, np.eye(3), radius + 1e-6, 0)
    check(found_pairs(positions, np.eye(3), radius, periodic=False), expected, radius)


def test_more_pairs_than_expected_are_all_kept() -> None:
    fract = np.random.default_rng(1).random((60, 3))
    orth = np.eye(3) * 4.0
    expected = plain_pairs(fract, orth, 4.0, 2)
    check(found_pairs(fract, orth, 4.0, periodic=True), expected, 4.0)
    assert len(expected) > 24 * len(fract)


def test_lists_of_atoms_limit_the_pairs_and_may_be_empty() -> None:
    fract = np.array([[0.1, 0.1, 0.1], [0.2, 0.1, 0.1], [0.3, 0.1, 0.1]])
    none = np.array([], dtype=np.int64)
    one, two = np.array([0]), np.array([1, 2])
    reach = np.array([1.0, 0.5, 0.5])
    i, j, shift, distance = near_pairs(fract, np.eye(3) * 10, reach, one, two, periodic=True)
    assert (i.tolist(), j.tolist(), shift.tolist()) == ([0], [1], [[0, 0, 0]])
    assert distance == pytest.approx([1.0])
    assert near_pairs(fract, np.eye(3) * 10, reach, none, two, periodic=True)[0].size == 0
    assert near_pairs(fract, np.eye(3) * 10, reach, one, none, periodic=True)[0].size == 0
