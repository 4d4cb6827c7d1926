"""Split: which examples train, which stop the training, which test."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from screening.errors import InputError
from screening.learning.dataset import Examples
from screening.learning.split_kind import SPLIT_KINDS, SplitPlan
from screening.words import counted

Part = Literal["train", "validation", "test"]
PARTS: Final[tuple[Part, ...]] = ("train", "validation", "test")

_FOLDS: Final = 7
"""A seventh tests and a seventh validates: 0.71, 0.14 and 0.14 of the examples."""
_LEAST_GROUPS: Final = 3
"""Groups that each class must stand in, so that each part can have both classes."""
_IMPORT_MORE: Final = "Import findings or values on more compounds."


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows of each part, in rising order; no row in two parts, and some may be in none.

    seed: which of the possible splits it is; plan: the kind of split.
    n_left_out: examples in no part, since they are tied to the other side or lack a year.
    """

    train: NDArray[np.intp]
    validation: NDArray[np.intp]
    test: NDArray[np.intp]
    seed: int
    plan: SplitPlan = field(default_factory=SplitPlan)
    n_left_out: int = 0

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
        kind = SPLIT_KINDS[self.plan.kind]
        return {
            "kind": kind.name,
            "group": ", ".join(kind.ties) or "each complex alone",
            "held_out": list(self.plan.held_out),
            "seed": self.seed,
            "n": sizes,
            "n_left_out": self.n_left_out,
        }


def make_split(examples: Examples, plan: SplitPlan | None = None, *, seed: int = 0) -> Split:
    """Split as *plan* says, by default in the headline way.

    Raises:
        InputError: when there are too few groups, or when nothing or everything is held out.
    """
    plan = plan or SplitPlan()
    kind = SPLIT_KINDS[plan.kind]
    tied = replace(examples, groups=kind.groups(examples.traits))
    if kind.holds_out is None:
        return replace(grouped_split(tied, seed=seed), plan=plan)
    return _held_out_split(tied, plan, seed)


def _held_out_split(examples: Examples, plan: SplitPlan, seed: int) -> Split:
    """The test part is what the plan holds out; groups that stand on both sides lose a side.

    What is known earlier is no test of the future, so there the later side goes; elsewhere the
    training side does, for the test part is what was asked for.
    """
    plan.check_held_out(examples.traits)
    groups = np.array(examples.groups, dtype=object)
    held = [plan.is_held_out(one) for one in examples.traits]
    is_test = np.array([one is True for one in held])
    is_rest = np.array([one is False for one in held])
    if plan.kind == "year":
        is_test &= ~np.isin(groups, groups[is_rest])
    else:
        is_rest &= ~np.isin(groups, groups[is_test])
    rest, test = np.flatnonzero(is_rest), np.flatnonzero(is_test)
    _check_classes(examples, rest, "left to train on", _LEAST_GROUPS - 1)
    _check_classes(examples, test, "held out", 1)
    train, validation = _part_off(rest, examples, seed)
    n_left_out = len(examples) - len(rest) - len(test)
    return Split(train, validation, test, seed, plan, n_left_out)


def _check_classes(examples: Examples, rows: NDArray[np.intp], where: str, least: int) -> None:
    for positive in (True, False):
        own = rows[examples.classes[rows] == positive]
        n_groups = len({examples.groups[row] for row in own})
        if n_groups < least:
            raise InputError(
                f"this split cannot be made: of the {len(rows)} complexes {where}, the "
                f"{_named(examples, positive)} stand in {counted(n_groups, 'group')}, and "
                f"{least} or more are needed"
            )


def _named(examples: Examples, positive: bool) -> str:
    if examples.are_numbers:
        return f"ones in the {'upper' if positive else 'lower'} half of the numbers"
    return f"{'positive' if positive else 'negative'} ones"


def grouped_split(examples: Examples, *, seed: int = 0) -> Split:
    """Split so that none of the examples' groups is in two parts, with near equal shares.

    The same examples in the same order and the same seed give the same split.

    Raises:
        InputError: when a class stands in too few groups to be in every part, or all numbers are
            the same.
    """
    if examples.are_numbers and len(np.unique(examples.targets)) == 1:
        raise InputError(
            f"nothing to learn: the number is {examples.targets[0]:g} for each of "
            f"{counted(len(examples), 'example')}"
        )
    targets = examples.classes
    groups = np.array(examples.groups, dtype=object)
    for positive in (True, False):
        n_groups = len(np.unique(groups[targets == positive]))
        if n_groups < _LEAST_GROUPS:
            raise InputError(
                f"too few examples to train on: the {_named(examples, positive)} stand in "
                f"{counted(n_groups, 'group')} that may not part, and {_LEAST_GROUPS} or more are "
                f"needed (one each to train, validate and test). {_IMPORT_MORE}"
            )
    everything = np.arange(len(examples), dtype=np.intp)
    rest, test = _part_off(everything, examples, seed)
    train, validation = _part_off(rest, examples, seed + 1)
    return Split(train, validation, test, seed)


def _part_off(
    rows: NDArray[np.intp], examples: Examples, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    targets, groups = examples.classes[rows], examples.group_numbers(rows)
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
        both = "numbers of both halves" if examples.are_numbers else "both classes"
        raise InputError(
            f"the examples cannot be split: no set of groups leaves {both} on either side. "
            f"{_IMPORT_MORE}"
        )
    wanted = np.array([targets.sum(), len(targets)]) / _FOLDS

    def misfit(candidate: tuple[NDArray[np.intp], NDArray[np.intp]]) -> float:
        parted = examples.classes[candidate[1]]
        return float(np.abs(np.array([parted.sum(), len(parted)]) - wanted).sum())

    return min(candidates, key=misfit)


def _has_both(targets: Iterable[np.bool_]) -> bool:
    return len({bool(target) for target in targets}) == 2
