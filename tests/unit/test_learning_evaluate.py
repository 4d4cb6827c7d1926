"""A network beside its baselines: what is measured, calibrated and claimed."""

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
from learning_factory import SPEC, examples

from screening.errors import IntegrityError
from screening.learning.evaluate import evaluate, evaluate_unseen
from screening.learning.fitting import fit_predictor, look_at
from screening.learning.metrics import METRIC_NAMES
from screening.learning.split import grouped_split
from screening.learning.train import train
from screening.learning.training_config import TrainingConfig
from screening.network.resnet3d import ResNet3dConfig
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.views import Views

VIEWS = Views("grid", 1, SPEC)
BASELINES = (
    "majority",
    "metal-majority",
    "metal-counts",
    "rules",
    "nearest-skeleton",
    "random-forest",
)
QUICK = TrainingConfig(epochs=1, batch_size=16, turns="cube")
TINY = ResNet3dConfig(width=4, blocks=(1,))


def predictor_of(some, split, config=QUICK, network=TINY):
    trained = train(some, split, config, network, UNIQUE_RGB)
    return fit_predictor(trained.networks, UNIQUE_RGB, some, split, views=VIEWS)


@pytest.fixture(scope="module")
def judged():
    found = {}
    for by in ("shell", "metal"):
        some = examples(160, by=by, seed=3, group_size=1)
        split = grouped_split(some)
        config = TrainingConfig(epochs=15, batch_size=16, turns="cube")
        predictor = predictor_of(some, split, config, ResNet3dConfig(width=8, blocks=(1, 1)))
        found[by] = split, evaluate(predictor, some, split, views=VIEWS), predictor
    return found


def test_a_class_in_the_structure_is_learned_and_beats_the_metals(judged):
    _, evaluation, _ = judged["shell"]
    assert evaluation.difference.low > 0
    assert evaluation.verdict.startswith("The network beats the best baseline")


def test_metals_that_are_often_enough_in_the_test_part_are_measured_alone():
    some = examples(240, by="shell", seed=3)
    split = grouped_split(some)
    metrics = evaluate(predictor_of(some, split), some, split, views=VIEWS).metrics
    counts = Counter(some.traits[row].metals[0] for row in split.test)
    expected = {f"test {metal}": n for metal, n in counts.items() if n >= 10}
    assert expected
    assert {one.part: one.n for one in metrics if one.part.startswith("test ")} == expected


def test_a_class_that_is_the_metal_is_not_claimed_for_the_network(judged):
    _, evaluation, _ = judged["metal"]
    assert evaluation.best_baseline in {"metal-counts", "metal-majority", "random-forest"}
    assert evaluation.difference.value <= 0
    assert not evaluation.verdict.startswith("The network beats")


def test_a_perfect_score_on_a_few_examples_proves_nothing():
    some = examples(40, by="donor", seed=3)
    split = grouped_split(some)
    verdict = evaluate(predictor_of(some, split), some, split, views=VIEWS).verdict
    assert "cannot be told" in verdict
    assert "prove nothing" in verdict


def test_every_subject_is_measured_on_both_parts(judged):
    split, evaluation, _ = judged["shell"]
    rows = {(one.part, one.subject, one.name) for one in evaluation.metrics}
    assert len(rows) == len(evaluation.metrics)
    whole = {row for row in rows if row[0] in {"validation", "test"}}
    uncalibrated = {row for row in whole if row[2].endswith("_uncalibrated")}
    assert {row[1:] for row in uncalibrated} == {
        ("network", "brier_uncalibrated"),
        ("network", "ece_uncalibrated"),
    }
    assert len(whole - uncalibrated) == 2 * (1 + len(BASELINES)) * len(METRIC_NAMES)
    assert {subject for _, subject, _ in whole} == {"network", *BASELINES}
    assert {subject for part, subject, _ in rows if part == "random test"} == set(BASELINES)
    for one in evaluation.metrics:
        if one.part in {"validation", "test"}:
            assert one.n == len(split.rows(one.part))
        assert one.value is None or math.isfinite(one.value)


def test_the_reliability_holds_every_test_example(judged):
    split, evaluation, _ = judged["shell"]
    assert sum(one.n for one in evaluation.reliability) == len(split.test)
    assert len(evaluation.scores) == len(evaluation.is_far) == len(split.test)


def test_a_damaged_grid_is_no_score():
    some = examples(40)
    split = grouped_split(some)
    hidden = tuple(b"" if row in split.test else blob for row, blob in enumerate(some.blobs))
    predictor = predictor_of(some, split)
    with pytest.raises(IntegrityError):
        evaluate(predictor, dataclasses.replace(some, blobs=hidden), split, views=VIEWS)


def test_unseen_examples_are_measured_beside_baselines_fitted_to_the_seen(judged):
    _, _, predictor = judged["shell"]
    seen = examples(160, by="shell", seed=3)
    unseen = examples(120, by="shell", seed=4)
    two = Views("atoms", 2, SPEC)
    evaluation = evaluate_unseen(predictor, seen, unseen, views=two)
    subjects = {m.subject for m in evaluation.metrics if m.part == "unseen"}
    assert subjects == {"network", *BASELINES}
    assert evaluation.verdict.startswith("The network beats the best baseline")
    looks = look_at(predictor, unseen, np.arange(120), two)
    np.testing.assert_array_equal(evaluation.scores, predictor.judge(looks).scores)


def test_without_the_training_examples_nothing_is_claimed(judged):
    _, _, predictor = judged["shell"]
    evaluation = evaluate_unseen(predictor, None, examples(60, by="shell", seed=4), views=VIEWS)
    assert {m.subject for m in evaluation.metrics} == {"network"}
    assert evaluation.difference is evaluation.best_baseline is None
    assert "nothing is claimed" in evaluation.verdict
