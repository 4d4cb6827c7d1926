"""Metrics: how well scores tell the classes apart, with intervals by bootstrap over groups.

A resample takes whole groups with replacement, since examples of one group are no independent
witnesses. It is kept as a weight for each example, and every metric is computed from weights for
all resamples at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.ranked import Floats, rank, ratio

METRIC_NAMES: Final = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "auroc",
    "auprc",
    "base_rate",
    "ef_1",
    "ef_2",
    "ef_5",
    "ef_10",
    "bedroc_20",
    "precision_at_10",
    "precision_at_50",
    "brier",
    "ece",
)
N_RESAMPLES: Final = 1000
_LEVELS: Final = (2.5, 97.5)
_CHUNK: Final = 2_000_000  # weights held at once
ECE_BINS: Final = 15


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

    base_rate: share of positives, which is the AUPRC of scores by chance. ef_5: enrichment in the
    5 % of the highest scores, at most the inverse of the base rate. bedroc_20: early recognition,
    alpha 20. precision_at_10: share of positives among the ten highest scores. ece: expected
    calibration error of the score as the chance to be positive, over 15 bins of equal width.

    AUROC and BEDROC need both classes, AUPRC and enrichment a positive one, F1 a positive target
    or call, precision_at_10 ten examples; without, or with one group only, the figure or its
    interval is None.
    """
    values = all_metrics(targets, scores, np.ones((1, len(targets))), threshold)
    chunks = [
        all_metrics(targets, scores, weights, threshold) for weights in resamples(groups, seed)
    ]
    return tuple(
        Estimate(
            name,
            number(values[name][0]),
            *interval(np.concatenate([chunk[name] for chunk in chunks] or [np.empty(0)])),
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

    def difference(weights: Floats) -> Floats:
        found: Floats = (
            rank(targets, scores, weights).auroc() - rank(targets, other_scores, weights).auroc()
        )
        return found

    return estimate("auroc_difference", difference, len(targets), resamples(groups, seed))


def ece_bins(scores: NDArray[np.floating]) -> NDArray[np.intp]:
    """Number of the bin, of equal width from 0 to 1, that each score (n,) lies in."""
    bins: NDArray[np.intp] = np.clip(
        (np.asarray(scores) * ECE_BINS).astype(np.intp), 0, ECE_BINS - 1
    )
    return bins


def resamples(groups: NDArray[np.intp], seed: int) -> list[Floats]:
    """Weights of the examples in resamples of their groups (n,): chunks of (r, n), 1,000 in all.

    None where there is one group only. The same groups and seed give the same resamples.
    """
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        return []
    draws = np.random.default_rng(seed).multinomial(
        n_groups, np.full(n_groups, 1 / n_groups), size=N_RESAMPLES
    )
    n_chunks = 1 + N_RESAMPLES * len(groups) // _CHUNK
    return [chunk[:, groups].astype(np.float64) for chunk in np.array_split(draws, n_chunks)]


def estimate(
    name: str, figure: Callable[[Floats], Floats], n: int, resampled: Sequence[Floats]
) -> Estimate:
    """One figure, which takes weights (r, n) to (r,), and its interval over *resampled* weights."""
    found = [figure(weights) for weights in resampled]
    bounds = interval(np.concatenate(found or [np.empty(0)]))
    return Estimate(name, number(figure(np.ones((1, n)))[0]), *bounds, n)


def all_metrics(
    targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats, threshold: float
) -> dict[str, Floats]:
    """Every metric by name, for each row of weights (r, n): (r,)."""
    called = scores >= threshold
    hits = weights @ (targets & called)
    misses = weights @ (targets & ~called)
    alarms = weights @ (~targets & called)
    passes = weights @ (~targets & ~called)
    total = weights.sum(axis=1)
    sensitivity, specificity = ratio(hits, hits + misses), ratio(passes, passes + alarms)
    ranked = rank(targets, scores, weights)
    error = (np.asarray(scores, dtype=np.float64) - targets) ** 2
    return {
        "accuracy": ratio(hits + passes, total),
        "balanced_accuracy": (sensitivity + specificity) / 2,
        "f1": ratio(2 * hits, 2 * hits + misses + alarms),
        "auroc": ranked.auroc(),
        "auprc": ranked.auprc(),
        "base_rate": ranked.base_rate(),
        "ef_1": ranked.enrichment(1),
        "ef_2": ranked.enrichment(2),
        "ef_5": ranked.enrichment(5),
        "ef_10": ranked.enrichment(10),
        "bedroc_20": ranked.bedroc(20.0),
        "precision_at_10": ranked.precision_at(10),
        "precision_at_50": ranked.precision_at(50),
        "brier": ratio(weights @ error, total),
        "ece": _calibration_error(targets, scores, weights),
    }


def _calibration_error(
    targets: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats
) -> Floats:
    surplus = np.asarray(scores, dtype=np.float64) - targets
    by_bin = np.zeros((len(scores), ECE_BINS))
    by_bin[np.arange(len(scores)), ece_bins(scores)] = surplus
    return ratio(np.abs(weights @ by_bin).sum(axis=1), weights.sum(axis=1))


def number(value: float) -> float | None:
    """The figure, or None where it is not defined."""
    return None if np.isnan(value) else float(value)


def interval(values: Floats) -> tuple[float | None, float | None]:
    """The 95 % interval of resampled values (r,)."""
    defined = values[~np.isnan(values)]
    # An interval over a minority of resamples would describe the lucky ones.
    if len(defined) < N_RESAMPLES / 2:
        return None, None
    low, high = np.percentile(defined, _LEVELS)
    return float(low), float(high)
