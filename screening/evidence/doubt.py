"""Doubt: what is odd about a finding, alone and beside others on the same compound."""

import re
from collections.abc import Sequence
from itertools import combinations

from screening.evidence.columns import NUMBER_COLUMNS, NumberColumn
from screening.evidence.finding import Behaviour, Finding, Sample, spread_fields
from screening.units import KELVIN_PER_WAVENUMBER

_SWAP_TOLERANCE = 0.005  # papers round both numbers
_SMALLEST_FIELD_OE = 10.0  # ac runs apply hundreds of Oe; what a magnet leaves behind is a few
_HUNDRED_SECONDS = re.compile(r"\b100\s*s\b", re.IGNORECASE)
_HYSTERESIS = re.compile(r"hyst", re.IGNORECASE)


def doubts(finding: Finding) -> list[str]:
    """Everything that is odd about one finding, in words."""
    odd = [message for column in _IN_STORED_UNIT for message in _out_of_range(finding, column)]
    return odd + [message for _, message in odd_pairs(finding)]


_IN_STORED_UNIT = tuple(column for column in NUMBER_COLUMNS if column.factor == 1.0)


def _out_of_range(finding: Finding, column: NumberColumn) -> list[str]:
    fields = (column.field, *(spread_fields(column.field)[:2] if column.has_spread else ()))
    values = (getattr(finding, field) for field in fields)
    found = (outside(value, column) for value in values if value is not None)
    return [f"{column.name}: {message}" for message in found if message]


def outside(value: float, column: NumberColumn) -> str | None:
    """The warning for a number in the unit of *column* that is outside the usual range."""
    if column.usual is None:
        return None
    low, high = (bound / column.factor for bound in column.usual)
    if low <= value <= high:
        return None
    ask = "; is the unit right?" if column.unit else ""
    number = f"{value:g} {column.unit}".rstrip()
    return f"{number} is outside the usual {low:.3g} to {high:.3g}{ask}"


def odd_pairs(finding: Finding) -> list[tuple[str, str]]:
    """(column, warning) where two statements of a finding sit oddly beside each other."""
    odd: list[tuple[str, str]] = []
    behaviour, field = finding.behaviour, finding.dc_field_oe
    has_barrier = any(
        value is not None for value in (finding.ueff_k, finding.ueff_low_k, finding.ueff_high_k)
    )
    if has_barrier and behaviour in (Behaviour.NO_SIGNAL_OBSERVED, Behaviour.NOT_MEASURED):
        odd.append(("behaviour", f"{behaviour}, yet a barrier Ueff is given"))
    if field and field < _SMALLEST_FIELD_OE:
        odd.append(("dc_field_oe", f"{field:g} Oe is hardly a field: was tesla meant?"))
    if behaviour is Behaviour.SMM_FIELD_INDUCED and field == 0:
        odd.append(("dc_field_oe", "field-induced, yet the field is 0"))
    if behaviour is Behaviour.SMM_ZERO_FIELD and field:
        odd.append(("dc_field_oe", f"SMM in zero field, yet the field is {field:g} Oe"))
    if behaviour is Behaviour.SMM_FIELD_NOT_STATED and field is not None:
        odd.append(("dc_field_oe", f"the field is called not stated, yet {field:g} Oe is given"))
    if behaviour is Behaviour.NO_SIGNAL_OBSERVED:
        limits = ("dc_field_oe", "t_min_k", "f_max_hz")
        if empty := [name for name in limits if getattr(finding, name) is None]:
            message = f"no signal, but {', '.join(empty)} empty: strict policies cannot use it"
            odd.append(("behaviour", message))
    if finding.host is not None and finding.sample is not Sample.DILUTED:
        odd.append(("host", f"a host is named, yet the sample is {finding.sample}"))
    return odd + _odd_numbers(finding)


def _odd_numbers(finding: Finding) -> list[tuple[str, str]]:
    """(column, warning) where what stands beside a number is odd."""
    odd: list[tuple[str, str]] = []
    for name in ("ueff_k", "tau0_s", "tb_k"):
        value, sigma = getattr(finding, name), getattr(finding, spread_fields(name)[2])
        if value is not None and sigma is not None and sigma > value:
            odd.append((name, "the uncertainty is larger than the number"))
    blocking = (finding.tb_k, finding.tb_low_k, finding.tb_high_k)
    if any(value is not None for value in blocking) and finding.tb_definition is None:
        odd.append(
            ("tb_definition", "is empty: blocking temperatures differ with their definition")
        )
    return odd


def swapped(one: Finding, other: Finding) -> bool:
    """Whether two barriers differ by just the factor between K and cm-1 (ratio 1.4388)."""
    if one.ueff_k is None or other.ueff_k is None:
        return False
    ratio = max(one.ueff_k, other.ueff_k) / min(one.ueff_k, other.ueff_k)
    return abs(ratio / KELVIN_PER_WAVENUMBER - 1) < _SWAP_TOLERANCE


def swap_message(one: str, other: str) -> str:
    """The warning for two barriers, each in words with its K and its place."""
    factor = f"{KELVIN_PER_WAVENUMBER:.4f}"
    return f"{one} and {other} differ by {factor}: is one of them in the wrong unit?"


def blocks_above_hysteresis(one: Finding, other: Finding) -> bool:
    """Whether *one* says that relaxation takes 100 s above where *other* sees hysteresis close.

    At the usual sweep rates hysteresis is open at least up to the temperature at which relaxation
    takes 100 s; both are known by the words of tb_definition, and of like samples.
    """
    if one.tb_k is None or other.tb_k is None or _is_diluted(one) != _is_diluted(other):
        return False
    is_pair = _HUNDRED_SECONDS.search(one.tb_definition or "") and _HYSTERESIS.search(
        other.tb_definition or ""
    )
    return bool(is_pair) and one.tb_k > other.tb_k


def _is_diluted(finding: Finding) -> bool:
    return finding.sample is Sample.DILUTED


def pair_doubts(findings: Sequence[Finding]) -> list[tuple[int, int, str]]:
    """(index, index, words) of the findings on one compound whose numbers do not go together."""
    odd: list[tuple[int, int, str]] = []
    for (i, one), (j, other) in combinations(enumerate(findings), 2):
        if swapped(one, other):
            odd.append((i, j, swap_message(f"{one.ueff_k:.4g} K", f"{other.ueff_k:.4g} K")))
        for first, second in ((one, other), (other, one)):
            if blocks_above_hysteresis(first, second):
                message = (
                    f"relaxation takes 100 s at {first.tb_k:g} K, yet hysteresis is seen only up"
                    f" to {second.tb_k:g} K"
                )
                odd.append((i, j, message))
    return odd
