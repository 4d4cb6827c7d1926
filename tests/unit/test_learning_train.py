"""Training: it learns, it repeats, it stops, and it says what it is worth."""

import dataclasses
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from learning_factory import examples

from screening.errors import InputError
from screening.learning.split import Split, grouped_split
from screening.learning.train import TrainingConfig, train
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3dConfig
from screening.network.weights import to_bytes
from screening.voxel.palette import UNIQUE_RGB

TINY = ResNet3dConfig(width=4, blocks=(1, 1), dropout=0.0)
SHORT = TrainingConfig(epochs=2, batch_size=8)


BASELINES = (
    "majority",
    "metal-majority",
    "metal-counts",
    "rules",
    "nearest-skeleton",
    "random-forest",
)


def twin_split(n: int) -> Split:
    return Split(np.arange(n), np.arange(n, 2 * n), np.arange(2 * n, 3 * n), seed=0)


def fingerprint(config: TrainingConfig = SHORT, seed: int = 0) -> str:
    some = examples(40, seed=seed)
    trained = train(some, grouped_split(some), config, TINY, UNIQUE_RGB)
    return to_bytes(trained.networks)[1]


def test_one_batch_is_learned_by_heart():
    some = examples(12, by="chance", twins=3)
    config = TrainingConfig(
        epochs=150, batch_size=12, patience=150, turns="none", weight_decay=0, learning_rate=1e-2
    )
    trained = train(some, twin_split(12), config, TINY, UNIQUE_RGB)
    (member,) = trained.members
    assert member.history[member.best_epoch - 1].train_loss < 0.02
    assert member.history[member.best_epoch - 1].validation_loss < 0.02
    views = some.grids(np.arange(12))[:, None]
    scores = Predictor(trained.networks, UNIQUE_RGB).score(views).scores
    assert np.array_equal(scores > 0.5, some.targets[:12])


def test_the_same_seed_gives_the_same_weights():
    assert fingerprint() == fingerprint()


def test_another_seed_gives_other_weights():
    assert fingerprint() != fingerprint(TrainingConfig(epochs=2, batch_size=8, seed=1))


def test_training_leaves_the_random_numbers_of_the_caller_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fingerprint()
    assert torch.equal(torch.rand(3), expected)


def test_training_stops_early_and_keeps_the_best_weights():
    some = examples(40, by="chance")
    split = grouped_split(some)
    config = TrainingConfig(epochs=40, batch_size=8, patience=3, learning_rate=1e-2)
    trained = train(some, split, config, TINY, UNIQUE_RGB)
    (member,) = trained.members
    assert len(member.history) == member.best_epoch + 3 < 40
    losses = [epoch.validation_loss for epoch in member.history]
    assert min(losses) == losses[member.best_epoch - 1]
    rows = split.validation
    views = some.grids(rows)[:, None]
    scores = Predictor(trained.networks, UNIQUE_RGB).score(views).scores.astype(float)
    positives = some.targets[split.train].mean()
    weight = np.where(some.targets[rows], (1 - positives) / positives, 1.0)
    chance = np.where(some.targets[rows], scores, 1 - scores)
    assert (-weight * np.log(chance)).mean() == pytest.approx(min(losses), rel=1e-4)


class Watched:
    def __init__(self):
        self.total, self.done, self.texts = 0, 0, []

    @contextmanager
    def task(self, description, total=None):
        self.total = total
        yield self

    def advance(self, amount=1):
        self.done += amount

    def detail(self, text):
        self.texts.append(text)


def test_every_epoch_is_shown_and_the_bar_ends_full():
    some = examples(40)
    watched = Watched()
    config = TrainingConfig(epochs=5, batch_size=8, patience=1, learning_rate=1e-2)
    trained = train(some, grouped_split(some), config, TINY, UNIQUE_RGB, progress=watched)
    assert watched.done == watched.total == 5
    assert len(watched.texts) == len(trained.members[0].history)
    assert "validation" in watched.texts[0]


def test_the_test_part_is_not_looked_at():
    some = examples(40)
    split = grouped_split(some)
    hidden = tuple(b"" if row in split.test else blob for row, blob in enumerate(some.blobs))
    nothing = dataclasses.replace(some.traits[0], atomic_numbers=np.zeros(0, dtype=np.uint8))
    traits = tuple(nothing if row in split.test else one for row, one in enumerate(some.traits))
    sealed = dataclasses.replace(some, blobs=hidden, traits=traits)
    trained = train(sealed, split, SHORT, TINY, UNIQUE_RGB)
    assert to_bytes(trained.networks)[1] == fingerprint()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_training_on_a_gpu_repeats_and_gives_a_network_on_the_cpu():
    some = examples(40)
    split = grouped_split(some)
    first, second = (train(some, split, SHORT, TINY, UNIQUE_RGB, device="cuda") for _ in range(2))
    assert to_bytes(first.networks) == to_bytes(second.networks)
    assert first.networks[0].head.weight.device.type == "cpu"


def test_a_part_with_one_class_is_refused():
    some = examples(12, twins=3)
    split = Split(np.flatnonzero(some.targets), np.empty(0, int), np.empty(0, int), seed=0)
    with pytest.raises(InputError, match="train part of the examples has one answer only"):
        train(some, split, SHORT, TINY, UNIQUE_RGB)


def test_a_broken_loss_ends_with_what_to_do():
    config = TrainingConfig(epochs=9, batch_size=8, learning_rate=1e30)
    some = examples(40)
    with pytest.raises(InputError, match="learning rate below 1e\\+30"):
        train(some, grouped_split(some), config, TINY, UNIQUE_RGB)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"batch_size": 1},
        {"learning_rate": 0.0},
        {"patience": 0},
        {"turns": "sideways"},
    ],
)
def test_settings_that_cannot_train_are_refused(wrong):
    with pytest.raises(InputError):
        TrainingConfig(**wrong)
