"""Leakage: whether the test part lies nearer to the training than what a model will meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.dataset import Examples, numbered
from screening.learning.metrics import Estimate, estimates
from screening.learning.nearest import nearest_similarity
from screening.learning.paired import difference_of_means
from screening.learning.split import Split
from screening.learning.split_kind import SPLIT_KINDS, TIES

_QUARTERS: Final = 4
_LEAST_GROUPS: Final = 10
"""Of either half: where few groups happen to agree, a bootstrap interval has no width."""
_SAME: Final = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Overlap:
    """What the test part shares with the training and validation parts by one tie.

    n_shared: keys that stand on both sides. n_test: test complexes that have one of them.
    is_kept_together: whether the split never parts what is tied so; then both must be 0.
    """

    tie: str
    n_shared: int
    n_test: int
    is_kept_together: bool


@dataclass(frozen=True, slots=True)
class Quarter:
    """A part of the test complexes, as near to the training as *low* to *high* says.

    error: share of wrong classes; auroc: within these complexes.
    """

    low: float
    high: float
    n: int
    error: Estimate
    auroc: Estimate


@dataclass(frozen=True, slots=True)
class Nearness:
    """How the error goes with one measure of nearness.

    quarters: of the test part, the farthest first. difference: error rate in the farther half less
    that in the nearer half. verdict: the same in a sentence.
    """

    measure: str
    quarters: tuple[Quarter, ...]
    difference: Estimate
    verdict: str


@dataclass(frozen=True, slots=True)
class Leakage:
    """What tells of the training part in the test part.

    n_same: test complexes whose nearest training complex has the same skeleton graph.
    median_similarity: of the test complexes to their nearest training complexes.
    """

    overlaps: tuple[Overlap, ...]
    n_test: int
    n_same: int
    median_similarity: float
    nearness: tuple[Nearness, ...]
    verdict: str


def measure_leakage(
    examples: Examples,
    split: Split,
    scores: NDArray[np.floating],
    distances: NDArray[np.floating] | None,
    *,
    threshold: float = 0.5,
    seed: int = 0,
) -> Leakage:
    """Set the error on each test complex beside its nearest training complex.

    scores: (t,) of the test part. distances: (t,) in the space of the network's embeddings, above 1
    outside of the domain of the training; None where the version has no domain.
    Similarity is that of the baseline `nearest-skeleton`.
    """
    traits = examples.traits
    similarity = nearest_similarity(
        [traits[row] for row in split.test], [traits[row] for row in split.train]
    )
    measures: dict[str, tuple[NDArray[np.floating], int]] = {
        "similarity of the nearest training skeleton": (similarity, 1)
    }
    if distances is not None:
        measures["distance of the embedding, 1 at the edge of the domain"] = (distances, -1)
    nearness = tuple(
        _nearness(name, values, sign, examples, split.test, scores, threshold, seed)
        for name, (values, sign) in measures.items()
    )
    overlaps = find_overlaps(examples, split)
    return Leakage(
        overlaps,
        len(split.test),
        int((similarity >= _SAME).sum()),
        float(np.median(similarity)),
        nearness,
        _verdict(overlaps),
    )


def find_overlaps(examples: Examples, split: Split) -> tuple[Overlap, ...]:
    """What stands on both sides of the split, by every tie there is and by equal grids."""
    known = np.concatenate([split.train, split.validation])
    kept = SPLIT_KINDS[split.plan.kind].ties
    keys: dict[str, Callable[[int], object]] = {
        name: lambda row, tie=tie: tie(examples.traits[row])  # type: ignore[misc]
        for name, tie in TIES.items()
    }
    keys["equal grid"] = lambda row: examples.blobs[row]
    found = []
    for name, key in keys.items():
        here = {key(row) for row in known.tolist()} - {None}
        shared = [key(row) for row in split.test.tolist() if key(row) in here]
        found.append(Overlap(name, len(set(shared)), len(shared), name in kept))
    return tuple(found)


def _nearness(
    measure: str,
    values: NDArray[np.floating],
    sign: int,
    examples: Examples,
    rows: NDArray[np.intp],
    scores: NDArray[np.floating],
    threshold: float,
    seed: int,
) -> Nearness:
    """*sign*: 1 where a higher value is nearer, -1 where it is farther."""
    targets = examples.classes[rows]
    wrong = ((scores >= threshold) != targets).astype(np.float64)
    near = values * sign
    # Equal values stay together, so the quarters need not be equally large.
    edges = np.quantile(near, np.arange(1, _QUARTERS) / _QUARTERS)
    places = np.searchsorted(edges, near, side="left")
    quarters = []
    for place in np.unique(places).tolist():
        own = places == place
        groups = numbered([examples.groups[row] for row in rows[own]])
        found = {
            one.name: one
            for one in estimates(targets[own], scores[own], groups, threshold=threshold, seed=seed)
        }
        quarters.append(
            Quarter(
                float(values[own].min()),
                float(values[own].max()),
                int(own.sum()),
                _error(found["accuracy"]),
                found["auroc"],
            )
        )
    is_far = near < np.median(near)
    group_numbers = examples.group_numbers(rows)
    difference = difference_of_means("error_difference", wrong, is_far, group_numbers, seed=seed)
    fewest = min(len(np.unique(group_numbers[half])) for half in (is_far, ~is_far))
    return Nearness(measure, tuple(quarters), difference, _trend(difference, wrong, is_far, fewest))


def _error(accuracy: Estimate) -> Estimate:
    return Estimate(
        "error",
        _rest(accuracy.value),
        _rest(accuracy.high),
        _rest(accuracy.low),
        accuracy.n,
    )


def _rest(share: float | None) -> float | None:
    return None if share is None else 1 - share


def _trend(
    difference: Estimate,
    wrong: NDArray[np.float64],
    is_far: NDArray[np.bool_],
    fewest: int,
) -> str:
    if difference.value is None or difference.low is None or difference.high is None:
        return "Whether the error goes with the distance cannot be told: too few test complexes."
    if fewest < _LEAST_GROUPS:
        return (
            "Whether the error goes with the distance cannot be told: a half of the test part has "
            f"only {fewest} groups, and fewer than {_LEAST_GROUPS} prove nothing."
        )
    figures = (
        f"{wrong[is_far].mean():.1%} wrong in the farther half, {wrong[~is_far].mean():.1%} in the "
        f"nearer (difference {100 * difference.value:+.1f} points, 95 % interval "
        f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f})"
    )
    if difference.low > 0:
        return (
            f"The figures fall with distance: {figures}. Expect more errors than the test part "
            "shows on complexes that are less like the training."
        )
    if difference.high < 0:
        return f"The figures rise with distance: {figures}."
    return f"The figures are not shown to fall with distance: {figures}."


def _verdict(overlaps: Sequence[Overlap]) -> str:
    broken = [one for one in overlaps if one.is_kept_together and one.n_shared]
    if broken:
        names = ", ".join(f"{one.tie} ({one.n_test} test complexes)" for one in broken)
        return f"LEAKS: the split keeps these together, and they stand on both sides: {names}."
    loose = [one for one in overlaps if one.n_shared]
    if loose:
        names = ", ".join(f"{one.tie} ({one.n_test} test complexes)" for one in loose)
        return (
            f"This split lets tied complexes part, and they tell of each other: {names}. Its "
            "figures flatter."
        )
    return "Nothing that is tied stands on both sides."
