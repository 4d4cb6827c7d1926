"""Scores: the same for a grid whatever stands beside it."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from screening.errors import InputError, IntegrityError
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.score import predict_scores
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.rotations import CUBE_ROTATIONS, rotate


@pytest.fixture(scope="module")
def model() -> ResNet3d:
    torch.manual_seed(0)
    model = ResNet3d(ResNet3dConfig(width=8))
    for module in model.modules():  # as after training: no norm is still at its start
        if isinstance(module, torch.nn.BatchNorm3d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
    torch.nn.init.normal_(model.head.weight)
    return model


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    rng = np.random.default_rng(0)
    full = rng.integers(1, 119, (37, 16, 16, 16), dtype=np.uint8)
    return np.where(rng.random(full.shape) < 0.1, full, np.uint8(0))


def test_batch_size_does_not_matter(model, grids):
    whole = predict_scores(model, grids, UNIQUE_RGB, batch_size=64).scores
    assert whole.std() > 1e-3
    for batch_size in (1, 5, 32):
        part = predict_scores(model, grids, UNIQUE_RGB, batch_size=batch_size).scores
        assert np.abs(part - whole).max() < 1e-5


def test_same_grids_same_scores(model, grids):
    first = predict_scores(model, grids, UNIQUE_RGB)
    assert first.spread is None
    assert np.array_equal(first.scores, predict_scores(model, grids, UNIQUE_RGB).scores)
    assert ((first.scores >= 0) & (first.scores <= 1)).all()


def test_rotations_average_the_turned_grids(model, grids):
    few = grids[:4]
    turned = np.stack(
        [predict_scores(model, rotate(few, turn), UNIQUE_RGB).scores for turn in CUBE_ROTATIONS[:4]]
    )
    together = predict_scores(model, few, UNIQUE_RGB, rotations=4)
    assert np.allclose(together.scores, turned.mean(axis=0), atol=1e-6)
    assert np.allclose(together.spread, turned.std(axis=0), atol=1e-6)
    assert (together.spread > 0).all()


def test_all_rotations_make_the_score_independent_of_the_orientation(model, grids):
    few = grids[:3]
    here = predict_scores(model, few, UNIQUE_RGB, rotations=24)
    there = predict_scores(model, rotate(few, CUBE_ROTATIONS[17]), UNIQUE_RGB, rotations=24)
    assert np.allclose(here.scores, there.scores, atol=1e-5)


def test_read_only_and_empty_batches_are_scored(model, grids):
    frozen = grids[:2].copy()
    frozen.setflags(write=False)
    assert predict_scores(model, frozen, UNIQUE_RGB).scores.shape == (2,)
    assert predict_scores(model, grids[:0], UNIQUE_RGB).scores.shape == (0,)


def test_scoring_needs_no_compiler():
    # Workers decode and score; the compiler of the drawing would cost each a second to import.
    script = (
        "import sys, screening.network.score, screening.network.weights, screening.voxel.codec\n"
        "assert not {'numba', 'sklearn'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_gpu_gives_the_scores_of_the_cpu(model, grids):
    on_cpu = predict_scores(model, grids, UNIQUE_RGB, rotations=4).scores
    try:
        on_gpu = predict_scores(model.cuda(), grids, UNIQUE_RGB, "cuda", rotations=4).scores
    finally:
        model.cpu()
    assert np.allclose(on_gpu, on_cpu, atol=1e-4)


def test_scoring_leaves_the_training_mode_as_it_was(model, grids):
    model.train()
    predict_scores(model, grids[:2], UNIQUE_RGB)
    assert model.training
    model.eval()


@pytest.mark.parametrize("rotations", [0, 25])
def test_a_wrong_count_of_rotations_is_refused(model, grids, rotations):
    with pytest.raises(InputError, match="between 1 and 24"):
        predict_scores(model, grids, UNIQUE_RGB, rotations=rotations)


def test_a_score_that_is_no_number_is_an_error(grids):
    broken = ResNet3d(ResNet3dConfig(width=4))
    torch.nn.init.constant_(broken.head.bias, torch.nan)
    with pytest.raises(IntegrityError, match="not a number"):
        predict_scores(broken, grids[:2], UNIQUE_RGB)
