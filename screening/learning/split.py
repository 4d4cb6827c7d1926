"""Split: which examples train, which stop the training, which test."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from screening.errors import InputError
from screening.learning.dataset import Examples

Part = Literal["train", "validation", "test"]
PARTS: Final[tuple[Part, ...]] = ("train", "validation", "test")

_FOLDS: Final = 7
"""A seventh tests and a seventh validates: 0.71, 0.14 and 0.14 of the examples."""
_LEAST_GROUPS: Final = 3
"""Groups that each class must stand in, so that each part can have both classes."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows of each part, in rising order; no row in two parts.

    seed: which of the possible splits it is.
    """

    train: NDArray[np.intp]
    validation: NDArray[np.intp]
    test: NDArray[np.intp]
    seed: int

    def __post_init__(self) -> None:
        rows = np.concatenate([self.train, self.validation, self.test])
        if len(np.unique(rows)) != len(rows):
            raise InputError("split: a row stands in two parts")

    def rows(self, part: Part) -> NDArray[np.intp]:
        """Rows of a part."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[part]

    def part_of_rows(self) -> dict[int, Part]:
        """Part of each row."""
        return {int(row): part for part in PARTS for row in self.rows(part)}

    def to_json(self) -> dict[str, Any]:
        """How the split was made, for the split column of a model version."""
        sizes = {part: len(self.rows(part)) for part in PARTS}
        return {"method": "stratified groups", "seed": self.seed, "n": sizes}


def grouped_split(examples: Examples, *, seed: int = 0) -> Split:
    """Split so that no group is in two parts, with near equal shares of positives.

    The same examples in the same order and the same seed give the same split.

    Raises:
        InputError: when a class stands in too few groups to be in every part.
    """
    targets = examples.targets
    groups = np.array(examples.groups, dtype=object)
    for positive in (True, False):
        n_groups = len(np.unique(groups[targets == positive]))
        if n_groups < _LEAST_GROUPS:
            raise InputError(
                f"too few {'positive' if positive else 'negative'} examples to train on: they "
                f"stand in {n_groups} groups of compounds, and each class needs {_LEAST_GROUPS} "
                "or more (one each to train, validate and test). Import more findings."
            )
    everything = np.arange(len(examples), dtype=np.intp)
    rest, test = _part_off(everything, examples, seed)
    train, validation = _part_off(rest, examples, seed + 1)
    return Split(train, validation, test, seed)


def _part_off(
    rows: NDArray[np.intp], examples: Examples, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    targets, groups = examples.targets[rows], examples.group_numbers(rows)
    n_positive = int(targets.sum())
    # The splitter refuses more folds than groups or members of a class; of each there are two.
    n_folds = min(_FOLDS, n_positive, len(rows) - n_positive, int(groups.max()) + 1)
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    candidates = [
        (rows[kept], rows[parted])
        for kept, parted in folds.split(np.zeros(len(rows)), targets, groups)
        if _has_both(targets[kept]) and _has_both(targets[parted])
    ]
    if not candidates:
        raise InputError(
            "the examples cannot be split: no set of groups leaves both classes on either side. "
            "Import findings on more compounds."
        )
    wanted = np.array([targets.sum(), len(targets)]) / _FOLDS

    def misfit(candidate: tuple[NDArray[np.intp], NDArray[np.intp]]) -> float:
        parted = examples.targets[candidate[1]]
        return float(np.abs(np.array([parted.sum(), len(parted)]) - wanted).sum())

    return min(candidates, key=misfit)


def _has_both(targets: Iterable[np.bool_]) -> bool:
    return len({bool(target) for target in targets}) == 2
