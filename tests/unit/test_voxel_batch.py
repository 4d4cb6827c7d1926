"""Batches: agreement with the reference, threads, rotations, memory that is given."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voxel_reference import SPECS, fill, molecule, reference

from screening.elements import VDW_RADII
from screening.errors import InputError
from screening.voxel.batch import draw_batch, draw_gaussians
from screening.voxel.molecules import Molecules, pack
from screening.voxel.palette import ELEMENT_CLASS
from screening.voxel.placing import in_voxels
from screening.voxel.rotations import CUBE_ROTATIONS, random_rotations, rotate
from screening.voxel.spec import VoxelSpec
from screening.voxel.spheres import paint

ORIGIN = np.zeros(3)


@settings(max_examples=60, deadline=None)
@given(spec=SPECS, seed=st.integers(0, 10_000), turned=st.booleans(), n=st.integers(0, 30))
def test_every_voxel_agrees_with_the_reference(spec, seed, turned, n):
    raw = [molecule(seed + i, n + 1) for i in range(2)]
    turns = random_rotations(2, np.random.default_rng(seed)) if turned else None
    molecules = pack(raw)
    grids = draw_batch(molecules, spec, rotations=turns)
    for i in range(2):
        turn = None if turns is None else turns[i]
        grid, n_clipped = reference(*raw[i], spec, molecules.centres[i], turn)
        assert np.count_nonzero(grids.elements[i] != grid) == 0
        assert grids.n_clipped[i] == n_clipped


@settings(max_examples=100, deadline=None)
@given(data=st.data(), nearer=st.booleans(), edge=st.sampled_from([6, 8, 11, 19]))
def test_voxels_on_the_surface_and_halfway_follow_the_rule(data, nearer, edge):
    # Places on quarters of a voxel and such radii put many midpoints exactly on a sphere
    # (3-4-5) and exactly between two atoms.
    n = data.draw(st.integers(1, 6))
    places = (
        np.array(
            data.draw(st.lists(st.integers(-8, 4 * edge + 8), min_size=3 * n, max_size=3 * n))
        ).reshape(n, 3)
        / 4
    )
    numbers = np.array(
        data.draw(st.lists(st.integers(1, 118), min_size=n, max_size=n)), dtype=np.uint8
    )
    radii = np.random.default_rng(n).choice([0.5, 1.0, 1.25, 1.5, 2.5, 3.25, 5.0], 119)
    grids, n_clipped = np.full((1, edge, edge, edge), 7, np.uint8), np.empty(1, np.int64)
    paint(grids, 0, 1, numbers, places, np.array([0, n]), radii, True, nearer, n_clipped)
    grid, outside = fill(numbers, places, radii[numbers], edge, nearer=nearer)
    assert np.count_nonzero(grids[0] != grid) == 0
    assert n_clipped[0] == outside


def test_a_midpoint_exactly_on_the_surface_is_inside():
    def carbon(radius):
        grids, n_clipped = np.empty((1, 16, 16, 16), np.uint8), np.empty(1, np.int64)
        place, number = np.array([[8.5, 8.5, 8.5]]), np.array([6], np.uint8)
        radii = np.full(119, radius)
        paint(grids, 0, 1, number, place, np.array([0, 1]), radii, True, False, n_clipped)
        return grids[0]

    grid = carbon(5.0)
    assert grid[8 + 3, 8 + 4, 8] == grid[8, 8 - 3, 8 + 4] == grid[8 + 5, 8, 8] == 6
    assert grid[8 + 3, 8 + 4, 8 + 1] == 0
    assert carbon(np.nextafter(5.0, 0))[8 + 3, 8 + 4, 8] == 0


def test_nearer_atom_wins_and_of_two_as_near_the_heavier():
    numbers = np.array([66, 17, 8], dtype=np.uint8)
    positions = np.array([[-0.5, 0.25, 0.25], [1.0, 0.25, 0.25], [1.0, 0.25, 0.25]])
    heavier, nearer = (
        draw_batch(
            pack([(numbers, positions)], ORIGIN[np.newaxis]), VoxelSpec(radii="vdw", version=rule)
        ).elements[0]
        for rule in (1, 2)
    )
    assert heavier[17, 16, 16] == 66
    assert nearer[17, 16, 16] == 17
    assert set(np.unique(nearer)) == {0, 17, 66}
    assert np.array_equal(heavier > 0, nearer > 0)


@pytest.mark.parametrize("rule", [1, 2])
def test_order_batch_and_threads_change_nothing(rule):
    spec = VoxelSpec(edge=24, version=rule)
    molecules = pack([molecule(seed, 5 + 9 * seed) for seed in range(9)])
    whole = draw_batch(molecules, spec)
    threaded = draw_batch(molecules, spec, threads=3)
    assert np.array_equal(whole.elements, threaded.elements)
    assert np.array_equal(whole.n_clipped, threaded.n_clipped)
    rows = np.array([4, 0, 8, 4])
    some = draw_batch(molecules.take(rows), spec)
    assert np.array_equal(some.elements, whole.elements[rows])
    assert np.array_equal(some.n_clipped, whole.n_clipped[rows])
    turned_round = Molecules(
        molecules.atomic_numbers[::-1].copy(),
        molecules.positions[::-1].copy(),
        (molecules.starts[-1] - molecules.starts)[::-1].copy(),
        molecules.centres[::-1].copy(),
    )
    assert np.array_equal(draw_batch(turned_round, spec).elements[::-1], whole.elements)


def test_given_memory_is_drawn_into_whatever_it_held():
    molecules = pack([molecule(seed) for seed in range(3)])
    spec = VoxelSpec(edge=16)
    out = np.full((3, 16, 16, 16), 99, dtype=np.uint8)
    grids = draw_batch(molecules, spec, out)
    assert grids.elements is out
    assert np.array_equal(out, draw_batch(molecules, spec).elements)


def test_an_empty_batch_gives_no_grid():
    empty = pack([])
    assert draw_batch(empty, VoxelSpec(edge=4), threads=2).elements.shape == (0, 4, 4, 4)
    assert empty.centres.shape == (0, 3)


@pytest.mark.parametrize("rule", [1, 2])
def test_turns_of_the_cube_draw_the_turned_grid(rule):
    numbers, positions = molecule(5)
    # Off the walls of the voxels: on a wall, which side is home changes with the direction.
    molecules = pack([(numbers, positions + 1 / 128)] * 24, np.zeros((24, 3)))
    spec = VoxelSpec(version=rule)
    turns = np.array([turn.matrix for turn in CUBE_ROTATIONS])
    grids = draw_batch(molecules, spec, rotations=turns).elements
    for i, turn in enumerate(CUBE_ROTATIONS):
        assert np.array_equal(grids[i], rotate(grids[0], turn))


def test_random_rotations_are_rotations_and_favour_no_direction():
    turns = random_rotations(4000, np.random.default_rng(0))
    assert np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3))
    assert np.allclose(np.linalg.det(turns), 1)
    assert np.abs(turns.mean(axis=0)).max() < 0.05
    assert np.abs((turns**2).mean(axis=0) - 1 / 3).max() < 0.02
    # Of the angle of a uniform rotation: mean of 1 + 2 cos is 0 and of its square 1.
    traces = np.trace(turns, axis1=1, axis2=2)
    assert abs((traces**2).mean() - 1) < 0.1


def test_gaussians_agree_with_the_formula():
    raw = [molecule(seed, 12) for seed in range(2)]
    molecules = pack(raw)
    spec = VoxelSpec(edge=12, spacing=0.8, radii="vdw", hydrogens=False)
    turns = random_rotations(2, np.random.default_rng(0))
    out = np.full((2, ELEMENT_CLASS.channels, 12, 12, 12), 5, dtype=np.float32)
    drawn = draw_gaussians(molecules, spec, ELEMENT_CLASS.weights, out, rotations=turns, threads=2)
    assert drawn is out
    places = in_voxels(molecules, spec, turns).reshape(2, 12, 3)
    midpoints = np.stack(np.indices((12,) * 3), axis=-1) + 0.5
    for i, (numbers, _) in enumerate(raw):
        exact = np.zeros(out.shape[1:])
        for number, place in zip(numbers, places[i], strict=True):
            if number == 1:
                continue
            squares = ((midpoints - place) ** 2).sum(axis=-1)
            deviation = VDW_RADII[number] / spec.spacing / 2
            heights = np.exp(-squares / (2 * deviation**2))
            exact += ELEMENT_CLASS.weights[number][:, None, None, None] * heights
        assert np.abs(drawn[i] - exact).max() < 1e-5
        assert exact.max() > 0.5


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"out": np.empty((2, 4, 4, 5), np.uint8)}, "memory"),
        ({"out": np.empty((2, 4, 4, 4), np.int8)}, "memory"),
        ({"out": np.empty((2, 4, 4, 8), np.uint8)[..., ::2]}, "C order"),
        ({"rotations": np.eye(3)}, r"\(n, 3, 3\)"),
        ({"rotations": np.eye(3)[np.newaxis]}, "1 rotations for 2"),
        ({"rotations": -np.tile(np.eye(3), (2, 1, 1))}, "mirror"),
        ({"rotations": 2 * np.tile(np.eye(3), (2, 1, 1))}, "length 1"),
        ({"rotations": np.full((2, 3, 3), np.nan)}, "length 1"),
        ({"threads": 0}, "one thread"),
    ],
)
def test_what_does_not_fit_is_refused(change, text):
    molecules = pack([molecule(0), molecule(1)])
    with pytest.raises(InputError, match=text):
        draw_batch(molecules, VoxelSpec(edge=4), **change)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ([([6, 66], np.zeros((3, 3)))], "shape"),
        ([([66], np.zeros((1, 3))), ([0], np.zeros((1, 3)))], "atomic numbers"),
        ([([66], np.zeros((1, 3))), ([6], np.zeros((1, 3)))], "molecule 1 has no metal centre"),
        ([([66], np.full((1, 3), np.inf))], "finite"),
    ],
)
def test_what_is_no_molecule_is_not_packed(raw, text):
    with pytest.raises(InputError, match=text):
        pack([(np.array(numbers), positions) for numbers, positions in raw])


def test_starts_that_leave_the_atoms_are_refused():
    whole = pack([molecule(0), molecule(1)])
    for starts in ([0, 60], [0, 130, 120], [1, 60, 120], [0, 60, 121], []):
        with pytest.raises(InputError):
            Molecules(
                whole.atomic_numbers, whole.positions, np.array(starts, np.int64), whole.centres
            )


def test_weights_of_another_form_are_refused():
    with pytest.raises(InputError, match="weights"):
        draw_gaussians(pack([molecule(0)]), VoxelSpec(edge=4), np.ones((118, 1), np.float32))
