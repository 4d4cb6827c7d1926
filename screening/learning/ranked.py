"""Ranked: how positives and negatives lie along falling scores, and how well the order is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Weights of positives and of negatives at each distinct score, highest score first.

    positive, negative: (r, u), one row a resample. A weight is how often an example was drawn.
    Where scores are tied, every figure is the mean over the orders of the tied.
    """

    positive: Floats
    negative: Floats

    def auroc(self) -> Floats:
        """Chance that a positive stands above a negative, a tie counting half (Mann-Whitney)."""
        above = np.cumsum(self.positive, axis=1) - self.positive / 2
        pairs = self.positive.sum(axis=1) * self.negative.sum(axis=1)
        return ratio((self.negative * above).sum(axis=1), pairs)

    def auprc(self) -> Floats:
        """Average precision: precision at each score, weighted by the recall gained there."""
        found = np.cumsum(self.positive, axis=1)
        precision = ratio(found, found + np.cumsum(self.negative, axis=1))
        # Where no example was drawn yet there is no precision, and no recall is gained either.
        gained = np.where(self.positive > 0, self.positive * precision, 0.0).sum(axis=1)
        return ratio(gained, self.positive.sum(axis=1))

    def base_rate(self) -> Floats:
        """Share of positives among all."""
        return ratio(self.positive.sum(axis=1), self._total())

    def enrichment(self, percent: int) -> Floats:
        """Share of positives in the top *percent* (rounded up) over their share in all."""
        return ratio(self.precision_at(np.ceil(self._total() * percent / 100)), self.base_rate())

    def precision_at(self, k: Floats | int) -> Floats:
        """Share of positives among the *k* highest scores, not defined for fewer examples."""
        size = self.positive + self.negative
        wanted = np.broadcast_to(np.asarray(k, dtype=np.float64), len(size))
        # Of each score the examples that are among the k highest; of the last, a part.
        taken = np.clip(wanted[:, None] - (np.cumsum(size, axis=1) - size), 0.0, size)
        share = np.divide(self.positive, size, out=np.zeros_like(size), where=size > 0)
        enough = np.where(self._total() >= wanted, wanted, 0.0)
        return ratio((taken * share).sum(axis=1), enough)

    def bedroc(self, alpha: float) -> Floats:
        """Early recognition from 0 to 1 (Truchon and Bayly, J. Chem. Inf. Model. 2007, 47, 488).

        Needs both classes.
        """
        size = self.positive + self.negative
        total = np.where(self._total() > 0, self._total(), np.nan)
        last = np.cumsum(size, axis=1)
        decay = alpha / total[:, None]
        # Sum of exp(-decay * rank) over the ranks that one score has: a geometric series.
        series = np.exp(-decay * (last - size)) - np.exp(-decay * last)
        mean = np.divide(series, size, out=np.zeros_like(size), where=size > 0)
        n_positive = self.positive.sum(axis=1)
        enhancement = ratio((mean * self.positive).sum(axis=1) * total, n_positive) / (
            1 - np.exp(-alpha)
        )
        rate = np.where(self.negative.sum(axis=1) > 0, self.base_rate(), np.nan)
        rate = np.where(rate > 0, rate, np.nan)
        best = (1 - np.exp(-alpha * rate)) / (rate * (1 - np.exp(-alpha)))
        worst = (1 - np.exp(alpha * rate)) / (rate * (1 - np.exp(alpha)))
        found: Floats = (enhancement - worst) / (best - worst)
        return found

    def _total(self) -> Floats:
        total: Floats = (self.positive + self.negative).sum(axis=1)
        return total


def rank(targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats) -> Ranked:
    """Rank examples (n,) by their scores, for each row of weights (r, n)."""
    order = np.argsort(-scores, kind="stable")
    if not len(order):
        return Ranked(weights, weights)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(scores[order])) + 1])
    ordered, hits = weights[:, order], targets[order]
    return Ranked(
        np.add.reduceat(ordered * hits, starts, axis=1),
        np.add.reduceat(ordered * ~hits, starts, axis=1),
    )


def ratio(part: Floats, whole: Floats) -> Floats:
    """Part over whole; NaN where the whole is nothing."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
