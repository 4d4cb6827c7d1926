"""Policies: from all findings on a compound to one class with a reason."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import NotFoundError
from screening.evidence.finding import Behaviour, Finding, Sample
from screening.evidence.policy import (
    NO_RULE,
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
SILENT_ZERO = Finding(
    identifier="A", behaviour=Behaviour.NO_SIGNAL_OBSERVED, dc_field_oe=0, t_min_k=1.8
)
SILENT_WARM = Finding(
    identifier="A", behaviour=Behaviour.NO_SIGNAL_OBSERVED, dc_field_oe=0, t_min_k=5.0
)
SILENT_IN_FIELD = Finding(
    identifier="A", behaviour=Behaviour.NO_SIGNAL_OBSERVED, dc_field_oe=1000, t_min_k=1.8
)
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
    ([SILENT_IN_FIELD], "negative", "unlabelled", "negative"),
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
    assert resolve([UNMEASURED], load_policy()).reason == NO_RULE


findings = st.lists(
    st.builds(
        Finding,
        identifier=st.just("A"),
        behaviour=st.sampled_from(Behaviour),
        sample=st.sampled_from(Sample),
        dc_field_oe=st.sampled_from([None, 0.0, 1000.0]),
        t_min_k=st.sampled_from([None, 1.8, 5.0]),
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
