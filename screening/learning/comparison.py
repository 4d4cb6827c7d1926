"""Comparison: the figures of a network and of its baselines on the same complexes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.baselines import Baseline
from screening.learning.calibration import mean_probability
from screening.learning.dataset import Examples
from screening.learning.fitting import look_at
from screening.learning.metrics import Estimate, auroc_difference, estimates
from screening.learning.numbers import error_reduction, number_estimates
from screening.learning.reliability import ReliabilityBin, reliability
from screening.learning.verdict import fewest_groups, verdict_of
from screening.network.calibration import UNCALIBRATED
from screening.network.predictor import Predictor
from screening.progress import SILENT, Progress
from screening.voxel.views import Views

NETWORK: Final = "network"
THRESHOLD: Final = 0.5
"""A score from here on counts as positive: more likely than not."""
_CALIBRATED: Final = ("brier", "ece")
_LEAST_OF_METAL: Final = 10


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the metric table.

    part: "validation", "test", "random test", "unseen"; "test Dy" for the test complexes with that
    metal. subject: "network", or the name of a baseline.
    value, low, high: the figure and its 95 % interval by bootstrap over groups, or None.
    """

    part: str
    subject: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a network is worth, by the test part or by examples that came later.

    difference: AUROC of the network less that of the best baseline, or by how much the baseline's
    error of numbers is larger; None where there is no baseline. verdict: the same in a sentence.
    scores, is_far: of the network on these examples, and whether each lies outside the domain of
    the training. reliability: of the scores; of numbers there is none.
    """

    metrics: tuple[Metric, ...]
    difference: Estimate | None
    best_baseline: str | None
    verdict: str
    scores: NDArray[np.float64]
    is_far: NDArray[np.bool_]
    reliability: tuple[ReliabilityBin, ...]


_Scores = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The network and baselines on some rows of the examples."""

    part: str
    examples: Examples
    rows: NDArray[np.intp]
    scores: Mapping[str, _Scores]
    raw: _Scores
    is_far: NDArray[np.bool_]
    seed: int

    @property
    def metrics(self) -> list[Metric]:
        """Figures of all; of the network also those that calibration changes, before it."""
        found = measure(self.part, self.examples, self.rows, self.scores, self.seed)
        if self.examples.are_numbers:
            return found
        before = measure(self.part, self.examples, self.rows, {NETWORK: self.raw}, self.seed)
        for one in before:
            if one.name in _CALIBRATED:
                name = f"{one.name}_uncalibrated"
                found.append(Metric(one.part, NETWORK, name, one.value, one.low, one.high, one.n))
        return found

    def by_metal(self) -> list[Metric]:
        """Figures on those with one metal, where there are enough to judge."""
        found = []
        for metal, places in _by_metal(self.examples, self.rows).items():
            own = {subject: given[places] for subject, given in self.scores.items()}
            part = f"{self.part} {metal}"
            found += measure(part, self.examples, self.rows[places], own, self.seed)
        return found

    def judge(self, metrics: Sequence[Metric], what: str, unit: str) -> Evaluation:
        """What *metrics* and these scores prove; *what*: the complexes in words."""
        classes, numbers = self.examples.classes[self.rows], self.examples.numbers[self.rows]
        are_numbers = self.examples.are_numbers
        own = self.scores[NETWORK]
        difference = best = None
        verdict = "Without its training examples no baseline can be fitted: nothing is claimed."
        if len(self.scores) > 1:
            best = _best_baseline(metrics, self.part)
            groups = self.examples.group_numbers(self.rows)
            other = self.scores[best]
            difference = (
                error_reduction(numbers, own, other, groups, seed=self.seed)
                if are_numbers
                else auroc_difference(classes, own, other, groups, seed=self.seed)
            )
            fewest = fewest_groups(self.examples, self.rows)
            verdict = verdict_of(difference, best, fewest, what, unit)
        return Evaluation(
            tuple(metrics),
            difference,
            best,
            verdict,
            np.asarray(own, dtype=np.float64),
            self.is_far,
            () if are_numbers else reliability(classes, own),
        )


def compare(
    predictor: Predictor,
    baselines: Sequence[Baseline],
    examples: Examples,
    rows: NDArray[np.intp],
    part: str,
    views: Views,
    seed: int,
    *,
    progress: Progress = SILENT,
) -> Comparison:
    """A network and baselines, fitted already, on some rows of the examples."""
    looks = look_at(predictor, examples, rows, views, progress=progress)
    judged = predictor.judge(looks)
    far = np.zeros(len(rows)) if judged.distance is None else judged.distance
    return Comparison(
        part,
        examples,
        rows,
        {NETWORK: judged.scores, **baseline_scores(baselines, examples, rows)},
        mean_probability(looks.logits, UNCALIBRATED),
        far > 1,
        seed,
    )


def measure(
    part: str,
    examples: Examples,
    rows: NDArray[np.intp],
    subjects: Mapping[str, _Scores],
    seed: int,
) -> list[Metric]:
    """Every figure of each subject's scores of some rows."""
    groups = examples.group_numbers(rows)

    def figures(given: _Scores) -> tuple[Estimate, ...]:
        if examples.are_numbers:
            return number_estimates(examples.numbers[rows], given, groups, seed=seed)
        return estimates(examples.classes[rows], given, groups, threshold=THRESHOLD, seed=seed)

    return [
        Metric(part, subject, one.name, one.value, one.low, one.high, one.n)
        for subject, given in subjects.items()
        for one in figures(given)
    ]


def baseline_scores(
    baselines: Sequence[Baseline], examples: Examples, rows: NDArray[np.intp]
) -> dict[str, _Scores]:
    """What each baseline says of some rows, by its name."""
    traits = [examples.traits[row] for row in rows]
    return {baseline.name: baseline.scores(traits) for baseline in baselines}


def _by_metal(examples: Examples, rows: NDArray[np.intp]) -> dict[str, NDArray[np.intp]]:
    """Places among *rows* of the complexes that have a metal, where there are enough to judge."""
    metals = sorted({metal for row in rows for metal in examples.traits[row].metals})
    places = {
        metal: np.flatnonzero([metal in examples.traits[row].metals for row in rows])
        for metal in metals
    }
    return {metal: own for metal, own in places.items() if len(own) >= _LEAST_OF_METAL}


def _best_baseline(metrics: Sequence[Metric], part: str) -> str:
    others = [metric for metric in metrics if metric.part == part and metric.subject != NETWORK]
    errors = {one.subject: one.value or 0.0 for one in others if one.name == "mae"}
    if errors:
        return min(errors, key=lambda subject: errors[subject])
    auroc = {one.subject: one.value or 0.0 for one in others if one.name == "auroc"}
    return max(auroc, key=lambda subject: auroc[subject])
