"""Baselines: what a network has to beat, fitted on the same training part."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from screening.learning.dataset import Examples
from screening.learning.forest import Forest
from screening.learning.nearest import NearestSkeleton
from screening.learning.traits import Traits

Targets = NDArray[np.bool_] | NDArray[np.float64]


class Baseline(Protocol):
    """Something simple that scores complexes without their grids, as the network does."""

    @property
    def name(self) -> str:
        """Subject of its metrics."""

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Scores (n,) from 0 to 1, or numbers in the unit of the property."""


class Majority:
    """Says of every complex what most of the training part is; of numbers, their median.

    No other constant has a smaller mean absolute error there, by which numbers are judged.
    """

    name = "majority"

    def __init__(self, targets: Targets) -> None:
        if targets.dtype != np.bool_:
            self.name = "median"
        self._share = _middle(targets)

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Share of positives, or median, of the training part, for all alike."""
        return np.full(len(traits), self._share)


class MetalMajority:
    """Says of every complex what most with the same metals are, or the median of these.

    How many of each metal does not count. Metals that the training part has not together are scored
    as the whole of it.
    """

    name = "metal-majority"

    def __init__(self, traits: Sequence[Traits], targets: Targets) -> None:
        if targets.dtype != np.bool_:
            self.name = "metal-median"
        seen = defaultdict(list)
        for row, one in enumerate(traits):
            seen[frozenset(one.metals)].append(row)
        self._shares = {metals: _middle(targets[rows]) for metals, rows in seen.items()}
        self._share = _middle(targets)

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Share of positives, or median, in the training part among those with the same metals."""
        return np.array([self._shares.get(frozenset(one.metals), self._share) for one in traits])


def _middle(targets: Targets) -> float:
    return float(targets.mean() if targets.dtype == np.bool_ else np.median(targets))


class MetalCounts:
    """Logistic regression on how many of each metal a complex has, and on how many in all.

    Classes weigh alike, as in the training of the network. A metal that the training part has
    not counts only towards the total.
    """

    name = "metal-counts"

    def __init__(self, traits: Sequence[Traits], targets: NDArray[np.bool_]) -> None:
        self._counts: Any = DictVectorizer(sparse=False)
        self._regression: Any = LogisticRegression(class_weight="balanced", max_iter=1000)
        self._regression.fit(self._counts.fit_transform(_features(traits)), targets)

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Probability of the positive class."""
        if not traits:
            return np.empty(0)
        both: NDArray[np.float64] = self._regression.predict_proba(
            self._counts.transform(_features(traits))
        )
        return both[:, 1]


class Rules:
    """Plausibility rules R1 to R16 for single-molecule magnets; fitted to nothing.

    Each flag counts: high -3, medium -2, soft -1, favourable +1, a note 0. The score is the
    logistic function of the sum, so a complex that no rule speaks of has 0.5.
    """

    name = "rules"

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Logistic function of the sum over a complex's flags."""
        sums = np.array([sum(RULE_POINTS[given] for given in one.severities) for one in traits])
        scores: NDArray[np.float64] = 1 / (1 + np.exp(-sums.astype(np.float64)))
        return scores


RULE_POINTS: Final = {"high": -3, "medium": -2, "soft": -1, "favourable": 1, "note": 0}


def fit_baselines(examples: Examples, rows: NDArray[np.intp]) -> tuple[Baseline, ...]:
    """Fit every baseline on some rows, which must hold both classes, or numbers that differ."""
    targets = examples.targets[rows]
    traits = [examples.traits[row] for row in rows]
    if examples.are_numbers:
        return (
            Majority(targets),
            MetalMajority(traits, targets),
            NearestSkeleton(traits, targets),
            Forest(traits, targets),
        )
    return (
        Majority(targets),
        MetalMajority(traits, targets),
        MetalCounts(traits, examples.classes[rows]),
        Rules(),
        NearestSkeleton(traits, targets),
        Forest(traits, targets),
    )


def _features(traits: Sequence[Traits]) -> list[dict[str, int]]:
    return [{"total": len(one.metals), **Counter(one.metals)} for one in traits]
