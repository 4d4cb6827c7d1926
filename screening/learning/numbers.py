"""Numbers: how far predicted numbers lie from the true ones, with intervals over groups.

The resamples are those of `metrics`: whole groups, kept as a weight for each example.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.metrics import Estimate, estimate, resamples
from screening.learning.ranked import Floats, ratio

NUMBER_METRICS: Final = ("mae", "rmse", "r2", "spearman")
REDUCTION: Final = "mae_reduction"


def number_estimates(
    targets: NDArray[np.floating],
    predicted: NDArray[np.floating],
    groups: NDArray[np.intp],
    *,
    seed: int = 0,
) -> tuple[Estimate, ...]:
    """Every figure of predicted numbers (n,) against targets (n,), groups (n,) numbered from 0.

    mae, rmse: mean absolute error and root of the mean squared one, in the unit of the property.
    r2: share of the variance that is explained, below 0 where the mean of these examples does
    better. spearman: rank correlation. The last two are None where all numbers are the same.
    """
    chunks = resamples(groups, seed)
    figures = _figures(targets, predicted)
    return tuple(estimate(name, figures[name], len(groups), chunks) for name in NUMBER_METRICS)


def number_differences(
    targets: NDArray[np.floating],
    predicted: NDArray[np.floating],
    other_predicted: NDArray[np.floating],
    groups: NDArray[np.intp],
    *,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Every figure of predicted numbers (n,) less that of others (n,), on the same resamples."""
    chunks = resamples(groups, seed)
    own, other = _figures(targets, predicted), _figures(targets, other_predicted)

    def difference(name: str) -> _Figure:
        return lambda weights: own[name](weights) - other[name](weights)

    return {name: estimate(name, difference(name), len(groups), chunks) for name in NUMBER_METRICS}


def error_reduction(
    targets: NDArray[np.floating],
    predicted: NDArray[np.floating],
    other_predicted: NDArray[np.floating],
    groups: NDArray[np.intp],
    *,
    seed: int = 0,
) -> Estimate:
    """By how much the mean absolute error of others is larger, on the same resamples of groups."""
    gain = np.abs(other_predicted - targets) - np.abs(predicted - targets)
    values = gain.astype(np.float64)
    chunks = resamples(groups, seed)
    return estimate(REDUCTION, lambda weights: _mean(weights, values), len(values), chunks)


_Figure = Callable[[Floats], Floats]


def _figures(targets: NDArray[np.floating], predicted: NDArray[np.floating]) -> dict[str, _Figure]:
    true = np.asarray(targets, dtype=np.float64)
    said = np.asarray(predicted, dtype=np.float64)
    return {
        "mae": lambda weights: _mean(weights, np.abs(said - true)),
        "rmse": lambda weights: np.sqrt(_mean(weights, (said - true) ** 2)),
        "r2": lambda weights: _explained(weights, true, said),
        "spearman": lambda weights: _spearman(weights, true, said),
    }


def _mean(weights: Floats, values: Floats) -> Floats:
    return ratio(weights @ values, weights.sum(axis=1))


def _explained(weights: Floats, true: Floats, said: Floats) -> Floats:
    # About the plain mean first: squares of large numbers would eat each other up.
    centred = true - true.mean()
    variance = _mean(weights, centred**2) - _mean(weights, centred) ** 2
    is_none = variance <= _NONE * (centred**2).mean()
    left = ratio(_mean(weights, (said - true) ** 2), np.where(is_none, 0.0, variance))
    found: Floats = 1 - left
    return found


_NONE: Final = 1e-12
"""A spread that is a smaller part of the largest possible one is rounding."""


def _spearman(weights: Floats, true: Floats, said: Floats) -> Floats:
    one, other = _ranks(weights, true), _ranks(weights, said)
    total = weights.sum(axis=1, keepdims=True)
    one -= (weights * one).sum(axis=1, keepdims=True) / total
    other -= (weights * other).sum(axis=1, keepdims=True) / total
    spread = np.sqrt((weights * one**2).sum(axis=1) * (weights * other**2).sum(axis=1))
    is_none = spread <= _NONE * total[:, 0] ** 3
    return ratio((weights * one * other).sum(axis=1), np.where(is_none, 0.0, spread))


def _ranks(weights: Floats, values: Floats) -> Floats:
    """The middle rank (r, n) of each value (n,) in each row of weights (r, n)."""
    distinct, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(distinct)))
    held = np.add.reduceat(weights[:, order], starts, axis=1)
    middles = np.cumsum(held, axis=1) - held / 2
    ranks: Floats = middles[:, place]
    return ranks
