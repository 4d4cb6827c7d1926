"""Evaluate: a network and its baselines on the same examples, and what that proves."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from screening.learning.baselines import fit_baselines
from screening.learning.dataset import Examples
from screening.learning.metrics import Estimate, auroc_difference, estimates
from screening.learning.split import Part, Split
from screening.learning.train import TrainedModel
from screening.network.score import predict_scores
from screening.voxel.palette import Palette

NETWORK: Final = "network"
_PARTS: Final[tuple[Part, ...]] = ("validation", "test")
_CHUNK: Final = 256
LEAST_TEST_GROUPS: Final = 10
"""Of each class: below it a bootstrap interval has no width where the few happen to agree."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the metric table.

    subject: "network", or the name of a baseline.
    value, low, high: the figure and its 95 % interval by bootstrap over groups, or None.
    """

    part: Part
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
    which is the harder comparison.

    Raises:
        IntegrityError: when a grid is damaged.
    """
    baselines = fit_baselines(examples, split.train)
    metrics: list[Metric] = []
    scores: dict[str, NDArray[np.floating]] = {}
    for part in _PARTS:
        rows = split.rows(part)
        metals = [examples.metals[row] for row in rows]
        scores = {NETWORK: _network_scores(trained, examples, rows, palette, rotations, device)}
        scores |= {baseline.name: baseline.scores(metals) for baseline in baselines}
        for subject, given in scores.items():
            measured = estimates(
                examples.targets[rows],
                given,
                examples.group_numbers(rows),
                threshold=trained.threshold,
                seed=seed,
            )
            metrics += [
                Metric(part, subject, one.name, one.value, one.low, one.high, one.n)
                for one in measured
            ]
    auroc = {
        metric.subject: metric.value
        for metric in metrics
        if metric.part == "test" and metric.name == "auroc" and metric.subject != NETWORK
    }
    best = max(auroc, key=lambda subject: auroc[subject] or 0.0)
    rows = split.test
    difference = auroc_difference(
        examples.targets[rows],
        scores[NETWORK],
        scores[best],
        examples.group_numbers(rows),
        seed=seed,
    )
    fewest = min(
        len({examples.groups[row] for row in rows if examples.targets[row] == positive})
        for positive in (True, False)
    )
    return Evaluation(tuple(metrics), difference, best, _verdict(difference, best, fewest))


def _network_scores(
    trained: TrainedModel,
    examples: Examples,
    rows: NDArray[np.intp],
    palette: Palette,
    rotations: int,
    device: torch.device | str,
) -> NDArray[np.float32]:
    model = trained.model.to(device)
    try:
        parts = [
            predict_scores(
                model, examples.grids(rows[start : start + _CHUNK]), palette, device, rotations
            ).scores
            for start in range(0, len(rows), _CHUNK)
        ]
    finally:
        model.cpu()
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
