"""Evaluate: a network and its baselines on the same examples, and what that proves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from screening.learning.baselines import Baseline, fit_baselines
from screening.learning.dataset import Examples
from screening.learning.metrics import Estimate, auroc_difference, estimates
from screening.learning.split import Part, Split, make_split
from screening.learning.split_kind import SplitPlan
from screening.learning.train import TrainedModel
from screening.network.predictor import Predictor
from screening.voxel.palette import Palette

NETWORK: Final = "network"
RANDOM: Final = "random test"
"""Part of the figures that the baselines reach on a random split."""
LEAST_TEST_GROUPS: Final = 10
"""Of each class: below it a bootstrap interval has no width where the few happen to agree."""
_PARTS: Final[tuple[Part, ...]] = ("validation", "test")
_CHUNK: Final = 256
_LEAST_OF_METAL: Final = 10


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the metric table.

    part: "validation", "test", "test Dy" for the test complexes with that metal, or "random test".
    subject: "network", or the name of a baseline.
    value, low, high: the figure and its 95 % interval by bootstrap over groups, or None.
    """

    part: str
    subject: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a network is worth.

    difference: AUROC of the network less that of the best baseline, on the test part.
    verdict: the same in a sentence.
    """

    metrics: tuple[Metric, ...]
    difference: Estimate
    best_baseline: str
    verdict: str


def evaluate(
    trained: TrainedModel,
    examples: Examples,
    split: Split,
    palette: Palette,
    *,
    rotations: int = 1,
    device: torch.device | str = "cpu",
    seed: int = 0,
) -> Evaluation:
    """Measure a network and its baselines on the validation and the test part.

    rotations: turns of the box that each score of the network is the mean of.

    The validation part chose the epoch, so its figures flatter the network; the test part was
    not used for anything before. The best baseline is the one that does best on the test part,
    which is the harder comparison. Beside it stands what the baselines reach on a random split.

    Raises:
        IntegrityError: when a grid is damaged.
    """
    baselines = fit_baselines(examples, split.train)
    metrics: list[Metric] = []
    scores: dict[str, NDArray[np.floating]] = {}

    def measure(part: str, rows: NDArray[np.intp], subjects: Mapping[str, _Scores]) -> None:
        metrics.extend(_measure(part, examples, rows, subjects, trained.threshold, seed))

    for part in _PARTS:
        rows = split.rows(part)
        scores = {NETWORK: _network_scores(trained, examples, rows, palette, rotations, device)}
        scores |= _baseline_scores(baselines, examples, rows)
        measure(part, rows, scores)
    for metal, places in _by_metal(examples, split.test).items():
        own = {subject: given[places] for subject, given in scores.items()}
        measure(f"test {metal}", split.test[places], own)
    if split.plan.kind != "random":
        lenient = make_split(examples, SplitPlan("random"), seed=split.seed)
        easy = fit_baselines(examples, lenient.train)
        measure(RANDOM, lenient.test, _baseline_scores(easy, examples, lenient.test))
    best = _best_baseline(metrics)
    difference = auroc_difference(
        examples.targets[split.test],
        scores[NETWORK],
        scores[best],
        examples.group_numbers(split.test),
        seed=seed,
    )
    fewest = min(
        len({examples.groups[row] for row in split.test if examples.targets[row] == positive})
        for positive in (True, False)
    )
    return Evaluation(tuple(metrics), difference, best, _verdict(difference, best, fewest))


_Scores = NDArray[np.floating]


def _measure(
    part: str,
    examples: Examples,
    rows: NDArray[np.intp],
    subjects: Mapping[str, _Scores],
    threshold: float,
    seed: int,
) -> list[Metric]:
    groups = examples.group_numbers(rows)
    return [
        Metric(part, subject, one.name, one.value, one.low, one.high, one.n)
        for subject, given in subjects.items()
        for one in estimates(examples.targets[rows], given, groups, threshold=threshold, seed=seed)
    ]


def _baseline_scores(
    baselines: Sequence[Baseline], examples: Examples, rows: NDArray[np.intp]
) -> dict[str, _Scores]:
    traits = [examples.traits[row] for row in rows]
    return {baseline.name: baseline.scores(traits) for baseline in baselines}


def _by_metal(examples: Examples, rows: NDArray[np.intp]) -> dict[str, NDArray[np.intp]]:
    """Places among *rows* of the complexes that have a metal, where there are enough to judge."""
    metals = sorted({metal for row in rows for metal in examples.traits[row].metals})
    places = {
        metal: np.flatnonzero([metal in examples.traits[row].metals for row in rows])
        for metal in metals
    }
    return {
        metal: own
        for metal, own in places.items()
        if len(own) >= _LEAST_OF_METAL and len(np.unique(examples.targets[rows[own]])) > 1
    }


def _best_baseline(metrics: Sequence[Metric]) -> str:
    auroc = {
        metric.subject: metric.value or 0.0
        for metric in metrics
        if (metric.part, metric.name) == ("test", "auroc") and metric.subject != NETWORK
    }
    return max(auroc, key=lambda subject: auroc[subject])


def _network_scores(
    trained: TrainedModel,
    examples: Examples,
    rows: NDArray[np.intp],
    palette: Palette,
    rotations: int,
    device: torch.device | str,
) -> _Scores:
    predictor = Predictor(trained.networks, palette).to(device)
    try:
        parts = [
            predictor.score(examples.grids(rows[start : start + _CHUNK]), rotations).scores
            for start in range(0, len(rows), _CHUNK)
        ]
    finally:
        predictor.to("cpu")
    return np.concatenate([*parts, np.empty(0, dtype=np.float32)])


def _verdict(difference: Estimate, best: str, fewest: int) -> str:
    if fewest < LEAST_TEST_GROUPS:
        return (
            f"Whether the network beats the baseline {best} cannot be told: a class stands in "
            f"only {fewest} groups of the test part, and fewer than {LEAST_TEST_GROUPS} prove "
            "nothing."
        )
    if difference.value is None or difference.low is None or difference.high is None:
        return (
            f"Whether the network beats the baseline {best} cannot be told: the test part "
            f"({difference.n} complexes) is too small."
        )
    figures = (
        f"(AUROC {difference.value:+.2f}, 95 % interval {difference.low:+.2f} to "
        f"{difference.high:+.2f}, {difference.n} test complexes)"
    )
    if difference.low > 0:
        return f"The network beats the best baseline, {best} {figures}."
    if difference.high < 0:
        return f"The network is worse than the baseline {best} {figures}."
    return f"The network is not shown to beat the baseline {best} {figures}."
