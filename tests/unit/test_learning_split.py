"""Split: groups stay whole, every part has both classes, and examples are checked."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from learning_factory import examples

from screening.errors import InputError, IntegrityError
from screening.learning.dataset import Examples
from screening.learning.split import PARTS, Split, grouped_split


def labelled(targets: np.ndarray, groups: list[str]) -> Examples:
    n = len(targets)
    return Examples(np.arange(n), (b"",) * n, targets, tuple(groups), (("Dy",),) * n, edge=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 1000),
    n=st.integers(12, 200),
    n_groups=st.integers(8, 60),
    share=st.floats(0.1, 0.9),
)
def test_groups_never_part_and_every_part_has_both_classes(seed, n, n_groups, share):
    rng = np.random.default_rng(seed)
    targets = rng.random(n) < share
    groups = [f"g{number}" for number in rng.integers(n_groups, size=n)]
    try:
        split = grouped_split(labelled(targets, groups), seed=seed)
    except InputError:
        assume(False)
    parts = [split.rows(part) for part in PARTS]
    assert sorted(np.concatenate(parts)) == list(range(n))
    held = [{groups[row] for row in rows} for rows in parts]
    assert not held[0] & held[1]
    assert not held[0] & held[2]
    assert not held[1] & held[2]
    for rows in parts:
        assert len(set(targets[rows])) == 2


def test_shares_are_near_what_is_promised():
    rng = np.random.default_rng(0)
    targets = rng.random(700) < 0.3
    split = grouped_split(labelled(targets, [f"g{i // 2}" for i in range(700)]))
    assert len(split.test) == pytest.approx(100, abs=8)
    assert len(split.validation) == pytest.approx(86, abs=8)
    for part in PARTS:
        assert targets[split.rows(part)].mean() == pytest.approx(0.3, abs=0.05)


def test_a_small_set_with_few_positives_can_be_split():
    targets = np.array([True] * 3 + [False] * 9)
    split = grouped_split(labelled(targets, [f"g{i}" for i in range(12)]))
    assert [targets[split.rows(part)].sum() for part in PARTS] == [1, 1, 1]


def test_same_seed_same_split_and_another_seed_another():
    some = examples(60)
    first, again, other = (grouped_split(some, seed=seed) for seed in (1, 1, 2))
    for part in PARTS:
        assert np.array_equal(first.rows(part), again.rows(part))
    assert not np.array_equal(first.test, other.test)
    assert first.to_json()["n"] == {part: len(first.rows(part)) for part in PARTS}
    assert first.part_of_rows()[int(first.test[0])] == "test"


@pytest.mark.parametrize(
    ("positives", "word"), [(0, "positive"), (2, "positive"), (20, "negative"), (18, "negative")]
)
def test_a_class_in_too_few_groups_is_refused_with_its_name(positives, word):
    targets = np.arange(20) < positives
    with pytest.raises(InputError, match=f"too few {word} examples"):
        grouped_split(labelled(targets, [f"g{i}" for i in range(20)]))


def test_many_examples_of_few_groups_are_refused():
    targets = np.array([True, False] * 20)
    with pytest.raises(InputError, match="stand in 2 groups"):
        grouped_split(labelled(targets, [f"g{i // 20}" for i in range(40)]))


def test_a_row_in_two_parts_is_refused():
    with pytest.raises(InputError, match="two parts"):
        Split(np.array([0, 1]), np.array([1]), np.array([2]), seed=0)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"groups": ("a",)}, "one entry"),
        ({"blobs": ()}, "one entry"),
        ({"targets": np.zeros(4, dtype=int)}, "bool"),
        ({"complex_ids": np.array([1, 2, 2, 3])}, "twice"),
    ],
)
def test_examples_that_do_not_fit_together_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        dataclasses.replace(examples(4), **change)


def test_grids_of_another_edge_are_refused():
    with pytest.raises(IntegrityError, match="12 voxels a side, not 16"):
        dataclasses.replace(examples(4), edge=16).grids(np.arange(4))


def test_digest_changes_with_what_is_learned_from_only():
    some = examples(6)
    order = np.array([3, 1, 5, 0, 2, 4])
    shuffled = Examples(
        some.complex_ids[order],
        tuple(some.blobs[i] for i in order),
        some.targets[order],
        tuple(some.groups[i] for i in order),
        tuple(some.metals[i] for i in order),
        some.edge,
    )
    assert shuffled.digest == some.digest
    assert dataclasses.replace(some, targets=~some.targets).digest != some.digest
    assert dataclasses.replace(some, blobs=some.blobs[::-1]).digest != some.digest
