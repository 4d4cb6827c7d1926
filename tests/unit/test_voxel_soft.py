"""Soft spheres: coverage falls across the surface, and who covers most has the voxel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voxel_reference import SPECS, molecule

from screening.elements import COVALENT_RADII, VDW_RADII
from screening.errors import InputError
from screening.voxel.batch import draw_batch, draw_edges, draw_soft
from screening.voxel.molecules import pack
from screening.voxel.placing import in_voxels
from screening.voxel.rotations import CUBE_ROTATIONS, random_rotations, rotate
from screening.voxel.soft_spheres import COVERED, FULL
from screening.voxel.spec import VoxelSpec

SPEC = VoxelSpec(edge=16)


def plainly(molecules, spec, turns) -> np.ndarray:
    """Every voxel of one molecule against every atom."""
    table = COVALENT_RADII if spec.radii == "covalent" else VDW_RADII
    coverage = np.zeros((spec.edge,) * 3, dtype=np.int64)
    elements = np.zeros_like(coverage)
    midpoints = np.stack(np.indices(coverage.shape), axis=-1) + 0.5
    places = in_voxels(molecules, spec, turns)
    for number, place in zip(molecules.atomic_numbers.astype(int), places, strict=True):
        if number == 1 and not spec.hydrogens:
            continue
        squares = (midpoints - place) ** 2
        away = np.sqrt(squares[..., 0] + squares[..., 1] + squares[..., 2])
        share = np.clip(table[number] / spec.spacing + 0.5 - away, 0, 1)
        own = np.floor(share * FULL + 0.5).astype(np.int64)
        home = np.floor(place)
        if ((home >= 0) & (home < spec.edge)).all():
            at = tuple(home.astype(int))
            own[at] = max(own[at], 1)
        wins = (own > coverage) | ((own == coverage) & (own > 0) & (number > elements))
        coverage[wins], elements[wins] = own[wins], number
    return coverage * COVERED + elements


@settings(max_examples=60, deadline=None)
@given(spec=SPECS, seed=st.integers(0, 10_000), turned=st.booleans(), n=st.integers(1, 30))
def test_every_voxel_agrees_with_the_rule(spec, seed, turned, n):
    molecules = pack([molecule(seed, n)])
    turns = random_rotations(1, np.random.default_rng(seed)) if turned else None
    assert np.array_equal(
        draw_soft(molecules, spec, rotations=turns)[0], plainly(molecules, spec, turns)
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_atoms_never_shows(seed):
    numbers, positions = molecule(seed)
    order = np.random.default_rng(seed).permutation(len(numbers))
    some = pack([(numbers, positions), (numbers[order], positions[order])])
    first, second = draw_soft(some, SPEC)
    assert np.array_equal(first, second)


def test_a_turn_of_the_cube_turns_the_grid():
    some = pack([molecule(3)])
    whole = draw_soft(some, SPEC)[0]
    for turn in CUBE_ROTATIONS[:6]:
        turned = draw_soft(some, SPEC, rotations=turn.matrix[None].astype(float))[0]
        assert np.array_equal(turned, rotate(whole, turn))


def test_every_hard_voxel_is_half_covered_or_more():
    some = pack([molecule(seed) for seed in range(4)])
    hard, soft = draw_batch(some, SPEC).elements, draw_soft(some, SPEC)
    coverage = soft // COVERED
    homes = np.bincount(coverage[hard > 0], minlength=FULL + 1)
    # What is less covered holds the centre of an atom that is smaller than a voxel.
    assert homes[: FULL // 2].sum() < 0.01 * (hard > 0).sum()
    assert ((hard == 0) <= (coverage <= FULL // 2 + 1)).all()


def test_a_move_far_below_a_voxel_shows():
    centre = np.zeros((1, 3))
    near, far = (
        draw_soft(pack([(np.array([26]), np.array([[x, 0.0, 0.0]]))], centre), SPEC).astype(int)
        for x in (0.0, 0.02)
    )
    change = far // COVERED - near // COVERED
    assert set(np.unique(change)) >= {-5, 5}
    assert np.array_equal(near % COVERED, far % COVERED)


def test_threads_and_memory_change_nothing():
    some = pack([molecule(seed) for seed in range(9)])
    memory = np.full((9, 16, 16, 16), 7, dtype=np.int16)
    drawn = draw_edges(some, SPEC, "soft", memory)
    assert drawn is memory
    assert np.array_equal(drawn, draw_soft(some, SPEC, threads=3))
    with pytest.raises(InputError, match="memory of int16"):
        draw_soft(some, SPEC, np.zeros((9, 16, 16, 16), dtype=np.uint8))
