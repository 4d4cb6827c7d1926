"""Scoring: how a model version scores a molecule that is drawn anew."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.network.predictor import Predictor
from screening.voxel.spec import VoxelSpec


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """What looks at a molecule, at how many turns of the box, and how the molecule is drawn."""

    predictor: Predictor
    rotations: int
    spec: VoxelSpec

    @property
    def n_looks(self) -> int:
        """Networks times turns."""
        return len(self.predictor.members) * self.rotations

    @property
    def seen(self) -> slice:
        """The voxels along each side of a grid that the networks look at."""
        field, edge = self.predictor.members[0].config.field, self.spec.edge
        if field is None or field >= edge:
            return slice(0, edge)
        return slice((edge - field) // 2, (edge - field) // 2 + field)

    def log_odds(self, grids: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Of element grids (n, edge, edge, edge): (n_looks, n) natural logarithms of odds.

        Calibrated, one look at a time: the score is the mean of their probabilities.
        """
        logits = self.predictor.look(grids, self.rotations).logits
        by_look = logits.reshape(len(grids), self.n_looks).T.astype(np.float64)
        calibration = self.predictor.calibration
        odds: NDArray[np.float64] = calibration.slope * by_look + calibration.intercept
        return odds

    def score(self, grids: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Scores (n,) of element grids (n, edge, edge, edge), as `smmdb predict` gives them."""
        return self.predictor.score(grids, self.rotations).scores
