"""Scores on the spin set: pooled over trainings, and the table of them with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spin_runs import PARTS, Look, Told, Trial, stopping

from screening.learning.baselines import fit_baselines
from screening.learning.calibration import fit_calibration, mean_probability
from screening.learning.dataset import Examples
from screening.learning.metrics import Estimate, estimates
from screening.learning.paired import paired_differences

FIGURES = ("accuracy", "auroc")


@dataclass(frozen=True)
class Pool:
    """Trainings whose test rows are judged together: targets (n,) and groups (n,) of them."""

    examples: Examples
    trials: tuple[Trial, ...]

    @property
    def rows(self) -> np.ndarray:
        return np.concatenate([trial.test for trial in self.trials])

    @property
    def targets(self) -> np.ndarray:
        return self.examples.targets[self.rows]

    @property
    def groups(self) -> np.ndarray:
        return self.examples.group_numbers(self.rows)

    def scores(self, told: Sequence[Sequence[Told]], look: Look) -> np.ndarray:
        """Scores (n,) of the networks told[trial]: their mean calibrated probability."""
        return np.concatenate(
            [
                calibrated(self.examples, trial, own, look)
                for trial, own in zip(self.trials, told, strict=True)
            ]
        )

    def baselines(self) -> dict[str, np.ndarray]:
        """Scores (n,) of every baseline, fitted to all rows that a training learned from."""
        parts: dict[str, list[np.ndarray]] = {}
        for trial in self.trials:
            traits = [self.examples.traits[row] for row in trial.test]
            for baseline in fit_baselines(self.examples, trial.learn):
                parts.setdefault(baseline.name, []).append(baseline.scores(traits))
        return {name: np.concatenate(own) for name, own in parts.items()}

    def figures(self, scores: np.ndarray) -> dict[str, Estimate]:
        return {one.name: one for one in estimates(self.targets, scores, self.groups)}

    def gains(self, scores: np.ndarray, others: np.ndarray) -> str:
        """Cells: the figures of scores less those of others, on the same resamples."""
        found = paired_differences(self.targets, scores, others, self.groups)
        return " | ".join(interval(found[name], "+") for name in FIGURES)


def calibrated(examples: Examples, trial: Trial, told: Sequence[Told], look: Look) -> np.ndarray:
    """Scores of the test rows, calibrated on the validation rows as a model version is."""
    split = stopping(examples, trial)
    validation, test = (
        np.concatenate([one.logits[part, look] for one in told], axis=1) for part in PARTS
    )
    base_rate = float(examples.targets[split.train].mean())
    calibration = fit_calibration(validation, examples.targets[split.validation], base_rate)
    return mean_probability(test, calibration)


def table(pool: Pool, scores: dict[str, np.ndarray]) -> Iterator[str]:
    """Rows of every subject with its figures, and of the networks' lead over the forest."""
    yield from head("subject", "accuracy (95 %)", "AUROC (95 %)", "Brier", "ECE")
    for subject, own in scores.items():
        found = pool.figures(own)
        cells = [interval(found[name]) for name in FIGURES]
        cells += [f"{found[name].value:.3f}" for name in ("brier", "ece")]
        yield f"| {subject} | {' | '.join(cells)} |"
    yield ""
    yield from head("less `random-forest`", "accuracy (95 %)", "AUROC (95 %)")
    for subject, own in scores.items():
        if not subject.startswith("`"):
            yield f"| {subject} | {pool.gains(own, scores['`random-forest`'])} |"


def head(*names: str) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"| {' | '.join('---' for _ in names)} |"


def interval(one: Estimate, sign: str = "") -> str:
    if one.value is None or one.low is None:
        return "not defined"
    return f"{one.value:{sign}.4f} ({one.low:{sign}.4f} to {one.high:{sign}.4f})"
