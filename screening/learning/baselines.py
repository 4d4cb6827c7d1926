"""Baselines: what a network has to beat, fitted on the same training part."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from screening.learning.dataset import Examples

Metals = tuple[str, ...]


class Baseline(Protocol):
    """Something simple that scores complexes by their metals."""

    @property
    def name(self) -> str:
        """Subject of its metrics."""

    def scores(self, metals: Sequence[Metals]) -> NDArray[np.float64]:
        """Score complexes from 0 to 1: (n,)."""


class Majority:
    """Says of every complex what most of the training part is."""

    name = "majority"

    def __init__(self, targets: NDArray[np.bool_]) -> None:
        self._share = float(targets.mean())

    def scores(self, metals: Sequence[Metals]) -> NDArray[np.float64]:
        """Share of positives in the training part, for all alike."""
        return np.full(len(metals), self._share)


class MetalCounts:
    """Logistic regression on how many of each metal a complex has, and on how many in all.

    Classes weigh alike, as in the training of the network. A metal that the training part has
    not counts only towards the total.
    """

    name = "metal-counts"

    def __init__(self, metals: Sequence[Metals], targets: NDArray[np.bool_]) -> None:
        self._counts: Any = DictVectorizer(sparse=False)
        self._regression: Any = LogisticRegression(class_weight="balanced", max_iter=1000)
        self._regression.fit(self._counts.fit_transform(_features(metals)), targets)

    def scores(self, metals: Sequence[Metals]) -> NDArray[np.float64]:
        """Probability of the positive class."""
        if not metals:
            return np.empty(0)
        both: NDArray[np.float64] = self._regression.predict_proba(
            self._counts.transform(_features(metals))
        )
        return both[:, 1]


def fit_baselines(examples: Examples, rows: NDArray[np.intp]) -> tuple[Baseline, ...]:
    """Fit every baseline on some rows, which must hold both classes."""
    targets = examples.targets[rows]
    return Majority(targets), MetalCounts([examples.metals[row] for row in rows], targets)


def _features(metals: Sequence[Metals]) -> list[dict[str, int]]:
    return [{"total": len(one), **Counter(one)} for one in metals]
