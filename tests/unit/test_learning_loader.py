"""Loader: every example once an epoch, turned as asked, and what is drawn is what is stored."""

import dataclasses
import threading

import numpy as np
import pytest
from learning_factory import SPEC, examples

from screening.errors import IntegrityError
from screening.learning.loader import Loader
from screening.voxel.batch import draw_batch
from screening.voxel.molecules import pack
from screening.voxel.rotations import CUBE_ROTATIONS, rotate
from screening.voxel.soft_spheres import COVERED, FULL
from screening.voxel.spec import EDGES

ROWS = np.arange(3, 20)


def epoch(turns: str, seed: int = 0, some=None):
    loader = Loader(some or examples(20), ROWS, turns)
    return list(loader.epoch(5, np.random.default_rng(seed)))


@pytest.mark.parametrize("turns", ["free", "cube", "none"])
def test_every_row_comes_once_in_batches_of_nearly_one_size(turns):
    batches = epoch(turns)
    assert [len(batch.rows) for batch in batches] == [4, 4, 3, 3, 3]
    assert sorted(np.concatenate([batch.rows for batch in batches])) == list(ROWS)
    assert all(batch.grids.shape == (len(batch.rows), 12, 12, 12) for batch in batches)


@pytest.mark.parametrize("turns", ["free", "cube", "none"])
def test_the_seed_decides_everything(turns):
    first, again, other = epoch(turns), epoch(turns), epoch(turns, seed=1)
    for one, same in zip(first, again, strict=True):
        assert np.array_equal(one.rows, same.rows)
        assert np.array_equal(one.grids, same.grids)
    assert not np.array_equal(first[0].rows, other[0].rows)


def test_soft_edges_fade_and_hold_the_same_atoms():
    hard, soft = (
        [*Loader(examples(20), ROWS, "free", edges).epoch(5, np.random.default_rng(0))]
        for edges in EDGES
    )
    for one, other in zip(hard, soft, strict=True):
        assert np.array_equal(one.rows, other.rows)
        assert one.grids.dtype == np.uint8
        assert other.grids.dtype == np.int16
        coverage = other.grids // COVERED
        assert (coverage[one.grids > 0] > 0).all()
        assert ((coverage > 0) & (coverage < FULL)).any()


def test_without_turns_the_stored_grids_come():
    some = examples(20)
    for batch in epoch("none"):
        assert np.array_equal(batch.grids, some.grids(batch.rows))


def test_cube_turns_are_turns_of_the_stored_grids_and_not_always_the_same():
    some = examples(20)
    seen = set()
    for batch in epoch("cube"):
        for row, grid in zip(batch.rows, batch.grids, strict=True):
            stored = some.grids(np.array([row]))[0]
            found = [
                n for n, turn in enumerate(CUBE_ROTATIONS) if (rotate(stored, turn) == grid).all()
            ]
            assert found
            seen.add(found[0])
    assert len(seen) > 5


def test_free_turns_are_drawn_from_the_atoms_and_keep_what_lies_in_the_middle():
    some = examples(20)
    batches = epoch("free")
    stored = [some.grids(batch.rows) for batch in batches]
    assert not any((a.grids == b).all() for a, b in zip(batches, stored, strict=True))
    for batch, grids in zip(batches, stored, strict=True):
        # The metal is at the corner of the middle eight voxels, which its sphere fills.
        assert np.array_equal(batch.grids[:, 5:7, 5:7, 5:7], grids[:, 5:7, 5:7, 5:7])


def test_atoms_without_a_turn_draw_the_stored_grids():
    some = examples(20)
    molecules = pack([(one.atomic_numbers, one.positions) for one in some.traits])
    assert np.array_equal(draw_batch(molecules, SPEC).elements, some.grids(np.arange(20)))


def test_a_damaged_grid_is_an_error_of_the_loader():
    some = examples(20)
    damaged = dataclasses.replace(some, blobs=(b"",) * 20)
    with pytest.raises(IntegrityError):
        epoch("cube", some=damaged)


def test_a_loader_can_be_left_in_the_middle():
    before = set(threading.enumerate())
    batches = Loader(examples(20), ROWS, "free").epoch(17, np.random.default_rng(0))
    next(batches)
    assert set(threading.enumerate()) > before
    batches.close()
    assert set(threading.enumerate()) == before
