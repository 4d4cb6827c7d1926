"""Calibration and domain: what their fits promise, on data whose answer is known."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from screening.errors import InputError
from screening.learning.calibration import fit_calibration, mean_probability
from screening.learning.domain import INSIDE, fit_domain
from screening.learning.metrics import estimates
from screening.learning.reliability import reliability
from screening.learning.reliability_plot import reliability_svg


def drawn(n, slope, intercept, seed=0, looks=1):
    """Logits that are too sure: the true log odds are slope * logit + intercept."""
    rng = np.random.default_rng(seed)
    logits = np.repeat(rng.normal(0, 4, (n, 1)), looks, axis=1)
    targets = rng.random(n) < expit(slope * logits[:, 0] + intercept)
    return logits.reshape(n, 1, looks), targets


def ece(targets, scores):
    found = {e.name: e.value for e in estimates(targets, scores, np.arange(len(targets)))}
    return found["ece"]


@settings(deadline=None, max_examples=15)
@given(slope=st.floats(0.2, 3), intercept=st.floats(-1, 1), looks=st.integers(1, 3))
def test_the_true_slope_and_intercept_are_found(slope, intercept, looks):
    logits, targets = drawn(6000, slope, intercept, looks=looks)
    found = fit_calibration(logits, targets, float(targets.mean()))
    assert found.slope == pytest.approx(slope, rel=0.2)
    assert found.intercept == pytest.approx(intercept, abs=0.25)


def test_calibrated_scores_of_other_examples_are_shares():
    logits, targets = drawn(3000, 0.4, 0.5, seed=1)
    others, truth = drawn(3000, 0.4, 0.5, seed=2)
    found = fit_calibration(logits, targets, float(targets.mean()))
    assert ece(truth, expit(others[:, 0, 0])) > 0.1
    assert ece(truth, mean_probability(others, found)) < 0.03


def test_the_mean_over_the_looks_is_what_is_calibrated():
    rng = np.random.default_rng(3)
    middle = rng.normal(0, 3, 4000)
    targets = rng.random(4000) < expit(middle)
    looks = (middle[:, None] + rng.normal(0, 2, (4000, 8))).reshape(4000, 2, 4)
    found = fit_calibration(looks, targets, float(targets.mean()))
    assert ece(targets, mean_probability(looks, found)) < 0.03


def test_the_base_rate_that_is_asked_for_is_the_mean_score():
    logits, targets = drawn(20000, 1, -1.5)
    weights = np.where(targets, 0.5 / targets.mean(), 0.5 / (1 - targets.mean()))
    scores = mean_probability(logits, fit_calibration(logits, targets, 0.5))
    assert np.average(scores, weights=weights) == pytest.approx(0.5, abs=0.01)


def test_classes_told_apart_without_an_error_do_not_make_it_sure():
    logits = np.concatenate([np.full(20, -1.0), np.full(20, 1.0)]).reshape(40, 1, 1)
    targets = logits[:, 0, 0] > 0
    scores = mean_probability(logits, fit_calibration(logits, targets, 0.5))
    assert scores.max() == pytest.approx(21 / 22, abs=0.01)


def test_one_class_calibrates_nothing():
    with pytest.raises(InputError, match="both classes"):
        fit_calibration(np.zeros((3, 1, 1)), np.ones(3, dtype=bool), 0.5)


def test_the_domain_ends_where_one_in_a_hundred_validation_examples_lies_beyond():
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(8, 8))
    train, validation, far = (
        rng.normal(size=(n, 8)) @ mixed + shift for n, shift in ((2000, 0), (1000, 0), (50, 30))
    )
    domain = fit_domain(train, validation)
    assert domain is not None
    inside = domain.distances(torch.tensor(validation).float()) <= 1
    assert inside.float().mean() == pytest.approx(INSIDE, abs=0.002)
    assert (domain.distances(torch.tensor(far).float()) > 1).all()


def test_more_numbers_than_examples_still_make_a_domain():
    rng = np.random.default_rng(0)
    domain = fit_domain(rng.normal(size=(20, 64)), rng.normal(size=(10, 64)))
    assert domain is not None
    assert torch.isfinite(domain.whitening).all()


def test_embeddings_that_never_differ_have_no_domain():
    assert fit_domain(np.zeros((10, 4)), np.zeros((5, 4))) is None


def test_reliability_tells_each_bin():
    scores = np.array([0.01, 0.02, 0.5, 0.99, 1.0])
    low, middle, high = reliability(np.array([0, 0, 1, 1, 1], dtype=bool), scores)
    assert (low.n, low.share, low.share_low) == (2, 0.0, 0.0)
    assert (middle.n, middle.share) == (1, 1.0)
    assert high.mean_score == pytest.approx(0.995)
    assert high.share_low < 1.0 == high.share


def test_the_plot_is_a_picture_with_a_point_for_each_bin():
    scores = np.linspace(0, 1, 100)
    bins = reliability(scores > 0.5, scores)
    svg = reliability_svg(bins, "spin:1 <of> 100 complexes", "ECE 0.1")
    assert svg.startswith("<svg")
    assert svg.count("<circle") == len(bins)
    assert "spin:1 &lt;of&gt; 100" in svg
