"""Calibration: from what a network puts out to a score."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from torch import Tensor

from screening.errors import IntegrityError

Link = Literal["logistic", "identity"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Score = link(slope * output + intercept).

    Of a yes or no the link is logistic and the score a probability, after Platt 1999: a slope below
    1 takes back what a network is too sure of; the intercept moves the even odds. Of a number it is
    the identity: slope and intercept are the standard deviation and the mean of what was learned.
    """

    slope: float
    intercept: float
    link: Link = "logistic"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope + self.intercept) and self.slope > 0):
            raise IntegrityError(
                f"a calibration keeps the order of the scores: slope {self.slope}, "
                f"intercept {self.intercept} do not"
            )
        if self.link not in get_args(Link):
            raise IntegrityError(f"a calibration has no link {self.link!r}")

    @property
    def scale(self) -> float:
        """What differences of scores are measured by: 1, or the standard deviation of numbers."""
        return 1.0 if self.link == "logistic" else self.slope

    def scores(self, outputs: Tensor) -> Tensor:
        """Outputs of any shape -> scores of the same shape."""
        moved = outputs * self.slope + self.intercept
        return moved.sigmoid() if self.link == "logistic" else moved

    def to_json(self) -> dict[str, Any]:
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
            link = fields.get("link", "logistic")  # versions of before numbers were learned
            return cls(float(fields["slope"]), float(fields["intercept"]), link)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"not a calibration: {fields}") from error


UNCALIBRATED: Final = Calibration(1.0, 0.0)
"""What the network itself says."""
