"""Leakage, permutation and paired differences: found where they are, and not where they are not."""

from dataclasses import replace

import numpy as np
import pytest
from learning_factory import examples

from screening.learning.leakage import find_overlaps, measure_leakage
from screening.learning.nearest import nearest_similarity
from screening.learning.paired import difference_of_means, paired_differences
from screening.learning.permutation import permute_baselines, permute_network, summarise
from screening.learning.split import Split, make_split
from screening.learning.split_kind import SplitPlan


def split_of(n: int, plan: SplitPlan | None = None) -> Split:
    rows = np.arange(n)
    return Split(
        rows[: n // 2], rows[n // 2 : n * 3 // 4], rows[n * 3 // 4 :], 0, plan or SplitPlan()
    )


def overlaps(some, split):
    return {one.tie: (one.n_shared, one.n_test) for one in find_overlaps(some, split)}


def test_what_stands_on_both_sides_is_counted():
    some = examples(40)
    assert set(overlaps(some, split_of(40)).values()) == {(0, 0)}
    traits = list(some.traits)
    traits[35] = replace(traits[35], skeleton=traits[0].skeleton)
    traits[36] = replace(traits[36], skeleton=traits[0].skeleton, doi="10.1/A")
    traits[25] = replace(traits[25], doi="10.1/a")
    tied = replace(some, traits=tuple(traits))
    found = overlaps(tied, split_of(40))
    assert found["isostructural skeleton"] == (1, 2)
    assert found["paper"] == (1, 1)
    assert found["compound"] == (0, 0)


def test_an_equal_grid_is_found_whatever_its_name():
    some = examples(20, twins=2)
    found = overlaps(some, split_of(40))
    assert found["equal grid"] == (10, 10)


def test_a_split_that_breaks_its_own_ties_leaks_and_a_lenient_one_flatters():
    some = examples(40, group_size=40)
    scores = np.linspace(0, 1, 10)
    assert measure_leakage(some, split_of(40), scores, None).verdict.startswith("LEAKS")
    random = split_of(40, SplitPlan("random"))
    assert "flatter" in measure_leakage(some, random, scores, None).verdict
    headline = make_split(examples(60, by="chance"))
    report = measure_leakage(examples(60, by="chance"), headline, headline.test / 60, None)
    assert report.verdict == "Nothing that is tied stands on both sides."


def test_an_error_that_grows_with_the_distance_is_told():
    some = examples(400, by="chance")
    split = split_of(400)
    distances = np.linspace(0, 2, 100)
    targets = some.targets[split.test].astype(float)
    wrong_when_far = np.where(distances > 1.2, 1 - targets, targets)
    nearness = measure_leakage(some, split, wrong_when_far, distances).nearness[1]
    assert nearness.verdict.startswith("The figures fall with distance: 80.0% wrong in the farther")
    assert [quarter.n for quarter in nearness.quarters] == [25, 25, 25, 25]
    assert nearness.quarters[0].low > nearness.quarters[-1].high, "the farthest stand first"
    assert nearness.quarters[0].error.value == 1
    even = measure_leakage(some, split, targets, distances).nearness[1]
    assert even.verdict.startswith("The figures are not shown to fall")
    nearer = measure_leakage(some, split, wrong_when_far, 2 - distances).nearness[1]
    assert nearer.verdict.startswith("The figures rise with distance")


def test_few_groups_prove_nothing():
    some = examples(40, by="chance", group_size=8)
    report = measure_leakage(some, split_of(40), np.linspace(0, 1, 10), np.linspace(0, 2, 10))
    assert "cannot be told" in report.nearness[1].verdict


def test_a_twin_is_the_nearest():
    some = examples(10)
    assert nearest_similarity(some.traits[:3], some.traits) == pytest.approx([1, 1, 1])


def test_paired_differences_are_those_of_the_figures():
    rng = np.random.default_rng(0)
    targets = rng.random(200) < 0.4
    good, bad = targets + rng.normal(0, 0.3, 200), rng.random(200)
    found = paired_differences(targets, good, bad, np.arange(200))
    assert found["auroc"].low > 0.3
    again = paired_differences(targets, bad, good, np.arange(200))
    assert again["auroc"].value == pytest.approx(-found["auroc"].value)
    same = paired_differences(targets, good, good, np.arange(200))
    assert (same["auroc"].value, same["auroc"].low, same["auroc"].high) == (0, 0, 0)


def test_a_difference_of_means_is_drawn_over_groups():
    values = np.array([1.0, 1, 1, 0, 0, 0])
    first = values > 0
    found = difference_of_means("x", values, first, np.arange(6))
    assert (found.value, found.low, found.high) == (1, 1, 1)
    assert difference_of_means("x", values, first, np.zeros(6, dtype=int)).low is None


def test_baselines_find_nothing_in_shuffled_labels():
    some = examples(80)
    found = permute_baselines(some, make_split(some), times=3)
    assert [one.subject for one in found] == [
        "metal-majority",
        "metal-counts",
        "nearest-skeleton",
        "random-forest",
    ]
    assert all(abs(one.mean - 0.5) < 4 * one.standard_error + 0.05 for one in found)


def test_a_network_sees_no_true_label_but_those_of_the_test_part():
    some = examples(80, by="chance")
    split = make_split(some)
    seen = []

    def learn(shuffled, seed):
        seen.append(shuffled.targets)
        return shuffled.targets[split.test].astype(float)  # knows the test labels

    found = permute_network(some, split, learn, times=5)
    assert found.mean == 1
    assert found.verdict == "finds something where nothing is"
    known = np.concatenate([split.train, split.validation])
    assert not all((one[known] == some.targets[known]).all() for one in seen)
    assert all(one[split.train].sum() == some.targets[split.train].sum() for one in seen)


@pytest.mark.parametrize(
    ("aurocs", "verdict"),
    [
        ([0.49, 0.5, 0.51, 0.5], "passes"),
        ([0.2, 0.8, 0.5, 0.5], "cannot be told: repeat it more often"),
        ([0.3, 0.4, 0.4, 0.5], "cannot be told: repeat it more often"),
        ([0.7, 0.69, 0.71, 0.7], "finds something where nothing is"),
        ([0.3, 0.31, 0.29, 0.3], "finds something where nothing is"),
        ([0.5], "cannot be told by one repetition"),
    ],
)
def test_a_mean_passes_only_as_far_as_its_error_lets_that_be_said(aurocs, verdict):
    assert summarise("x", np.array(aurocs)).verdict == verdict
