"""Paired: how much better one is than another, both judged on the same resamples of groups."""

import numpy as np
from numpy.typing import NDArray

from screening.learning.metrics import (
    Estimate,
    all_metrics,
    estimate,
    interval,
    number,
    resamples,
)
from screening.learning.ranked import Floats, ratio


def paired_differences(
    targets: NDArray[np.bool_],
    scores: NDArray[np.floating],
    other_scores: NDArray[np.floating],
    groups: NDArray[np.intp],
    *,
    thresholds: tuple[float, float] = (0.5, 0.5),
    seed: int = 0,
) -> dict[str, Estimate]:
    """Every metric of scores (n,) less that of other scores (n,), by name.

    thresholds: from which score on each says yes.
    """

    def differences(weights: Floats) -> dict[str, Floats]:
        own = all_metrics(targets, scores, weights, thresholds[0])
        other = all_metrics(targets, other_scores, weights, thresholds[1])
        return {name: own[name] - other[name] for name in own}

    n = len(targets)
    values = differences(np.ones((1, n)))
    chunks = [differences(weights) for weights in resamples(groups, seed)]
    found = {}
    for name, value in values.items():
        bounds = interval(np.concatenate([chunk[name] for chunk in chunks] or [np.empty(0)]))
        found[name] = Estimate(name, number(value[0]), *bounds, n)
    return found


def difference_of_means(
    name: str,
    values: NDArray[np.floating],
    is_first: NDArray[np.bool_],
    groups: NDArray[np.intp],
    *,
    seed: int = 0,
) -> Estimate:
    """Mean of values (n,) where *is_first* less the mean elsewhere."""

    def difference(weights: Floats) -> Floats:
        first, rest = weights[:, is_first], weights[:, ~is_first]
        own = ratio(first @ values[is_first], first.sum(axis=1))
        found: Floats = own - ratio(rest @ values[~is_first], rest.sum(axis=1))
        return found

    return estimate(name, difference, len(values), resamples(groups, seed))
