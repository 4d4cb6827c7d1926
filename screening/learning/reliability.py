"""Reliability: of complexes with a score, what share is positive."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from screening.learning.metrics import ECE_BINS, ece_bins


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The complexes whose score lies from *low* to below *high*.

    mean_score: of them. share: of positives among them, with a 95 % interval (E. B. Wilson, J. Am.
    Stat. Assoc. 1927, 22, 209), which takes the complexes for independent.
    """

    low: float
    high: float
    n: int
    mean_score: float
    share: float
    share_low: float
    share_high: float


def reliability(
    targets: NDArray[np.bool_], scores: NDArray[np.floating]
) -> tuple[ReliabilityBin, ...]:
    """The bins of the expected calibration error that hold an example, lowest first."""
    bins = ece_bins(scores)
    found = []
    for number in np.unique(bins).tolist():
        own = bins == number
        n, positive = int(own.sum()), int(targets[own].sum())
        interval = binomtest(positive, n).proportion_ci(method="wilson")
        found.append(
            ReliabilityBin(
                low=number / ECE_BINS,
                high=(number + 1) / ECE_BINS,
                n=n,
                mean_score=float(np.mean(scores[own])),
                share=positive / n,
                share_low=float(interval.low),
                share_high=float(interval.high),
            )
        )
    return tuple(found)
