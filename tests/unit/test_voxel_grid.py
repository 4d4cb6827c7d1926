"""Drawing: agreement with a plain numpy reference, and what must not change a grid."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voxel_reference import molecule, reference

from screening.errors import InputError
from screening.voxel.grid import draw, metal_centroid
from screening.voxel.rotations import CUBE_ROTATIONS, rotate
from screening.voxel.spec import VoxelSpec

ORIGIN = np.zeros(3)


@pytest.mark.parametrize("radii", ["covalent", "vdw"])
@pytest.mark.parametrize("hydrogens", [True, False])
@pytest.mark.parametrize(("edge", "spacing"), [(32, 0.5), (17, 0.7), (24, 0.25)])
def test_every_voxel_agrees_with_the_reference(radii, hydrogens, edge, spacing):
    spec = VoxelSpec(edge=edge, spacing=spacing, radii=radii, hydrogens=hydrogens)
    for seed in range(3):
        numbers, positions = molecule(seed)
        centre = metal_centroid(numbers, positions)
        drawn = draw(numbers, positions, spec, centre)
        grid, n_clipped = reference(numbers, positions, spec, centre)
        assert np.count_nonzero(drawn.elements != grid) == 0
        assert drawn.n_clipped == n_clipped
        assert grid.any()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_order_of_atoms_changes_nothing(seed, order):
    numbers, positions = molecule(seed)
    shuffled = list(range(len(numbers)))
    order.shuffle(shuffled)
    spec = VoxelSpec()
    first = draw(numbers, positions, spec, metal_centroid(numbers, positions))
    again_numbers, again = numbers[shuffled], positions[shuffled]
    second = draw(again_numbers, again, spec, metal_centroid(again_numbers, again))
    assert np.array_equal(first.elements, second.elements)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.tuples(*[st.integers(-40, 40)] * 3))
def test_moving_the_molecule_with_its_centre_changes_nothing(seed, shift):
    numbers, positions = molecule(seed)
    moved = positions + np.array(shift) * 0.5
    spec = VoxelSpec()
    here = draw(numbers, positions, spec, ORIGIN)
    there = draw(numbers, moved, spec, np.array(shift) * 0.5)
    assert np.array_equal(here.elements, there.elements)
    assert here.n_clipped == there.n_clipped


def test_moving_by_a_whole_voxel_moves_the_grid():
    numbers, positions = molecule(3, width=1.5)
    spec = VoxelSpec()
    here = draw(numbers, positions, spec, ORIGIN).elements
    there = draw(numbers, positions + np.array([0.5, 0, -1.0]), spec, ORIGIN).elements
    assert np.array_equal(there, np.roll(here, (1, 0, -2), axis=(0, 1, 2)))


@pytest.mark.parametrize("turn", CUBE_ROTATIONS)
def test_turned_atoms_draw_the_turned_grid(turn):
    numbers, positions = molecule(5)
    # Off the walls of the voxels: on a wall, which side is home changes with the direction.
    positions = positions + 1 / 128
    spec = VoxelSpec()
    here = draw(numbers, positions, spec, ORIGIN)
    turned = draw(numbers, positions @ turn.matrix.T, spec, ORIGIN)
    assert np.array_equal(turned.elements, rotate(here.elements, turn))


def test_the_turns_are_the_24_proper_ones_and_the_identity_is_first():
    matrices = {turn.matrix.tobytes() for turn in CUBE_ROTATIONS}
    assert len(matrices) == 24
    assert all(round(np.linalg.det(turn.matrix)) == 1 for turn in CUBE_ROTATIONS)
    assert np.array_equal(CUBE_ROTATIONS[0].matrix, np.eye(3))
    for size in (4, 12):
        group = {turn.matrix.tobytes() for turn in CUBE_ROTATIONS[:size]}
        products = {
            (first.matrix @ second.matrix).tobytes()
            for first in CUBE_ROTATIONS[:size]
            for second in CUBE_ROTATIONS[:size]
        }
        assert products == group


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(1, 200))
def test_the_centre_is_the_mean_of_the_metals(seed, n):
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, 9, (n, 3))
    numbers = np.where(rng.random(n) < 0.5, 29, 66).astype(np.uint8)
    mean = np.sort(np.float32(positions).astype(float), axis=0).mean(axis=0)
    assert np.array_equal(metal_centroid(numbers, positions), mean)


def test_heavier_atom_wins_a_contested_voxel():
    numbers = np.array([66, 8], dtype=np.uint8)
    positions = np.array([[0.0, 0, 0], [0.3, 0, 0]])
    grid = draw(numbers, positions, VoxelSpec(), ORIGIN).elements
    assert set(np.unique(grid)) == {0, 66}


def test_a_small_atom_fills_the_voxel_of_its_centre():
    spec = VoxelSpec(edge=9, spacing=2.0)
    grid = draw(np.array([1], dtype=np.uint8), np.array([[0.9, 0.9, 0.9]]), spec, ORIGIN).elements
    assert grid.sum() == 1
    assert grid[4, 4, 4] == 1


def test_atoms_outside_are_counted_and_their_reach_is_drawn():
    spec = VoxelSpec(edge=8, spacing=1.0)
    positions = np.array([[4.5, 0.5, 0.5], [400.0, 0, 0], [-1e30, 0, 0], [0.5, 0.5, 0.5]])
    drawn = draw(np.array([66, 6, 6, 6], dtype=np.uint8), positions, spec, ORIGIN)
    assert drawn.n_clipped == 3
    assert drawn.elements[7, 4, 4] == 66


def test_a_grid_drawn_from_stored_single_precision_is_the_same():
    rng = np.random.default_rng(1)
    numbers, _ = molecule(1)
    positions = rng.normal(0, 3.5, (len(numbers), 3))
    stored = positions.astype(np.float32)
    spec = VoxelSpec()
    first = draw(numbers, positions, spec, metal_centroid(numbers, positions))
    second = draw(numbers, stored, spec, metal_centroid(numbers, stored))
    assert np.array_equal(first.elements, second.elements)


@pytest.mark.parametrize(
    ("numbers", "positions", "spec", "text"),
    [
        ([0], [[0, 0, 0]], VoxelSpec(), "atomic numbers"),
        ([119], [[0, 0, 0]], VoxelSpec(), "atomic numbers"),
        ([6], [[0, np.nan, 0]], VoxelSpec(), "finite"),
        ([6, 6], [[0, 0, 0]], VoxelSpec(), "shape"),
        ([6], [[0, 0, 0]], VoxelSpec(edge=257), "257"),
        ([6], [[0, 0, 1e300]], VoxelSpec(), "finite"),
        ([6], [[0, 0, 0]], VoxelSpec(spacing=0.0), "spacing"),
        ([6], [[0, 0, 0]], VoxelSpec(spacing=1e-300), "spacing"),
        ([6], [[0, 0, 0]], VoxelSpec(spacing=float("nan")), "spacing"),
        ([6], [[0, 0, 0]], VoxelSpec(radii="ionic"), "radii"),
        ([6], [[0, 0, 0]], VoxelSpec(version=3), "rule 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(numbers, positions, spec, text):
    with pytest.raises(InputError, match=text):
        draw(np.array(numbers), np.array(positions, dtype=float), spec, ORIGIN)


def test_a_molecule_without_a_metal_has_no_centre():
    with pytest.raises(InputError, match="no metal centre"):
        metal_centroid(np.array([6, 11], dtype=np.uint8), np.zeros((2, 3)))


def test_drawing_works_where_no_cache_can_be_written():
    # numba finds no place for its cache when neither the package nor a home can be written to.
    script = (
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from screening.voxel.grid import draw\n"
        "from screening.voxel.spec import VoxelSpec\n"
        "import numpy as np\n"
        "carbon = np.array([6], np.uint8), np.zeros((1, 3))\n"
        "drawn = draw(*carbon, VoxelSpec(edge=3, spacing=3.0), np.zeros(3))\n"
        "assert drawn.n_clipped == 0 and drawn.elements.sum() == 6\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
