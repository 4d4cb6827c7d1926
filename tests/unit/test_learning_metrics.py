"""Metrics: agreement with scikit-learn, intervals by groups, and figures that do not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit.ML.Scoring import Scoring
from sklearn import metrics as reference

from screening.learning.metrics import (
    METRIC_NAMES,
    all_metrics,
    auroc_difference,
    estimates,
)

ENRICHMENT = {"ef_1", "ef_2", "ef_5", "ef_10"}


def by_name(targets, scores, groups=None, **options):
    groups = np.arange(len(targets)) if groups is None else groups
    return {one.name: one for one in estimates(targets, scores, groups, **options)}


def expected(targets, scores, weights=None) -> dict[str, float]:
    called = scores >= 0.5
    return {
        "accuracy": reference.accuracy_score(targets, called, sample_weight=weights),
        "balanced_accuracy": reference.balanced_accuracy_score(
            targets, called, sample_weight=weights
        ),
        "auroc": reference.roc_auc_score(targets, scores, sample_weight=weights),
        "auprc": reference.average_precision_score(targets, scores, sample_weight=weights),
        "f1": reference.f1_score(targets, called, sample_weight=weights),
        "brier": reference.brier_score_loss(targets, scores, sample_weight=weights),
    }


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(4, 60), levels=st.sampled_from([3, 10, 1000]))
def test_figures_agree_with_scikit_learn_with_ties_and_with_weights(seed, n, levels):
    rng = np.random.default_rng(seed)
    targets = rng.random(n) < 0.5
    targets[:2] = [True, False]
    scores = rng.integers(levels + 1, size=n) / levels
    scores[0] = 1.0  # scikit-learn warns about F1 when nothing is called positive
    weights = rng.integers(0, 4, n)
    weights[:2] = 1
    once = all_metrics(targets, scores, np.ones((1, n)), 0.5)
    weighted = all_metrics(targets, scores, weights[None].astype(float), 0.5)
    for name, value in expected(targets, scores).items():
        assert once[name][0] == pytest.approx(value)
    for name, value in expected(targets, scores, weights).items():
        assert weighted[name][0] == pytest.approx(value)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(12, 150))
def test_early_recognition_agrees_with_rdkit(seed, n):
    rng = np.random.default_rng(seed)
    targets = rng.random(n) < 0.3
    targets[:2] = [True, False]
    scores = rng.permutation(n) / n  # RDKit knows no ties
    weights = rng.integers(0, 3, n)
    weights[:2] = 1
    for times in (np.ones(n, dtype=int), weights):
        drawn = np.repeat(targets, times)[np.argsort(-np.repeat(scores, times), kind="stable")]
        column = drawn[:, None]
        found = all_metrics(targets, scores, times[None].astype(float), 0.5)
        if times is not weights:
            for percent in (1, 2, 5, 10):
                by_rdkit = Scoring.CalcEnrichment(column, 0, [percent / 100])[0]
                assert found[f"ef_{percent}"][0] == pytest.approx(by_rdkit)
            assert found["precision_at_10"][0] == pytest.approx(drawn[:10].mean())
        assert found["bedroc_20"][0] == pytest.approx(Scoring.CalcBEDROC(column, 0, 20.0))
        assert found["base_rate"][0] == pytest.approx(drawn.mean())


def test_tied_scores_are_averaged_over_their_orders():
    targets = np.array([True, True, False, False, False, True] + [False] * 14)
    scores = np.array([0.9, 0.9, 0.9, 0.9, 0.5, 0.5] + [0.1] * 14)
    found = all_metrics(targets, scores, np.ones((1, 20)), 0.5)
    orders = np.random.default_rng(0).random((1500, 20))
    shuffled = [
        all_metrics(targets, scores + order * 1e-6, np.ones((1, 20)), 0.5) for order in orders
    ]
    for name in ("ef_5", "ef_10", "bedroc_20", "precision_at_10"):
        mean = np.mean([one[name][0] for one in shuffled])
        assert found[name][0] == pytest.approx(mean, rel=0.06)


def test_scores_that_are_all_the_same_enrich_nothing():
    targets = np.arange(60) < 12
    found = by_name(targets, np.full(60, 0.2))
    assert found["auroc"].value == 0.5
    assert found["auprc"].value == pytest.approx(found["base_rate"].value)
    assert [found[name].value for name in ("ef_1", "ef_5", "ef_10")] == pytest.approx([1, 1, 1])
    assert found["precision_at_50"].value == pytest.approx(0.2)
    assert found["ece"].value == pytest.approx(0)


def test_calibration_error_is_the_distance_between_score_and_share():
    targets = np.arange(100) % 10 < 3
    assert by_name(targets, np.full(100, 0.8))["ece"].value == pytest.approx(0.5)
    assert by_name(targets, targets.astype(float))["ece"].value == 0


def test_perfect_scores_reach_the_bounds():
    targets = np.arange(100) < 20
    found = by_name(targets, targets + np.linspace(0, 0.5, 100))
    assert found["bedroc_20"].value == pytest.approx(1)
    assert found["ef_10"].value == pytest.approx(5)
    assert found["precision_at_10"].value == 1


def test_every_metric_has_n_and_an_interval_around_it():
    rng = np.random.default_rng(0)
    targets = rng.random(200) < 0.4
    scores = np.clip(0.3 * targets + rng.random(200) * 0.7, 0, 1)
    measured = by_name(targets, scores)
    assert tuple(measured) == METRIC_NAMES
    for one in measured.values():
        assert one.n == 200
        assert one.low <= one.value <= one.high


def test_the_interval_of_accuracy_is_the_binomial_one_for_independent_examples():
    rng = np.random.default_rng(1)
    targets = rng.random(400) < 0.5
    scores = np.where(rng.random(400) < 0.7, targets, ~targets).astype(float)
    one = by_name(targets, scores)["accuracy"]
    assert one.high - one.low == pytest.approx(2 * 1.96 * np.sqrt(0.7 * 0.3 / 400), rel=0.15)


def test_groups_of_alike_examples_widen_the_interval():
    rng = np.random.default_rng(2)
    targets = np.repeat(rng.random(40) < 0.5, 10)
    scores = np.repeat(rng.random(40), 10)
    alone = by_name(targets, scores)["accuracy"]
    grouped = by_name(targets, scores, np.repeat(np.arange(40), 10))["accuracy"]
    assert grouped.value == alone.value
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_the_same_seed_gives_the_same_interval():
    targets = np.array([True, False] * 10)
    scores = np.linspace(0, 1, 20)
    assert by_name(targets, scores, seed=3) == by_name(targets, scores, seed=3)
    assert by_name(targets, scores, seed=3) != by_name(targets, scores, seed=4)


@pytest.mark.parametrize(
    ("positive", "undefined"),
    [
        (False, {"balanced_accuracy", "auroc", "auprc", "f1", "bedroc_20", *ENRICHMENT}),
        (True, {"balanced_accuracy", "auroc", "bedroc_20"}),
    ],
)
def test_what_one_class_does_not_define_is_none(positive, undefined):
    measured = by_name(np.full(10, positive), np.full(10, 0.2))
    undefined = undefined | {"precision_at_50"}
    assert {name for name, one in measured.items() if one.value is None} == undefined
    for name in undefined:
        assert measured[name].low is None
        assert measured[name].high is None


def test_one_group_gives_a_figure_without_an_interval():
    measured = by_name(np.array([True, False]), np.array([0.9, 0.1]), np.zeros(2, dtype=int))
    assert measured["auroc"].value == 1.0
    assert measured["auroc"].low is None


def test_no_examples_give_no_figures():
    measured = by_name(np.zeros(0, dtype=bool), np.zeros(0))
    assert all(one.value is None and one.n == 0 for one in measured.values())


def test_large_sets_are_resampled_in_pieces_with_the_same_result(monkeypatch):
    rng = np.random.default_rng(5)
    targets, scores = rng.random(50) < 0.5, rng.random(50)
    whole = by_name(targets, scores)
    monkeypatch.setattr("screening.learning.metrics._CHUNK", 500)
    pieces = by_name(targets, scores)
    for name, one in whole.items():
        assert (pieces[name].low, pieces[name].high) == pytest.approx((one.low, one.high))


def test_a_paired_difference_is_narrower_than_the_two_intervals():
    rng = np.random.default_rng(4)
    targets = rng.random(150) < 0.5
    scores = targets + rng.normal(0, 1.0, 150)
    near = scores + rng.normal(0, 0.1, 150)
    groups = np.arange(150)
    same = auroc_difference(targets, scores, scores, groups)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    apart = auroc_difference(targets, scores, near, groups)
    alone = by_name(targets, scores)["auroc"]
    assert apart.high - apart.low < 0.5 * (alone.high - alone.low)
    swapped = auroc_difference(targets, near, scores, groups)
    assert swapped.value == pytest.approx(-apart.value)
