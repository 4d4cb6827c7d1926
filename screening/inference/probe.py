"""Probe: a short measurement that chooses a mode for the device at hand."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.inference.mode import SAFE_MODE, Mode, modes_for
from screening.inference.tuned import Compile, TunedPredictor, compile_for_one_size
from screening.network.predictor import Predictor, Scores
from screening.store.predictions import SCORE_TOLERANCE

_ROUNDS: Final = 3
_ROUNDS_S: Final = 0.4
"""Seconds after which no further round begins; compiling comes before and is not counted."""
_COMPARED: Final = 16
"""Molecules whose scores in each mode are compared with those of the CPU, by one view each."""
_SHARE: Final = 0.5
"""Share of the tolerance that the compared ones may use up: others may differ more."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One mode as measured.

    rate: molecules a second, by one view each; difference: the largest from a score of float32 on
    the CPU; refused: why the mode is not taken, whatever its rate.
    """

    mode: Mode
    rate: float | None = None
    difference: float | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a worker found: its device, the mode that it took, and complexes a second in it."""

    device: str
    mode: Mode
    rate: float
    trials: tuple[Trial, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for the settings of a run."""
        return asdict(self)


def tune(
    predictor: Predictor,
    views: NDArray[np.integer],
    *,
    modes: Sequence[Mode] | None = None,
    compile_: Compile = compile_for_one_size,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[TunedPredictor, Probe]:
    """Measure modes on views (n, k, d, d, d) to be scored, and take the fastest.

    A mode whose scores differ from those of float32 on the CPU by more than half of
    SCORE_TOLERANCE, times the calibration's scale, is refused. If none is left, the safe mode is
    taken.
    """
    place = predictor.device
    if modes is None:
        modes = modes_for(place.type, views[0, 0].nbytes)
    first = np.ascontiguousarray(views[:, :1])
    sample = first[:_COMPARED]
    truth = predictor.to("cpu").score(sample)
    predictor.to(place)  # the networks were moved, not copied
    trials, runners = [], {}
    for mode in modes:
        try:
            runner = TunedPredictor(predictor, mode, compile_)
            trial = _compare(runner, sample, truth, predictor.calibration.scale)
        except Exception as error:  # noqa: BLE001 - a compiler may fail in any way
            reason = next(iter(str(error).splitlines()), "")  # of some errors there is no text
            trial = Trial(mode, refused=f"{type(error).__name__}: {reason}")
        trials.append(trial)
        if trial.refused is None:
            runners[mode] = runner
    if not runners:
        runners[SAFE_MODE] = TunedPredictor(predictor, SAFE_MODE)
    largest = max(mode.batch for mode in runners)
    seconds = _measure(runners, np.resize(first, (largest, *first.shape[1:])), clock)
    rates = {mode: largest / second for mode, second in seconds.items()}
    best = max(rates, key=lambda mode: rates[mode])
    measured = tuple(Trial(t.mode, rates.get(t.mode), t.difference, t.refused) for t in trials)
    tuned = runners[best]
    return tuned, Probe(str(place), tuned.mode, rates[best] / views.shape[1], measured)


def _compare(
    runner: TunedPredictor, sample: NDArray[np.integer], truth: Scores, scale: float
) -> Trial:
    mode = runner.mode
    scores = runner.score(sample)
    difference = float(np.abs(scores.scores - truth.scores).max())
    if runner.mode != mode:
        return Trial(mode, difference=difference, refused="not enough memory")
    if difference > _SHARE * SCORE_TOLERANCE * scale:
        return Trial(mode, difference=difference, refused="scores differ too much")
    return Trial(mode, difference=difference)


def _measure(
    runners: dict[Mode, TunedPredictor], views: NDArray[np.integer], clock: Callable[[], float]
) -> dict[Mode, float]:
    """Seconds in which each runner scores *views*: the best of some rounds, by turns."""
    seconds = dict.fromkeys(runners, float("inf"))
    started = clock()
    for _ in range(_ROUNDS):
        for mode, runner in runners.items():
            begun = clock()
            runner.score(views)
            seconds[mode] = min(seconds[mode], clock() - begun)
        if clock() - started > _ROUNDS_S:
            break
    return {mode: max(second, 1e-9) for mode, second in seconds.items()}
