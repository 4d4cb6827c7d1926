"""Verdict: what a difference between two that score the same complexes proves, in a sentence."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.dataset import Examples
from screening.learning.metrics import Estimate
from screening.learning.numbers import REDUCTION
from screening.words import counted

LEAST_TEST_GROUPS: Final = 10
"""Of each class: below it a bootstrap interval has no width where the few happen to agree."""


def fewest_groups(examples: Examples, rows: NDArray[np.intp]) -> int:
    """Groups, among some rows of the examples, of the class that stands in fewer of them.

    Numbers have no classes: of them all.
    """
    if examples.are_numbers:
        return len({examples.groups[row] for row in rows})
    return min(
        len({examples.groups[row] for row in rows[examples.targets[rows] == positive]})
        for positive in (True, False)
    )


def verdict_of(difference: Estimate, baseline: str, fewest: int, what: str, unit: str = "") -> str:
    """Whether a network beats a baseline.

    difference: its AUROC less that of the baseline, or by how much the baseline's error is larger,
    on the same resamples. fewest: see `fewest_groups`. what: the complexes in words. unit: of the
    error, if it has one.
    """
    if fewest < LEAST_TEST_GROUPS:
        return (
            f"Whether the network beats the baseline {baseline} cannot be told: "
            f"{'the numbers stand' if difference.name == REDUCTION else 'a class stands'} in "
            f"only {counted(fewest, 'group')} of the {what}, and fewer than {LEAST_TEST_GROUPS} "
            "prove nothing."
        )
    if difference.value is None or difference.low is None or difference.high is None:
        return (
            f"Whether the network beats the baseline {baseline} cannot be told: {difference.n} "
            f"{what} are too few."
        )
    figures = in_figures(difference, what, unit)
    if difference.low > 0:
        return f"The network beats the best baseline, {baseline} {figures}."
    if difference.high < 0:
        return f"The network is worse than the baseline {baseline} {figures}."
    return f"The network is not shown to beat the baseline {baseline} {figures}."


def in_figures(difference: Estimate, what: str, unit: str = "") -> str:
    """A difference that has an interval, in brackets; *what*: the complexes in words."""
    if difference.name == REDUCTION:
        assert difference.value is not None
        assert difference.low is not None
        assert difference.high is not None
        return (
            f"(mean absolute error {-difference.value:+.3g}{unit and f' {unit}'}, 95 % interval "
            f"{-difference.high:+.3g} to {-difference.low:+.3g}, {difference.n} {what})"
        )
    return (
        f"(AUROC {difference.value:+.3f}, 95 % interval {difference.low:+.3f} to "
        f"{difference.high:+.3f}, {difference.n} {what})"
    )
