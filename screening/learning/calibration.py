"""Calibration: fit what turns a network's logits into probabilities."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from screening.errors import InputError
from screening.network.calibration import Calibration

_STEEPEST: Final = 50.0
_FLATTEST: Final = 1e-3
_EPSILON: Final = 1e-12


def fit_calibration(
    logits: NDArray[np.floating], targets: NDArray[np.bool_], base_rate: float
) -> Calibration:
    """Fit slope and intercept on examples that the network was not fitted to.

    logits: (n, members, views) of each look. targets: (n,). base_rate: share of positives
    that the probabilities are to hold for.

    A score is the mean over the looks of the calibrated probability, and it is this mean whose
    likelihood is made largest. The examples are weighed so that their share of positives is the
    base rate, since the classes weigh alike in training and its logits know of none. The targets
    are drawn a little to the middle, as in J. C. Platt, "Probabilistic outputs for support vector
    machines" (Advances in Large Margin Classifiers, 1999), so that a few examples that the
    network tells apart without an error do not make it wholly sure.

    Raises:
        InputError: when the examples have only one class, or the base rate is none.
    """
    n_positive = int(targets.sum())
    n_negative = len(targets) - n_positive
    if not (n_positive and n_negative and 0 < base_rate < 1):
        raise InputError("a calibration needs examples of both classes")
    looks = np.asarray(logits, dtype=np.float64).reshape(len(targets), -1)
    soft = np.where(targets, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    weights = np.where(targets, base_rate / n_positive, (1 - base_rate) / n_negative)

    def loss(parameters: NDArray[np.float64]) -> float:
        slope, intercept = np.exp(parameters[0]), parameters[1]
        chance = expit(slope * looks + intercept).mean(axis=1)
        chance = np.clip(chance, _EPSILON, 1 - _EPSILON)
        return float(-(weights * (soft * np.log(chance) + (1 - soft) * np.log1p(-chance))).sum())

    bounds = [(np.log(_FLATTEST), np.log(_STEEPEST)), (None, None)]
    start = np.array([0.0, np.log(base_rate / (1 - base_rate))])
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    return Calibration(float(np.exp(found.x[0])), float(found.x[1]))


def mean_probability(logits: NDArray[np.floating], calibration: Calibration) -> NDArray[np.float64]:
    """Scores (n,) from the logits (n, members, views) of all looks."""
    looks = np.asarray(logits, dtype=np.float64).reshape(len(logits), -1)
    mean: NDArray[np.float64] = expit(calibration.slope * looks + calibration.intercept).mean(
        axis=1
    )
    return mean
