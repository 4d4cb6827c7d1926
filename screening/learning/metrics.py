"""Metrics: how well scores tell the classes apart, with intervals by bootstrap over groups.

A resample takes whole groups with replacement, since examples of one group are no independent
witnesses. It is kept as a weight for each example, and every metric is computed from weights for
all resamples at once.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METRIC_NAMES: Final = ("accuracy", "balanced_accuracy", "auroc", "auprc", "f1", "brier")
N_RESAMPLES: Final = 1000
_LEVELS: Final = (2.5, 97.5)
_CHUNK: Final = 2_000_000  # weights held at once


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval; None where it is not defined.

    n: examples that it was computed from.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def estimates(
    targets: NDArray[np.bool_],
    scores: NDArray[np.floating],
    groups: NDArray[np.intp],
    *,
    threshold: float = 0.5,
    seed: int = 0,
) -> tuple[Estimate, ...]:
    """Compute every metric of scores (n,) against targets (n,), groups (n,) numbered from 0.

    AUROC needs both classes, AUPRC a positive one, F1 a positive target or call; without, or with
    one group only, the figure or its interval is None.
    """
    values = _all_metrics(targets, scores, np.ones((1, len(targets))), threshold)
    chunks = [
        _all_metrics(targets, scores, weights, threshold) for weights in _resamples(groups, seed)
    ]
    return tuple(
        Estimate(
            name,
            _number(values[name][0]),
            *_interval(np.concatenate([chunk[name] for chunk in chunks] or [np.empty(0)])),
            len(targets),
        )
        for name in METRIC_NAMES
    )


def auroc_difference(
    targets: NDArray[np.bool_],
    scores: NDArray[np.floating],
    other_scores: NDArray[np.floating],
    groups: NDArray[np.intp],
    *,
    seed: int = 0,
) -> Estimate:
    """AUROC of scores less AUROC of other scores, both on the same resamples of groups."""
    once = np.ones((1, len(targets)))
    value = _auroc(targets, scores, once) - _auroc(targets, other_scores, once)
    differences = [
        _auroc(targets, scores, weights) - _auroc(targets, other_scores, weights)
        for weights in _resamples(groups, seed)
    ]
    interval = _interval(np.concatenate(differences or [np.empty(0)]))
    return Estimate("auroc_difference", _number(value[0]), *interval, len(targets))


def _resamples(groups: NDArray[np.intp], seed: int) -> list[Floats]:
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        return []
    draws = np.random.default_rng(seed).multinomial(
        n_groups, np.full(n_groups, 1 / n_groups), size=N_RESAMPLES
    )
    n_chunks = 1 + N_RESAMPLES * len(groups) // _CHUNK
    return [chunk[:, groups].astype(np.float64) for chunk in np.array_split(draws, n_chunks)]


def _all_metrics(
    targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats, threshold: float
) -> dict[str, Floats]:
    called = scores >= threshold
    hits = weights @ (targets & called)
    misses = weights @ (targets & ~called)
    alarms = weights @ (~targets & called)
    passes = weights @ (~targets & ~called)
    error = (np.asarray(scores, dtype=np.float64) - targets) ** 2
    sensitivity, specificity = _ratio(hits, hits + misses), _ratio(passes, passes + alarms)
    return {
        "accuracy": _ratio(hits + passes, weights.sum(axis=1)),
        "balanced_accuracy": (sensitivity + specificity) / 2,
        "auroc": _auroc(targets, scores, weights),
        "auprc": _auprc(targets, scores, weights),
        "f1": _ratio(2 * hits, 2 * hits + misses + alarms),
        "brier": _ratio(weights @ error, weights.sum(axis=1)),
    }


def _auroc(targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats) -> Floats:
    """Chance that a positive stands above a negative, a tie counting half (Mann-Whitney)."""
    positive, negative = _by_falling_score(targets, scores, weights)
    above = np.cumsum(positive, axis=1) - positive / 2
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return _ratio((negative * above).sum(axis=1), pairs)


def _auprc(targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats) -> Floats:
    """Average precision: precision at each score, weighted by the recall gained there."""
    positive, negative = _by_falling_score(targets, scores, weights)
    found = np.cumsum(positive, axis=1)
    precision = _ratio(found, found + np.cumsum(negative, axis=1))
    # Where no example was drawn yet there is no precision, and no recall is gained either.
    gained = np.where(positive > 0, positive * precision, 0.0).sum(axis=1)
    return _ratio(gained, positive.sum(axis=1))


def _by_falling_score(
    targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats
) -> tuple[Floats, Floats]:
    """Weights (r, u) of positives and of negatives at each distinct score, highest score first."""
    order = np.argsort(-scores, kind="stable")
    if not len(order):
        return weights, weights
    starts = np.concatenate([[0], np.flatnonzero(np.diff(scores[order])) + 1])
    ordered, hits = weights[:, order], targets[order]
    return (
        np.add.reduceat(ordered * hits, starts, axis=1),
        np.add.reduceat(ordered * ~hits, starts, axis=1),
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _interval(values: Floats) -> tuple[float | None, float | None]:
    defined = values[~np.isnan(values)]
    # An interval over a minority of resamples would describe the lucky ones.
    if len(defined) < N_RESAMPLES / 2:
        return None, None
    low, high = np.percentile(defined, _LEVELS)
    return float(low), float(high)
