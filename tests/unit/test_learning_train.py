"""Training: it learns, it repeats, it stops, and it says what it is worth."""

import dataclasses
import math
from collections import Counter
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from learning_factory import examples

from screening.errors import InputError, IntegrityError
from screening.learning.evaluate import evaluate
from screening.learning.metrics import METRIC_NAMES
from screening.learning.split import Split, grouped_split
from screening.learning.train import TrainingConfig, train
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3dConfig
from screening.network.weights import to_bytes
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.rotations import CUBE_ROTATIONS, rotate

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
        epochs=150, batch_size=12, patience=150, rotate=False, weight_decay=0, learning_rate=1e-2
    )
    trained = train(some, twin_split(12), config, TINY, UNIQUE_RGB)
    (member,) = trained.members
    assert member.history[member.best_epoch - 1].train_loss < 0.02
    assert member.history[member.best_epoch - 1].validation_loss < 0.02
    scores = Predictor(trained.networks, UNIQUE_RGB).score(some.grids(np.arange(12))).scores
    assert np.array_equal(scores > trained.threshold, some.targets[:12])


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
    scores = Predictor(trained.networks, UNIQUE_RGB).score(some.grids(rows)).scores.astype(float)
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


def test_grids_are_turned_in_every_way_while_training(monkeypatch):
    seen = []

    def watched(grid, turn):
        seen.append(turn)
        return rotate(grid, turn)

    monkeypatch.setattr("screening.learning.train.rotate", watched)
    some = examples(40)
    split = grouped_split(some)
    train(some, split, TrainingConfig(epochs=6, patience=6), TINY, UNIQUE_RGB)
    assert len(seen) == 6 * len(split.train)
    assert set(seen) == set(CUBE_ROTATIONS)
    seen.clear()
    train(some, split, TrainingConfig(epochs=1, rotate=False), TINY, UNIQUE_RGB)
    assert not seen


def test_the_test_part_is_not_looked_at():
    some = examples(40)
    split = grouped_split(some)
    hidden = tuple(b"" if row in split.test else blob for row, blob in enumerate(some.blobs))
    sealed = dataclasses.replace(some, blobs=hidden)
    trained = train(sealed, split, SHORT, TINY, UNIQUE_RGB)
    assert to_bytes(trained.networks)[1] == fingerprint()
    with pytest.raises(IntegrityError):
        evaluate(trained, sealed, split, UNIQUE_RGB)


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
    with pytest.raises(InputError, match="train part of the examples has only one class"):
        train(some, split, SHORT, TINY, UNIQUE_RGB)


def test_a_broken_loss_ends_with_what_to_do():
    config = TrainingConfig(epochs=9, batch_size=8, learning_rate=1e30)
    some = examples(40)
    with pytest.raises(InputError, match="learning rate below 1e\\+30"):
        train(some, grouped_split(some), config, TINY, UNIQUE_RGB)


@pytest.mark.parametrize(
    "wrong", [{"epochs": 0}, {"batch_size": 1}, {"learning_rate": 0.0}, {"patience": 0}]
)
def test_settings_that_cannot_train_are_refused(wrong):
    with pytest.raises(InputError):
        TrainingConfig(**wrong)


@pytest.fixture(scope="module")
def judged():
    found = {}
    for by in ("shell", "metal"):
        some = examples(160, by=by, seed=3, group_size=1)
        split = grouped_split(some)
        config = TrainingConfig(epochs=15, batch_size=16)
        trained = train(some, split, config, ResNet3dConfig(width=8, blocks=(1, 1)), UNIQUE_RGB)
        found[by] = split, evaluate(trained, some, split, UNIQUE_RGB)
    return found


def test_a_class_in_the_structure_is_learned_and_beats_the_metals(judged):
    _, evaluation = judged["shell"]
    assert evaluation.difference.low > 0
    assert evaluation.verdict.startswith("The network beats the best baseline")


def test_metals_that_are_often_enough_in_the_test_part_are_measured_alone():
    some = examples(240, by="shell", seed=3)
    split = grouped_split(some)
    config = TrainingConfig(epochs=1)
    trained = train(some, split, config, ResNet3dConfig(width=4, blocks=(1,)), UNIQUE_RGB)
    metrics = evaluate(trained, some, split, UNIQUE_RGB).metrics
    counts = Counter(some.traits[row].metals[0] for row in split.test)
    expected = {f"test {metal}": n for metal, n in counts.items() if n >= 10}
    assert expected
    assert {one.part: one.n for one in metrics if one.part.startswith("test ")} == expected


def test_a_class_that_is_the_metal_is_not_claimed_for_the_network(judged):
    _, evaluation = judged["metal"]
    assert evaluation.best_baseline in {"metal-counts", "metal-majority", "random-forest"}
    assert evaluation.difference.value <= 0
    assert not evaluation.verdict.startswith("The network beats")


def test_a_perfect_score_on_a_few_examples_proves_nothing():
    some = examples(40, by="donor", seed=3)
    split = grouped_split(some)
    config = TrainingConfig(epochs=1, batch_size=16)
    trained = train(some, split, config, ResNet3dConfig(width=4, blocks=(1,)), UNIQUE_RGB)
    verdict = evaluate(trained, some, split, UNIQUE_RGB).verdict
    assert "cannot be told" in verdict
    assert "prove nothing" in verdict


def test_every_subject_is_measured_on_both_parts(judged):
    split, evaluation = judged["shell"]
    rows = {(one.part, one.subject, one.name) for one in evaluation.metrics}
    assert len(rows) == len(evaluation.metrics)
    whole = {row for row in rows if row[0] in {"validation", "test"}}
    assert len(whole) == 2 * (1 + len(BASELINES)) * len(METRIC_NAMES)
    assert {subject for _, subject, _ in whole} == {"network", *BASELINES}
    assert {subject for part, subject, _ in rows if part == "random test"} == set(BASELINES)
    for one in evaluation.metrics:
        if one.part in {"validation", "test"}:
            assert one.n == len(split.rows(one.part))
        assert one.value is None or math.isfinite(one.value)
