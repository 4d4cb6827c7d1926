"""Numbers: figures of predicted numbers, and networks and baselines that learn them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_factory import SPEC, examples
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from screening.errors import InputError
from screening.learning.baselines import fit_baselines
from screening.learning.dataset import Examples
from screening.learning.evaluate import evaluate
from screening.learning.fitting import fit_predictor
from screening.learning.metrics import Estimate
from screening.learning.numbers import (
    _figures,
    error_reduction,
    number_differences,
    number_estimates,
)
from screening.learning.split import make_split
from screening.learning.train import train
from screening.learning.training_config import TrainingConfig
from screening.learning.verdict import verdict_of
from screening.network.resnet3d import ResNet3dConfig
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.views import Views


def figures(targets, predicted, groups=None) -> dict[str, Estimate]:
    groups = np.arange(len(targets)) if groups is None else groups
    return {one.name: one for one in number_estimates(targets, predicted, groups)}


@given(seed=st.integers(0, 1000), n=st.integers(3, 60), decimals=st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_the_figures_are_those_of_scikit_learn_and_scipy(seed, n, decimals):
    rng = np.random.default_rng(seed)
    true = np.round(rng.normal(5, 2, n), decimals)  # rounded: numbers that are tied
    true[:2] = 1.0, 9.0
    said = np.round(true + rng.normal(0, 1, n), decimals)
    found = figures(true, said)
    assert found["mae"].value == pytest.approx(mean_absolute_error(true, said))
    assert found["rmse"].value == pytest.approx(root_mean_squared_error(true, said))
    assert found["r2"].value == pytest.approx(r2_score(true, said))
    if len(set(said)) > 1:
        assert found["spearman"].value == pytest.approx(spearmanr(true, said).statistic)


def test_a_resample_of_the_bootstrap_is_its_examples_repeated():
    rng = np.random.default_rng(1)
    true, said = rng.normal(size=(2, 30))
    weights = rng.integers(0, 4, (5, 30)).astype(float)
    for name, figure in _figures(true, said).items():
        for row, value in zip(weights, figure(weights), strict=True):
            again = np.repeat(np.arange(30), row.astype(int))
            one = figures(true[again], said[again])[name].value
            assert value == pytest.approx(one), name


@given(scale=st.floats(1e-9, 1e6), shift=st.floats(-100, 100))
@settings(max_examples=20, deadline=None)
def test_the_unit_changes_errors_and_not_the_rest(scale, shift):
    rng = np.random.default_rng(2)
    true = rng.normal(size=40)
    said = true + rng.normal(size=40)
    one, other = figures(true, said), figures(scale * (true + shift), scale * (said + shift))
    assert other["mae"].value == pytest.approx(scale * one["mae"].value, rel=1e-6)
    for name in ("r2", "spearman"):
        assert other[name].value == pytest.approx(one[name].value, abs=1e-6)


def test_what_does_not_vary_is_not_ranked():
    found = figures(np.full(20, 3.0), np.linspace(0, 1, 20))
    assert found["r2"].value is None
    assert found["spearman"].value is None
    assert found["mae"].value == pytest.approx(2.5)
    assert figures(np.linspace(0, 1, 20), np.full(20, 0.3))["spearman"].value is None


def test_the_interval_is_over_groups():
    true = np.repeat([0.0, 1.0, 2.0], 20)
    said = true + np.repeat([0.0, 0.5, 1.0], 20)
    alone = figures(true, said)["mae"]
    grouped = figures(true, said, np.repeat(np.arange(3), 20))["mae"]
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    assert figures(true, said, np.zeros(60, dtype=np.intp))["mae"].low is None


def test_a_smaller_error_is_a_gain():
    rng = np.random.default_rng(3)
    true = rng.normal(size=80)
    near, far = true + 0.1 * rng.normal(size=80), true + rng.normal(size=80)
    groups = np.arange(80)
    gain = error_reduction(true, near, far, groups)
    assert gain.low > 0
    difference = number_differences(true, near, far, groups)["mae"]
    assert difference.value == pytest.approx(-gain.value)
    told = verdict_of(gain, "median", 80, "test complexes", "kcal/mol")
    assert told.startswith("The network beats the best baseline, median (mean absolute error -0.")
    assert "kcal/mol, 95 % interval -" in told
    worse = verdict_of(error_reduction(true, far, near, groups), "median", 80, "test complexes")
    assert worse.startswith("The network is worse than the baseline median (mean absolute error +")
    few = verdict_of(gain, "median", 4, "test complexes")
    assert "the numbers stand in only 4 groups" in few


def with_numbers(n: int = 80, *, of_metal: float = 5.0) -> Examples:
    """A number that donor and metal make: 10 for oxygen, 20 for sulfur, *of_metal* more for Dy."""
    some = examples(n)
    numbers = [
        10.0 + 10.0 * (one.atomic_numbers[1] == 16) + of_metal * (one.metals == ("Dy",))
        for one in some.traits
    ]
    return replace(some, targets=np.array(numbers))


def test_a_split_of_numbers_shares_out_high_and_low():
    some = with_numbers()
    split = make_split(some)
    for part in ("train", "validation", "test"):
        rows = split.rows(part)
        assert 0.2 < some.classes[rows].mean() < 0.8


def test_numbers_that_cannot_be_split_are_refused_with_the_reason():
    some = with_numbers()
    with pytest.raises(InputError, match="nothing to learn: the number is 2 for each of 80"):
        make_split(replace(some, targets=np.full(80, 2.0)))
    with pytest.raises(InputError, match="the ones in the upper half of the numbers stand in 1 g"):
        make_split(replace(some, targets=np.where(np.arange(80) == 7, 3.0, 2.0)))


def test_baselines_of_numbers():
    some = with_numbers(200, of_metal=30.0)
    split = make_split(some)
    traits = [some.traits[row] for row in split.test]
    found = {one.name: one.scores(traits) for one in fit_baselines(some, split.train)}
    assert list(found) == ["median", "metal-median", "nearest-skeleton", "random-forest"]
    truth = some.numbers[split.test]
    assert np.allclose(found["median"], np.median(some.numbers[split.train]))
    assert np.abs(found["random-forest"] - truth).mean() < 1
    assert np.abs(found["metal-median"] - truth).mean() < np.abs(found["median"] - truth).mean()


@pytest.fixture(scope="module")
def learned():
    some = with_numbers()
    split = make_split(some)
    network = ResNet3dConfig(field=12, width=8, blocks=(1,))
    config = TrainingConfig(epochs=25, batch_size=16, learning_rate=3e-3, patience=25, turns="none")
    trained = train(some, split, config, network, UNIQUE_RGB)
    views = Views("grid", 1, SPEC, network.field)
    predictor = fit_predictor(trained.networks, UNIQUE_RGB, some, split, views=views)
    return some, split, predictor, views


def test_a_network_learns_numbers_in_their_unit(learned):
    some, split, predictor, views = learned
    assert predictor.calibration.link == "identity"
    assert predictor.calibration.intercept == pytest.approx(some.numbers[split.train].mean())
    evaluation = evaluate(predictor, some, split, views=views, unit="K")
    found = {(m.part, m.subject, m.name): m for m in evaluation.metrics}
    assert found["test", "network", "mae"].value < found["test", "median", "mae"].value / 2
    assert found["random test", "median", "mae"].value > 0
    assert evaluation.reliability == ()
    assert evaluation.best_baseline == "random-forest"
    assert "mean absolute error" in evaluation.verdict
    assert evaluation.scores.max() > 1
    errors = np.abs(evaluation.scores - some.numbers[split.test])
    assert found["test", "network", "mae"].value == pytest.approx(errors.mean(), rel=1e-5)
