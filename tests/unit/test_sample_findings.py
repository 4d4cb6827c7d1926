"""The synthetic rule: metals and geometry both count, and the table keeps its shares."""

from collections import Counter

import numpy as np
import pytest

from screening.sample.findings import NOTE, Verdict, find_all, finding_row, judge
from screening.sample.plan import draw_compounds
from screening.sample.recipe import Recipe

POSITIVE = {"smm_zero_field", "smm_field_induced"}


def recipe(metals, *tags, family="test"):
    return Recipe(family, "-".join([*metals, *tags]), tuple(metals), frozenset(tags), lambda: None)


@pytest.fixture(scope="module")
def compounds():
    drawn = draw_compounds(297, np.random.default_rng([2024, 0]))
    unique = {one.name: one for one in drawn}
    return [(f"synthetic_{k:04d}", one) for k, one in enumerate(unique.values())]


@pytest.mark.parametrize(
    ("metals", "tags", "behaviour"),
    [
        (["Dy"], ["axial", "CN7"], "smm_zero_field"),
        (["Er"], ["axial", "CN7"], "no_signal_observed"),
        (["Dy"], ["nitrate", "CN10"], "smm_field_induced"),
        (["Dy", "Cu"], ["nitrate", "CN10"], "no_signal_observed"),
        (["Er"], ["antiprism", "CN8"], "smm_zero_field"),
        (["Dy"], ["antiprism", "CN8", "electron-poor"], "smm_field_induced"),
        (["Gd"], ["axial", "CN7"], "no_signal_observed"),
        (["Y", "Zn"], ["nitrate", "CN10"], "no_signal_observed"),
        (["Y", "Co"], ["nitrate", "CN10"], "smm_field_induced"),
        (["Mn"], ["salen", "CN6"], "smm_field_induced"),
        (["Mn"], ["salen", "CN5"], "no_signal_observed"),
        (["Ni"], ["salen", "CN4"], "no_signal_observed"),
        (["V"], ["salen", "CN5"], "slow_relaxation_no_barrier"),
    ],
)
def test_the_rule_reads_metals_and_geometry(metals, tags, behaviour):
    assert judge(recipe(metals, *tags)).behaviour == behaviour


def test_no_metal_decides_alone_for_the_common_ions(compounds):
    verdicts = {}
    for _, one in compounds:
        verdicts.setdefault(one.metals[0], set()).add(judge(one).behaviour in POSITIVE)

    for metal in ("Dy", "Tb", "Co", "Mn"):
        assert verdicts[metal] == {True, False}


def test_both_classes_are_frequent_over_many_compounds(compounds):
    rows = find_all(compounds, np.random.default_rng(1))
    counts = Counter(row["behaviour"] for row in rows)
    positive = sum(counts[name] for name in POSITIVE)

    assert len({row["identifier"] for row in rows}) >= 150
    assert 0.35 <= positive / len(rows) <= 0.5
    assert {row["note"] for row in rows} == {NOTE}


def test_some_findings_contradict_and_some_have_no_structure(compounds):
    rows = find_all(compounds, np.random.default_rng(1))
    known = {identifier for identifier, _ in compounds}
    states = {}
    for row in rows:
        states.setdefault(row["identifier"], set()).add(row["behaviour"] in POSITIVE)

    assert any(len(found) == 2 for found in states.values())
    assert len([row for row in rows if row["identifier"] not in known]) == 4


def test_dysprosium_complexes_are_left_to_rank(compounds):
    labelled = {row["identifier"] for row in find_all(compounds, np.random.default_rng(1))}
    left = [
        one for identifier, one in compounds if identifier not in labelled and "Dy" in one.metals
    ]

    assert len(left) >= 10


def test_numbers_follow_the_behaviour():
    rng = np.random.default_rng(3)
    silent = finding_row("synthetic_0001", Verdict("no_signal_observed"), rng)
    field = finding_row("synthetic_0002", Verdict("smm_field_induced", 1.0), rng)
    strong = finding_row("synthetic_0003", Verdict("smm_zero_field", 4.0), rng)

    assert silent["ueff_k"] == ""
    assert float(field["dc_field_oe"]) > 0
    assert strong["dc_field_oe"] == "0"
    assert float(strong["ueff_k"]) > float(field["ueff_k"]) > 0
    assert 1e-11 < float(strong["tau0_s"]) < 1e-6
