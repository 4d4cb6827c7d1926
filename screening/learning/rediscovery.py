"""Rediscovery: how many of the highest scores somebody has examined, and what they found.

In a screening pool most have no label. What nobody examined is neither a hit nor a miss, so the
share of hits among the highest scores is not known: only of those that were examined.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from scipy.stats import binomtest

from screening.errors import InputError


@dataclass(frozen=True, slots=True)
class Rediscovery:
    """The *k* highest scores.

    n_examined: of them with a label; n_confirmed: of these positive. share: confirmed of examined,
    with a 95 % interval (E. B. Wilson, J. Am. Stat. Assoc. 1927, 22, 209); None where none was
    examined. enrichment: share over the prevalence, with the interval that the share has.
    at_least, at_most: share of positives among the k if none, or all, of the unexamined are.
    """

    k: int
    lowest_score: float
    n_examined: int
    n_confirmed: int
    share: float | None
    share_low: float | None
    share_high: float | None
    enrichment: float | None
    enrichment_low: float | None
    enrichment_high: float | None
    at_least: float
    at_most: float


def rediscover(
    scores: Sequence[float], answers: Sequence[bool | None], k: int, prevalence: float | None
) -> Rediscovery:
    """Look at the first *k* of scores in falling order; answers: None where nobody examined.

    prevalence: share of positives that one expects among all; None: no enrichment is computed.
    """
    top = answers[:k]
    n_examined = sum(answer is not None for answer in top)
    n_confirmed = sum(answer is True for answer in top)
    share = low = high = None
    if n_examined:
        interval = binomtest(n_confirmed, n_examined).proportion_ci(method="wilson")
        share, low, high = n_confirmed / n_examined, float(interval.low), float(interval.high)
    return Rediscovery(
        k=k,
        lowest_score=scores[k - 1],
        n_examined=n_examined,
        n_confirmed=n_confirmed,
        share=share,
        share_low=low,
        share_high=high,
        enrichment=_over(share, prevalence),
        enrichment_low=_over(low, prevalence),
        enrichment_high=_over(high, prevalence),
        at_least=n_confirmed / k,
        at_most=(k - n_examined + n_confirmed) / k,
    )


def depths(wanted: Sequence[str], n: int) -> list[int]:
    """How many of *n* each of `10`, `1%` means, in rising order, each once; at most all.

    Raises InputError for anything else.
    """
    found = set()
    for one in wanted:
        number, percent = one.strip().removesuffix("%"), one.strip().endswith("%")
        try:
            value = Decimal(number)  # as a float 1.1% of 1,000 would be more than 11
        except InvalidOperation:
            value = Decimal(0)
        fits = value.is_finite() and value > 0
        if not (fits and (value <= 100 if percent else value == value.to_integral_value())):
            raise InputError(f"--top {one!r}: write a number such as 50, or a share such as 1%")
        found.add(math.ceil(n * value / 100) if percent else int(min(value, Decimal(n))))
    return sorted(found)


def _over(share: float | None, prevalence: float | None) -> float | None:
    return None if share is None or not prevalence else share / prevalence
