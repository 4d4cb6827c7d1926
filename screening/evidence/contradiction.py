"""Contradiction: findings on one compound that cannot both be right as they stand."""

from collections.abc import Sequence
from itertools import combinations

from screening.evidence.finding import Behaviour, Finding, Sample

_BARRIER = (
    Behaviour.SMM_ZERO_FIELD,
    Behaviour.SMM_FIELD_INDUCED,
    Behaviour.SMM_FIELD_NOT_STATED,
)


def contradict(one: Finding, other: Finding) -> bool:
    """Whether two findings on one compound say the opposite of the same kind of sample.

    Dilution changes the behaviour, so diluted and other samples never contradict each other. An
    SMM in zero field and one in a field do not either: a field is often applied to see more.
    Limits of temperature and frequency are left to the reader: who looked less far may be right.
    """
    if (one.sample is Sample.DILUTED) != (other.sample is Sample.DILUTED):
        return False
    pair = {one.behaviour, other.behaviour}
    if len(pair) == 1 or Behaviour.NOT_MEASURED in pair:
        return False
    if Behaviour.CONFLICT in pair:
        return True
    if Behaviour.NO_SIGNAL_OBSERVED in pair:
        silent, seen = one, other
        if silent.behaviour is not Behaviour.NO_SIGNAL_OBSERVED:
            silent, seen = seen, silent
        # No signal even in a field denies every signal; none in zero field only that in zero field.
        return bool(silent.dc_field_oe) or _in_zero_field(seen)
    return Behaviour.SLOW_RELAXATION_NO_BARRIER in pair and not pair.isdisjoint(_BARRIER)


def _in_zero_field(seen: Finding) -> bool:
    return seen.behaviour is Behaviour.SMM_ZERO_FIELD or seen.dc_field_oe == 0


def is_contradicted(findings: Sequence[Finding]) -> bool:
    """Whether any two of the findings contradict each other, or a paper contradicts itself."""
    if any(finding.behaviour is Behaviour.CONFLICT for finding in findings):
        return True
    return any(contradict(one, other) for one, other in combinations(findings, 2))
