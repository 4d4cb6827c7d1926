"""Calibration: from a network's logit to a probability."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from torch import Tensor

from screening.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probability = logistic(slope * logit + intercept), after Platt 1999.

    A slope below 1 takes back what a network is too sure of; the intercept moves the even odds.
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope + self.intercept) and self.slope > 0):
            raise IntegrityError(
                f"a calibration keeps the order of the scores: slope {self.slope}, "
                f"intercept {self.intercept} do not"
            )

    def probabilities(self, logits: Tensor) -> Tensor:
        """Logits of any shape -> probabilities of the same shape."""
        return (logits * self.slope + self.intercept).sigmoid()

    def to_json(self) -> dict[str, float]:
        """As JSON values, for `card["calibration"]`."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any] | None) -> "Calibration":
        """Read what `to_json` wrote; None stands for a network that was not calibrated.

        Raises:
            IntegrityError: for anything else.
        """
        if fields is None:
            return UNCALIBRATED
        try:
            return cls(float(fields["slope"]), float(fields["intercept"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"not a calibration: {fields}") from error


UNCALIBRATED: Final = Calibration(1.0, 0.0)
"""What the network itself says."""
