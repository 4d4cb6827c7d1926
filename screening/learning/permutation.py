"""Permutation: what a way to learn finds where there is nothing to find."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.baselines import MetalCounts, MetalMajority
from screening.learning.dataset import Examples
from screening.learning.forest import Forest
from screening.learning.nearest import NearestSkeleton
from screening.learning.ranked import rank
from screening.learning.split import Split
from screening.progress import SILENT, Progress

Learner = Callable[[NDArray[np.bool_]], NDArray[np.floating]]
"""Fits to labels of the training rows and gives the scores of the test rows, both in order."""

NetworkLearner = Callable[[Examples, int], NDArray[np.floating]]
"""Fits, with a seed, to examples with shuffled labels and gives the scores of the test rows."""

CHANCE: Final = 0.5
TOLERANCE: Final = 0.05
"""The mean AUROC must lie this near to 0.5."""
_SURE: Final = 2
"""Standard errors."""
_LEARNERS: Final = (MetalMajority, MetalCounts, NearestSkeleton, Forest)
"""The baselines that learn; the others say the same whatever the labels are."""


@dataclass(frozen=True, slots=True)
class Permutation:
    """AUROC of one subject on the true test labels, learned from shuffled ones.

    aurocs: one a repetition. standard_error: of their mean; None for one repetition.
    """

    subject: str
    aurocs: tuple[float, ...]
    mean: float
    standard_error: float | None

    @property
    def verdict(self) -> str:
        """Whether the mean is 0.5 within the tolerance, as far as its error lets that be said."""
        off, error = abs(self.mean - CHANCE), self.standard_error
        if error is None:
            return "cannot be told by one repetition"
        if off - _SURE * error > TOLERANCE:
            return "finds something where nothing is"
        if off <= TOLERANCE and _SURE * error <= TOLERANCE:
            return "passes"
        return "cannot be told: repeat it more often"


def permutation_auroc(
    targets: NDArray[np.bool_],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    learn: Learner,
    *,
    times: int = 20,
    seed: int = 0,
) -> NDArray[np.float64]:
    """AUROC on the test rows of scores learned from shuffled training labels: (times,).

    The mean is 0.5 within its error unless something tells of the test labels by another way than
    the training labels. A single value spreads with the size of the test part.
    """
    rng = np.random.default_rng(seed)
    return np.array(
        [_auroc(targets[test], learn(rng.permutation(targets[train]))) for _ in range(times)]
    )


def permute_baselines(
    examples: Examples,
    split: Split,
    *,
    times: int = 20,
    seed: int = 0,
    progress: Progress = SILENT,
) -> tuple[Permutation, ...]:
    """The test for every baseline that learns."""
    train = [examples.traits[row] for row in split.train]
    test = [examples.traits[row] for row in split.test]
    found = []
    with progress.task("Learning shuffled labels", times * len(_LEARNERS)) as task:
        for kind in _LEARNERS:

            def learn(labels: NDArray[np.bool_], kind: type = kind) -> NDArray[np.floating]:
                scores: NDArray[np.floating] = kind(train, labels).scores(test)
                task.advance()
                return scores

            task.detail(kind.name)
            aurocs = permutation_auroc(
                examples.classes, split.train, split.test, learn, times=times, seed=seed
            )
            found.append(summarise(kind.name, aurocs))
    return tuple(found)


def permute_network(
    examples: Examples, split: Split, learn: NetworkLearner, *, times: int = 20, seed: int = 0
) -> Permutation:
    """The test for a network.

    It chooses its epoch by the validation labels; those are shuffled too, or they would tell of
    the test labels.
    """
    rng = np.random.default_rng(seed)
    aurocs = []
    for number in range(times):
        targets = examples.classes.copy()
        for rows in (split.train, split.validation):
            targets[rows] = rng.permutation(targets[rows])
        scores = learn(replace(examples, targets=targets), seed + number)
        aurocs.append(_auroc(examples.classes[split.test], scores))
    return summarise("network", np.array(aurocs))


def summarise(subject: str, aurocs: NDArray[np.float64]) -> Permutation:
    """Mean and standard error of AUROCs (times,)."""
    error = float(aurocs.std(ddof=1) / math.sqrt(len(aurocs))) if len(aurocs) > 1 else None
    return Permutation(subject, tuple(aurocs.tolist()), float(aurocs.mean()), error)


def _auroc(targets: NDArray[np.bool_], scores: NDArray[np.floating]) -> float:
    return float(rank(targets, scores, np.ones((1, len(targets)))).auroc()[0])
