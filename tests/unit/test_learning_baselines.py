"""Baselines: each learns what it looks at, and nothing where there is nothing to learn."""

import numpy as np
import pytest
from learning_factory import examples

from screening.elements import atomic_number
from screening.learning.baselines import (
    MetalCounts,
    MetalMajority,
    Rules,
    fit_baselines,
)
from screening.learning.forest import Forest, features
from screening.learning.metrics import estimates
from screening.learning.nearest import NearestSkeleton
from screening.learning.permutation import permutation_auroc
from screening.learning.split import grouped_split
from screening.learning.traits import Traits

NAMES = ["majority", "metal-majority", "metal-counts", "rules", "nearest-skeleton", "random-forest"]


def only_metals(*metals: str) -> Traits:
    """A complex of which only the metals are known."""
    return Traits(metals, np.zeros(0, int), np.zeros((0, 3)), np.zeros((0, 2), int), "c", "s")


def star(metal: str, donor: str, *, distance: float = 2.0, n: int = 6) -> Traits:
    """A metal with n like donors around it."""
    numbers = np.array([atomic_number(metal)] + [atomic_number(donor)] * n)
    axes = np.concatenate([np.eye(3), -np.eye(3)])[:n]
    positions = np.concatenate([np.zeros((1, 3)), distance * axes])
    bonds = np.array([(0, atom) for atom in range(1, n + 1)])
    return Traits((metal,), numbers, positions, bonds, "c", "s")


def figures(by: str, seed: int = 0) -> dict[str, dict[str, float]]:
    some = examples(150, by=by, seed=seed)
    split = grouped_split(some, seed=seed)
    traits = [some.traits[row] for row in split.test]
    groups = some.group_numbers(split.test)
    return {
        fitted.name: {
            one.name: one.value
            for one in estimates(some.targets[split.test], fitted.scores(traits), groups)
        }
        for fitted in fit_baselines(some, split.train)
    }


def test_each_baseline_finds_what_it_looks_at():
    by_metal, by_donor = figures("metal"), figures("donor")
    assert list(by_metal) == NAMES
    for name in ("metal-majority", "metal-counts"):
        assert by_metal[name]["auroc"] == 1.0
        assert by_donor[name]["auroc"] < 0.8
    for name in ("nearest-skeleton", "random-forest"):
        assert by_donor[name]["auroc"] == 1.0
    assert by_metal["random-forest"]["auroc"] == 1.0


def test_the_majority_is_right_as_often_as_the_majority_is_there():
    some = examples(150, by="metal", seed=1)
    split = grouped_split(some, seed=1)
    found = figures("metal", seed=1)["majority"]
    assert found["accuracy"] == pytest.approx(1 - some.targets[split.test].mean())
    assert found["auroc"] == 0.5
    assert found["balanced_accuracy"] == 0.5


def test_counts_and_not_only_kinds_of_metal_matter_to_metal_counts():
    traits = [only_metals("Dy")] * 10 + [only_metals("Dy", "Dy")] * 10
    targets = np.arange(20) >= 10
    one, two = MetalCounts(traits, targets).scores([only_metals("Dy"), only_metals("Dy", "Dy")])
    assert one < 0.5 < two
    assert set(MetalMajority(traits, targets).scores(traits)) == {0.5}


def test_a_metal_never_seen_is_scored_by_number_or_by_the_whole():
    traits = [only_metals("Dy"), only_metals("Zn"), only_metals("Zn")] * 5
    targets = np.array([True, False, False] * 5)
    strange = MetalCounts(traits, targets).scores([only_metals("Er"), only_metals("Yb")])
    assert strange[0] == strange[1]
    assert MetalMajority(traits, targets).scores([only_metals("Er")]) == pytest.approx(1 / 3)


def test_a_rare_class_weighs_as_much_as_a_common_one():
    traits = [only_metals("Dy")] * 10 + [only_metals("Zn")] * 90
    targets = np.array([True] * 6 + [False] * 4 + [False] * 90)
    assert MetalCounts(traits, targets).scores([only_metals("Dy")])[0] > 0.8


def test_rules_add_up_and_a_note_says_nothing():
    def flagged(*severities: str) -> Traits:
        return Traits(
            ("Dy",),
            np.zeros(0),
            np.zeros((0, 3)),
            np.zeros((0, 2)),
            "c",
            "s",
            severities=severities,
        )

    none, note, soft, both, high, good = Rules().scores(
        [
            flagged(),
            flagged("note"),
            flagged("soft"),
            flagged("soft", "favourable"),
            flagged("high", "medium"),
            flagged("favourable"),
        ]
    )
    assert none == note == both == 0.5
    assert high == pytest.approx(1 / (1 + np.exp(5)))
    assert high < soft < 0.5 < good


def test_the_nearest_skeleton_knows_no_kind_of_lanthanide_or_halogen():
    known = [star("Dy", "Cl"), star("Zn", "O"), star("Zn", "O")]
    fitted = NearestSkeleton(known, np.array([True, False, True]))
    scores = fitted.scores([star("Er", "Br"), star("Y", "F"), star("Zn", "O"), star("Cd", "O")])
    assert scores.tolist() == [1.0, 1.0, 0.5, 0.5]


def test_the_forest_reads_distances_and_minds_no_order_of_atoms():
    near, far = star("Fe", "N", distance=1.95), star("Fe", "N", distance=2.2)
    traits = [near, far] * 10
    fitted = Forest(traits, np.array([False, True] * 10))
    assert fitted.scores([near, far]).round().tolist() == [0, 1]
    turned = np.arange(7)[::-1]
    back = Traits(
        far.metals, far.atomic_numbers[turned], far.positions[turned], 6 - far.bonds, "c", "s"
    )
    assert features(back) == pytest.approx(features(far))
    assert features(far)["N donor mean A"] == pytest.approx(2.2)
    assert features(far)["donor number"] == 6
    assert "donor mean A" not in features(only_metals("Fe"))


def test_the_forest_is_the_same_each_time():
    some = examples(40, by="chance")
    first, again = (Forest(some.traits, some.targets).scores(some.traits) for _ in range(2))
    assert np.array_equal(first, again)


def test_no_complexes_get_no_scores():
    some = examples(20, by="donor")
    for fitted in fit_baselines(some, np.arange(20)):
        assert fitted.scores([]).shape == (0,)


def test_shuffled_labels_leave_nothing_to_learn():
    some = examples(200, by="metal")
    split = grouped_split(some)
    train = [some.traits[row] for row in split.train]
    test = [some.traits[row] for row in split.test]

    def learn(labels):
        return MetalMajority(train, labels).scores(test)

    # Four metals come in few orders, so that one AUROC spreads by 0.3 and many are needed.
    found = permutation_auroc(some.targets, split.train, split.test, learn, times=500)
    assert len(found) == 500
    assert found.mean() == pytest.approx(0.5, abs=0.05)
    assert len(set(found)) > 1


def test_a_learner_that_peeks_is_found_out():
    some = examples(60, by="metal")
    split = grouped_split(some)
    found = permutation_auroc(
        some.targets,
        split.train,
        split.test,
        lambda _: some.targets[split.test].astype(float),
        times=3,
    )
    assert found.tolist() == [1, 1, 1]
