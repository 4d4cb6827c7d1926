"""Scores: the same for a grid whatever stands beside it."""

import json

import numpy as np
import pytest
import torch

from screening.errors import InputError, IntegrityError
from screening.network.calibration import Calibration
from screening.network.domain import Domain
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.rotations import CUBE_ROTATIONS, rotate


def network(seed: int = 0) -> ResNet3d:
    torch.manual_seed(seed)
    model = ResNet3d(ResNet3dConfig(width=8))
    for module in model.modules():  # as after training: no norm is still at its start
        if isinstance(module, torch.nn.BatchNorm3d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
    torch.nn.init.normal_(model.head.weight)
    return model


def one(model: ResNet3d) -> Predictor:
    return Predictor((model,), UNIQUE_RGB)


def viewed(grids: np.ndarray, turns: int = 1) -> np.ndarray:
    """The grids at some turns of the box: (n, turns, d, d, d)."""
    return np.stack([rotate(grids, turn) for turn in CUBE_ROTATIONS[:turns]], axis=1)


@pytest.fixture(scope="module")
def model() -> ResNet3d:
    return network()


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    rng = np.random.default_rng(0)
    full = rng.integers(1, 119, (37, 16, 16, 16), dtype=np.uint8)
    return np.where(rng.random(full.shape) < 0.1, full, np.uint8(0))


def test_batch_size_does_not_matter(model, grids):
    whole = one(model).score(viewed(grids)).scores
    assert whole.std() > 1e-3
    for size in (1, 5, 32):
        starts = range(0, len(grids), size)
        parts = [one(model).score(viewed(grids[i : i + size])).scores for i in starts]
        assert np.abs(np.concatenate(parts) - whole).max() < 1e-5


def test_more_grids_than_a_batch_are_scored_in_their_order(model, grids):
    many = np.concatenate([grids] * 4)
    scores = one(model).score(viewed(many, 2))
    expected = one(model).score(viewed(grids, 2))
    assert np.allclose(scores.scores, np.tile(expected.scores, 4), atol=1e-6)
    assert np.allclose(scores.spread, np.tile(expected.spread, 4), atol=1e-6)


def test_numbers_that_are_large_and_differ_little_are_told_apart(model, grids):
    said = one(model).look(viewed(grids)).logits[:, 0, 0].astype(float)
    far = Predictor((model,), UNIQUE_RGB, Calibration(0.5, -4e6, "identity"))
    assert np.allclose(far.score(viewed(grids)).scores + 4e6, 0.5 * said, atol=1e-6)


def test_same_grids_same_scores(model, grids):
    first = one(model).score(viewed(grids))
    assert first.spread is None
    assert np.array_equal(first.scores, one(model).score(viewed(grids)).scores)
    assert ((first.scores >= 0) & (first.scores <= 1)).all()


def test_rotations_average_the_turned_grids(model, grids):
    few = grids[:4]
    each = [one(model).score(viewed(rotate(few, turn))) for turn in CUBE_ROTATIONS[:4]]
    turned = np.stack([one_turn.scores for one_turn in each])
    together = one(model).score(viewed(few, 4))
    assert np.allclose(together.scores, turned.mean(axis=0), atol=1e-6)
    assert np.allclose(together.spread, turned.std(axis=0), atol=1e-6)
    assert (together.spread > 0).all()


def test_all_rotations_make_the_score_independent_of_the_orientation(model, grids):
    few = grids[:3]
    here = one(model).score(viewed(few, 24))
    there = one(model).score(viewed(rotate(few, CUBE_ROTATIONS[17]), 24))
    assert np.allclose(here.scores, there.scores, atol=1e-5)


def test_read_only_and_empty_batches_are_scored(model, grids):
    frozen = viewed(grids[:2])
    frozen.setflags(write=False)
    assert one(model).score(frozen).scores.shape == (2,)
    assert one(model).score(viewed(grids[:0])).scores.shape == (0,)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_gpu_gives_the_scores_of_the_cpu(model, grids):
    on_cpu = one(model).score(viewed(grids, 4)).scores
    try:
        on_gpu = one(model).to("cuda").score(viewed(grids, 4)).scores
    finally:
        model.cpu()
    assert np.allclose(on_gpu, on_cpu, atol=1e-4)


def test_scoring_leaves_the_training_mode_as_it_was(model, grids):
    model.train()
    one(model).score(viewed(grids[:2]))
    assert model.training
    model.eval()


@pytest.mark.parametrize("shape", [(2, 16, 16, 16), (2, 0, 16, 16, 16)])
def test_what_are_no_views_is_refused(model, shape):
    with pytest.raises(InputError, match="k above 0"):
        one(model).score(np.zeros(shape, dtype=np.uint8))


def test_a_score_that_is_no_number_is_an_error(grids):
    broken = ResNet3d(ResNet3dConfig(width=4))
    torch.nn.init.constant_(broken.head.bias, torch.nan)
    with pytest.raises(IntegrityError, match="not a number"):
        one(broken).score(viewed(grids[:2]))


def test_members_and_rotations_are_looks_of_equal_weight(model, grids):
    other = network(seed=1)
    both = Predictor((model, other), UNIQUE_RGB).score(viewed(grids, 2))
    looks = [
        one(member).score(viewed(turned)).scores
        for member in (model, other)
        for turned in (grids, rotate(grids, CUBE_ROTATIONS[1]))
    ]
    assert np.allclose(both.scores, np.mean(looks, axis=0), atol=1e-6)
    assert np.allclose(both.spread, np.std(looks, axis=0), atol=1e-6)
    assert both.distance is None


def test_a_logit_is_what_the_last_layer_makes_of_the_embedding(model, grids):
    looks = one(model).look(viewed(grids[:5]))
    assert looks.logits.shape == (5, 1, 1)
    assert looks.embeddings.shape == (5, model.n_embedded)
    again = model.eval().classify(torch.from_numpy(looks.embeddings)).detach().numpy()
    assert np.allclose(again, looks.logits[:, 0, 0], atol=1e-6)


def test_calibration_is_put_on_each_look(model, grids):
    calibrated = Predictor((model,), UNIQUE_RGB, Calibration(0.5, -1.0)).score(viewed(grids, 4))
    logits = one(model).look(viewed(grids, 4)).logits[:, 0, :].astype(float)
    expected = 1 / (1 + np.exp(1.0 - 0.5 * logits))
    assert np.allclose(calibrated.scores, expected.mean(axis=1), atol=1e-6)
    assert np.allclose(calibrated.spread, expected.std(axis=1), atol=1e-6)


def test_a_calibration_comes_back_from_a_card():
    made = Calibration(0.8, 0.25)
    assert Calibration.from_json(json.loads(json.dumps(made.to_json()))) == made
    assert Calibration.from_json(None) == Calibration(1.0, 0.0)


@pytest.mark.parametrize(
    "fields", [{}, {"slope": 1}, {"slope": "steep", "intercept": 0}, {"slope": -1, "intercept": 0}]
)
def test_what_is_no_calibration_is_refused(fields):
    with pytest.raises(IntegrityError, match="calibration"):
        Calibration.from_json(fields)


def test_distance_is_one_at_the_limit_of_the_domain(model, grids):
    embeddings = torch.from_numpy(one(model).look(viewed(grids, 2)).embeddings)
    mean, whitening = embeddings.mean(dim=0), torch.eye(model.n_embedded)[:, :3] * 2
    lengths = 2 * (embeddings - mean)[:, :3].norm(dim=1)
    domain = Domain(mean, whitening, lengths.max())
    distance = Predictor((model,), UNIQUE_RGB, domain=domain).score(viewed(grids, 2)).distance
    assert np.allclose(distance, (lengths / lengths.max()).numpy(), atol=1e-5)
    assert distance.max() == pytest.approx(1)


def test_a_domain_of_another_network_is_refused(model):
    domain = Domain(torch.zeros(3), torch.eye(3), torch.tensor(1.0))
    with pytest.raises(IntegrityError, match="the domain has 3 numbers"):
        Predictor((model,), UNIQUE_RGB, domain=domain)


def test_a_predictor_needs_a_network():
    with pytest.raises(InputError, match="needs a network"):
        Predictor((), UNIQUE_RGB)
