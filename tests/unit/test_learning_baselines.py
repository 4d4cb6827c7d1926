"""Baselines: they learn metals, and nothing where there is nothing to learn."""

import numpy as np
import pytest
from learning_factory import examples

from screening.learning.baselines import MetalCounts, fit_baselines
from screening.learning.metrics import estimates
from screening.learning.split import grouped_split


def figure(name: str, baseline: int, *, by: str, seed: int) -> float:
    some = examples(150, by=by, seed=seed)
    split = grouped_split(some, seed=seed)
    fitted = fit_baselines(some, split.train)[baseline]
    scores = fitted.scores([some.metals[row] for row in split.test])
    measured = estimates(some.targets[split.test], scores, some.group_numbers(split.test))
    return next(one.value for one in measured if one.name == name)


def test_metal_counts_find_a_class_that_is_the_metal():
    assert figure("auroc", 1, by="metal", seed=0) == 1.0


def test_labels_by_chance_leave_metal_counts_at_one_half():
    found = [figure("auroc", 1, by="chance", seed=seed) for seed in range(12)]
    # 12 test parts of about 21: the mean has a standard error of about 0.04.
    assert np.mean(found) == pytest.approx(0.5, abs=0.12)


def test_the_majority_is_right_as_often_as_the_majority_is_there():
    some = examples(150, by="metal", seed=1)
    split = grouped_split(some, seed=1)
    assert figure("accuracy", 0, by="metal", seed=1) == pytest.approx(
        1 - some.targets[split.test].mean()
    )
    assert figure("auroc", 0, by="metal", seed=1) == 0.5
    assert figure("balanced_accuracy", 0, by="metal", seed=1) == 0.5


def test_counts_and_not_only_kinds_of_metal_matter():
    metals = [("Dy",)] * 10 + [("Dy", "Dy")] * 10
    fitted = MetalCounts(metals, np.arange(20) >= 10)
    one, two = fitted.scores([("Dy",), ("Dy", "Dy")])
    assert one < 0.5 < two


def test_a_metal_never_seen_is_scored_by_its_number_alone():
    fitted = MetalCounts([("Dy",), ("Zn",)] * 5, np.array([True, False] * 5))
    strange = fitted.scores([("Er",), ("Yb",)])
    assert strange[0] == strange[1]
    assert fitted.scores([]).shape == (0,)


def test_a_rare_class_weighs_as_much_as_a_common_one():
    metals = [("Dy",)] * 10 + [("Zn",)] * 90
    targets = np.array([True] * 6 + [False] * 4 + [False] * 90)
    assert MetalCounts(metals, targets).scores([("Dy",)])[0] > 0.8
