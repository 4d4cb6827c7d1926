"""Scoring: how a model version scores a molecule that is drawn anew."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.network.predictor import Predictor
from screening.voxel.views import Views


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """What looks at a molecule, and the views that it has of it."""

    predictor: Predictor
    views: Views

    @property
    def n_looks(self) -> int:
        """Networks times views."""
        return len(self.predictor.members) * self.views.turns

    def log_odds(self, views: NDArray[np.integer]) -> NDArray[np.float64]:
        """Of views (n, turns, d, d, d): (n_looks, n) natural logarithms of odds.

        Calibrated, one look at a time: the score is the mean of their probabilities.
        """
        logits = self.predictor.look(views).logits
        by_look = logits.reshape(len(views), self.n_looks).T.astype(np.float64)
        calibration = self.predictor.calibration
        odds: NDArray[np.float64] = calibration.slope * by_look + calibration.intercept
        return odds

    def score(self, views: NDArray[np.integer]) -> NDArray[np.float64]:
        """Scores (n,) of views (n, turns, d, d, d), as `smmdb predict` gives them."""
        return self.predictor.score(views).scores
