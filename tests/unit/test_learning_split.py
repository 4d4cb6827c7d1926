"""Split: groups stay whole, every part has both classes, and examples are checked."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from learning_factory import SPEC, examples

from screening.errors import InputError, IntegrityError
from screening.learning.dataset import Examples
from screening.learning.split import PARTS, Split, grouped_split, make_split
from screening.learning.split_kind import SPLIT_KINDS, SplitPlan
from screening.learning.traits import Traits
from screening.voxel.spec import VoxelSpec


def labelled(targets: np.ndarray, groups: list[str]) -> Examples:
    n = len(targets)
    traits = tuple(known(skeleton=group) for group in groups)
    return Examples(np.arange(n), (b"",) * n, targets, tuple(groups), traits, SPEC)


def known(**told) -> Traits:
    told = {"metals": ("Dy",), "compound": "c", "skeleton": "s"} | told
    return Traits(
        atomic_numbers=np.zeros(0, int),
        positions=np.zeros((0, 3)),
        bonds=np.zeros((0, 2), int),
        **told,
    )


def library(seed: int, n: int, n_skeletons: int, share: float = 0.5) -> Examples:
    """Compounds of some skeletons, several determinations of each, with papers and years."""
    rng = np.random.default_rng(seed)
    traits = []
    for row in range(n):
        skeleton = int(rng.integers(n_skeletons))
        traits.append(
            known(
                skeleton=f"s{skeleton}",
                compound=f"c{skeleton}-{rng.integers(3)}",
                crystal=f"x{row}",
                family=None if rng.random() < 0.5 else f"F{skeleton}",
                doi=None if rng.random() < 0.5 else f"10.1/{rng.integers(n)}",
                year=None if rng.random() < 0.1 else int(rng.integers(2000, 2025)),
                metals=(str(rng.choice(["Dy", "Tb", "Co"])),),
                ligand_classes=tuple(sorted({"schiff-base", str(rng.choice(["aqua", "oxo"]))})),
            )
        )
    targets = rng.random(n) < share
    groups = SPLIT_KINDS["skeleton"].groups(traits)
    return Examples(np.arange(n), (b"",) * n, targets, groups, tuple(traits), SPEC)


def values(examples: Examples, rows: np.ndarray, field: str) -> set[object]:
    return {getattr(examples.traits[row], field) for row in rows} - {None}


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
    with pytest.raises(InputError, match=f"too few examples to train on: the {word} ones stand"):
        grouped_split(labelled(targets, [f"g{i}" for i in range(20)]))


def test_many_examples_of_few_groups_are_refused():
    targets = np.array([True, False] * 20)
    with pytest.raises(InputError, match="stand in 2 groups"):
        grouped_split(labelled(targets, [f"g{i // 20}" for i in range(40)]))


UNITED = {
    "random": (),
    "compound": ("compound", "crystal", "family"),
    "doi": ("compound", "crystal", "family", "doi"),
    "skeleton": ("compound", "crystal", "family", "doi", "skeleton"),
    "metal": ("compound", "crystal", "family", "doi", "skeleton", "metals"),
    "ligand-class": ("compound", "crystal", "family", "doi", "skeleton"),
    "year": ("compound", "crystal", "family", "doi", "skeleton"),
}
HELD_OUT = {"metal": ("Dy",), "ligand-class": ("oxo",), "year": ("2015",)}


@pytest.mark.parametrize("kind", SPLIT_KINDS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(seed=st.integers(0, 1000), n=st.integers(40, 150))
def test_nothing_that_a_split_ties_stands_in_two_parts(kind, seed, n):
    some = library(seed, n, n_skeletons=n)
    try:
        split = make_split(some, SplitPlan(kind, HELD_OUT.get(kind, ())), seed=seed)
    except InputError:
        assume(False)
    parts = [split.rows(part) for part in PARTS]
    in_parts = sum(map(len, parts))
    assert in_parts + split.n_left_out == n
    assert kind in HELD_OUT or not split.n_left_out
    for field in UNITED[kind]:
        train, validation, test = (values(some, rows, field) for rows in parts)
        assert not test & (train | validation)
        assert field == "metals" or not train & validation
    for rows in parts:
        assert len(set(some.targets[rows])) == 2


def test_a_held_out_metal_is_the_whole_test_part():
    some = library(3, 120, n_skeletons=120)
    split = make_split(some, SplitPlan("metal", ("Dy",)))
    dy = {row for row, one in enumerate(some.traits) if "Dy" in one.metals}
    assert set(split.test) == dy
    assert split.to_json()["held_out"] == ["Dy"]
    assert split.to_json()["n_left_out"] == split.n_left_out


def test_a_held_out_class_is_the_whole_test_part():
    some = library(4, 120, n_skeletons=120)
    split = make_split(some, SplitPlan("ligand-class", ("oxo",)))
    assert set(split.test) == {
        r for r, one in enumerate(some.traits) if "oxo" in one.ligand_classes
    }


def test_what_is_known_earlier_or_has_no_year_tests_no_future():
    some = library(5, 150, n_skeletons=150)
    split = make_split(some, SplitPlan("year", ("2012",)))
    assert values(some, split.test, "year") <= set(range(2013, 2025))
    assert values(some, np.concatenate([split.train, split.validation]), "year") <= set(
        range(2000, 2013)
    )
    early = [row for row, one in enumerate(some.traits) if one.year and one.year <= 2012]
    assert set(early) == set(split.train) | set(split.validation)


def test_the_strictest_split_by_chance_is_the_default():
    some = library(6, 100, n_skeletons=60)
    split, named = make_split(some), make_split(some, SplitPlan("skeleton"))
    assert np.array_equal(split.test, named.test)
    assert split.to_json()["kind"] == "skeleton"
    assert "isostructural skeleton" in split.to_json()["group"]


@pytest.mark.parametrize(
    ("kind", "held_out", "text"),
    [
        ("nonsense", (), "no split is called 'nonsense'; there are: random, compound"),
        ("skeleton", ("Dy",), "holds out nothing"),
        ("year", (), "needs one year"),
        ("year", ("Dy",), "needs one year"),
        ("year", ("2001", "2002"), "needs one year"),
    ],
)
def test_a_plan_without_sense_is_refused(kind, held_out, text):
    with pytest.raises(InputError, match=text):
        SplitPlan(kind, held_out)


@pytest.mark.parametrize(
    ("kind", "held_out", "text"),
    [
        (
            "metal",
            (),
            r"needs a metal to hold out \(--hold-out\); labelled complexes have: \w\w \(",
        ),
        ("metal", ("U",), r"no labelled complex has the metal U; labelled complexes have: \w\w"),
        ("ligand-class", ("salen",), "no labelled complex has the ligand class salen; .*aqua"),
        ("metal", ("Dy", "Tb", "Co"), "of the 0 complexes left to train on"),
        ("ligand-class", ("schiff-base",), "of the 0 complexes left to train on"),
        ("year", ("1990",), "of the 0 complexes left to train on"),
        ("year", ("2040",), "of the 0 complexes held out"),
    ],
)
def test_a_split_that_cannot_be_made_says_why(kind, held_out, text):
    with pytest.raises(InputError, match=text):
        make_split(library(7, 60, n_skeletons=60), SplitPlan(kind, held_out))


def test_one_skeleton_for_all_is_refused():
    with pytest.raises(InputError, match="stand in 1 group that may not part"):
        make_split(library(8, 60, n_skeletons=1))


def test_a_row_in_two_parts_is_refused():
    with pytest.raises(InputError, match="two parts"):
        Split(np.array([0, 1]), np.array([1]), np.array([2]), seed=0)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"groups": ("a",)}, "one entry"),
        ({"blobs": ()}, "one entry"),
        ({"traits": ()}, "one entry"),
        ({"targets": np.zeros(4, dtype=int)}, "bool"),
        ({"complex_ids": np.array([1, 2, 2, 3])}, "twice"),
    ],
)
def test_examples_that_do_not_fit_together_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        dataclasses.replace(examples(4), **change)


def test_grids_of_another_edge_are_refused():
    with pytest.raises(IntegrityError, match="12 voxels a side, not 16"):
        dataclasses.replace(examples(4), spec=VoxelSpec(edge=16)).grids(np.arange(4))


def test_digest_changes_with_what_is_learned_from_only():
    some = examples(6)
    order = np.array([3, 1, 5, 0, 2, 4])
    shuffled = Examples(
        some.complex_ids[order],
        tuple(some.blobs[i] for i in order),
        some.targets[order],
        tuple(some.groups[i] for i in order),
        tuple(some.traits[i] for i in order),
        some.spec,
    )
    assert shuffled.digest == some.digest
    assert dataclasses.replace(some, targets=~some.targets).digest != some.digest
    assert dataclasses.replace(some, blobs=some.blobs[::-1]).digest != some.digest
