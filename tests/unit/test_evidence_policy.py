"""Policies: from all findings on a compound to one class with a reason."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import NotFoundError
from screening.evidence.contradiction import contradict, is_contradicted
from screening.evidence.finding import Behaviour, Finding, Sample
from screening.evidence.policy import (
    LabelClass,
    builtin_policies,
    load_policy,
    parse_policy,
    policy_names,
    resolve,
)

ZERO = Finding(identifier="A", behaviour=Behaviour.SMM_ZERO_FIELD, sample=Sample.NEAT)
DILUTED = Finding(identifier="A", behaviour=Behaviour.SMM_ZERO_FIELD, sample=Sample.DILUTED)
IN_FIELD = Finding(identifier="A", behaviour=Behaviour.SMM_FIELD_INDUCED, dc_field_oe=1000)
NO_BARRIER = Finding(identifier="A", behaviour=Behaviour.SLOW_RELAXATION_NO_BARRIER)
SILENT = Finding(identifier="A", behaviour=Behaviour.NO_SIGNAL_OBSERVED)
SILENT_ZERO = replace(SILENT, dc_field_oe=0, t_min_k=1.8, f_max_hz=997)
SILENT_WARM = replace(SILENT_ZERO, t_min_k=5.0)
SILENT_SLOW = replace(SILENT_ZERO, f_max_hz=100)
SILENT_IN_FIELD = replace(SILENT_ZERO, dc_field_oe=1000)
UNMEASURED = Finding(identifier="A", behaviour=Behaviour.NOT_MEASURED)
CONFLICT = Finding(identifier="A", behaviour=Behaviour.CONFLICT)

CASES = [
    # findings, paper-binary, strict-zero-field, any-slow-relaxation
    ([ZERO], "positive", "positive", "positive"),
    ([DILUTED], "positive", "excluded", "positive"),
    ([IN_FIELD], "positive", "negative", "positive"),
    ([NO_BARRIER], "negative", "negative", "positive"),
    ([SILENT], "negative", "unlabelled", "unlabelled"),
    ([SILENT_ZERO], "negative", "negative", "unlabelled"),
    ([SILENT_WARM], "negative", "unlabelled", "unlabelled"),
    ([SILENT_SLOW], "negative", "unlabelled", "unlabelled"),
    ([SILENT_IN_FIELD], "negative", "unlabelled", "negative"),
    ([replace(SILENT_IN_FIELD, f_max_hz=None)], "negative", "unlabelled", "unlabelled"),
    ([UNMEASURED], "unlabelled", "unlabelled", "unlabelled"),
    ([CONFLICT], "excluded", "excluded", "excluded"),
    ([ZERO, SILENT_ZERO], "positive", "excluded", "positive"),
    ([ZERO, IN_FIELD], "positive", "positive", "positive"),
    ([ZERO, SILENT_WARM], "positive", "positive", "positive"),
    ([ZERO, CONFLICT], "positive", "excluded", "positive"),
    ([SILENT_ZERO, DILUTED], "positive", "excluded", "positive"),
    ([SILENT_ZERO, IN_FIELD], "positive", "negative", "positive"),
    ([SILENT_ZERO, UNMEASURED], "negative", "negative", "unlabelled"),
]


@pytest.mark.parametrize(("findings", "paper", "strict", "slow"), CASES)
def test_classes_by_policy(findings, paper, strict, slow):
    got = {p.name: resolve(findings, p).class_ for p in builtin_policies()}
    assert got == {"paper-binary": paper, "strict-zero-field": strict, "any-slow-relaxation": slow}


def test_default_stands_first():
    assert policy_names()[0] == load_policy().name == "paper-binary"


def test_unknown_policy_names_the_known_ones():
    with pytest.raises(NotFoundError, match="paper-binary"):
        load_policy("../secret")


def test_the_reason_comes_with_the_findings_it_rests_on():
    resolution = resolve([UNMEASURED, ZERO, SILENT_ZERO], load_policy("strict-zero-field"))
    assert resolution.used == (1, 2)
    assert "no signal" in resolution.reason


@pytest.mark.parametrize(
    ("finding", "reason"),
    [
        (UNMEASURED, "not measured"),
        (SILENT_WARM, "no signal, but looked only down to 5 K (wanted: 2.5 K or lower)"),
        (SILENT_SLOW, "no signal, but looked only up to 100 Hz (wanted: 900 Hz or higher)"),
        (SILENT_IN_FIELD, "no signal, but at 1000 Oe (wanted: zero field)"),
        (
            replace(SILENT_ZERO, sample=Sample.DILUTED),
            "no signal, but the sample is diluted",
        ),
        (
            SILENT,
            (
                "no signal, but field not stated (wanted: zero field), lowest temperature not"
                " stated (wanted: 2.5 K or lower), highest frequency not stated (wanted: 900 Hz or"
                " higher)"
            ),
        ),
    ],
)
def test_unlabelled_says_what_the_policy_lacks(finding, reason):
    resolution = resolve([finding], load_policy("strict-zero-field"))
    assert (resolution.class_, resolution.reason) == (LabelClass.UNLABELLED, reason)


def test_unlabelled_by_a_policy_that_has_no_rule_for_it():
    policy = parse_policy(make())
    assert resolve([SILENT, SILENT], policy).reason == "no rule for: no signal"
    pair = make(extra='[kind.b]\nbehaviour = ["smm_zero_field"]').replace('"a"]', '"a", "b"]')
    assert resolve([ZERO], parse_policy(pair)).reason == (
        "SMM in zero field, which does not suffice alone"
    )


DILUTED_SILENT = replace(SILENT_ZERO, sample=Sample.DILUTED)
CONTRADICTIONS = [
    (ZERO, SILENT, True),
    (ZERO, SILENT_ZERO, True),
    (ZERO, NO_BARRIER, True),
    (ZERO, IN_FIELD, False),
    (ZERO, UNMEASURED, False),
    (ZERO, CONFLICT, True),
    (IN_FIELD, SILENT_IN_FIELD, True),
    (IN_FIELD, SILENT_ZERO, False),  # that is what field-induced means
    (IN_FIELD, SILENT, False),
    (NO_BARRIER, SILENT_IN_FIELD, True),
    (NO_BARRIER, SILENT_ZERO, False),
    (DILUTED, SILENT_ZERO, False),
    (DILUTED, DILUTED_SILENT, True),
    (SILENT_ZERO, SILENT_IN_FIELD, False),
]


@pytest.mark.parametrize(("one", "other", "expected"), CONTRADICTIONS)
def test_contradictions(one, other, expected):
    assert contradict(one, other) is contradict(other, one) is expected
    assert is_contradicted([one, other]) is expected
    assert not contradict(one, one)


def test_the_class_names_the_findings_against_it():
    paper = resolve([UNMEASURED, SILENT_ZERO, ZERO, NO_BARRIER], load_policy())
    assert (paper.class_, paper.used, paper.opposed) == (LabelClass.POSITIVE, (2,), (1, 3))
    both = resolve([SILENT_ZERO, ZERO], load_policy("strict-zero-field"))
    assert (both.class_, both.used, both.opposed) == (LabelClass.EXCLUDED, (0, 1), ())


findings = st.lists(
    st.builds(
        Finding,
        identifier=st.just("A"),
        behaviour=st.sampled_from(Behaviour),
        sample=st.sampled_from(Sample),
        dc_field_oe=st.sampled_from([None, 0.0, 1000.0]),
        t_min_k=st.sampled_from([None, 1.8, 5.0]),
        f_max_hz=st.sampled_from([None, 100.0, 1500.0]),
    ),
    min_size=1,
    max_size=4,
)


@given(findings)
def test_order_and_repetition_change_nothing(some):
    for policy in builtin_policies():
        classes = {resolve(p, policy).class_ for p in itertools.permutations(some)}
        assert classes == {resolve(some + some, policy).class_}


@given(findings)
def test_nobody_is_negative_without_a_measurement(some):
    unmeasured = [f for f in some if f.behaviour is Behaviour.NOT_MEASURED]
    for policy in builtin_policies():
        if len(unmeasured) == len(some):
            assert resolve(some, policy).class_ is LabelClass.UNLABELLED


MINIMAL = """
name = "mine"
version = 1
title = "t"
[kind.a]
behaviour = ["{behaviour}"]
{extra}
[[rule]]
has = ["{has}"]
class = "{class_}"
reason = "r"
"""


def make(behaviour="conflict", extra="", has="a", class_="negative"):
    return MINIMAL.format(behaviour=behaviour, extra=extra, has=has, class_=class_)


def test_a_policy_can_be_written_in_a_few_lines():
    assert resolve([CONFLICT], parse_policy(make())).class_ is LabelClass.NEGATIVE


@pytest.mark.parametrize(
    "slip",
    [
        {"behaviour": "smm"},
        {"extra": 'dc_field = "weak"'},
        {"extra": "t_min_k = 2"},
        {"has": "b"},
        {"class_": "maybe"},
        {"behaviour": "not_measured"},
    ],
)
def test_slips_in_a_policy_are_refused(slip):
    with pytest.raises(ValueError, match=r"kind|rule|negative|is not a valid"):
        parse_policy(make(**slip))
