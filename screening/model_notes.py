"""Model notes: how a version was trained, as its card tells it, checked before it is believed."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from screening.errors import IntegrityError
from screening.network.calibration import Calibration
from screening.voxel.spec import EDGES
from screening.voxel.views import MAX_TURNS, SOURCES

_NEEDED: Final = ("target", "rotations", "verdict")


def check_notes(card: Mapping[str, Any]) -> None:
    """Refuse, by IntegrityError, a card whose notes are not of the kinds that a training writes."""
    absent = [key for key in _NEEDED if key not in card]
    if absent:
        raise IntegrityError(f"the model's card lacks {', '.join(absent)}")
    for key, value in card.items():
        if key not in _NOTES or not _NOTES[key](value):
            raise IntegrityError(f"the model's card has no valid {key}")
    Calibration.from_json(card.get("calibration"))


def is_number(value: Any) -> bool:
    """Whether a JSON value is a finite number."""
    return type(value) in (int, float) and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_text_or_none(value: Any) -> bool:
    return value is None or type(value) is str


def _has(**kinds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a value is an object with these keys, each of its kind."""
    return lambda value: (
        type(value) is dict
        and all(key in value and holds(value[key]) for key, holds in kinds.items())
    )


def _each(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a value is a list, or an object, of which each entry is of a kind."""
    return lambda value: (
        (type(value) is list and all(map(holds, value)))
        or (type(value) is dict and all(map(holds, value.values())))
    )


def _is_target(value: Any) -> bool:
    told = _has(question=_is_text, description=_is_text_or_none)(value)
    return told and _is_text(value.get("unit", ""))


def _is_member(value: Any) -> bool:
    known = _has(
        seed=_is_count, best_epoch=_is_count, history=_each(_has(validation_loss=is_number))
    )
    return known(value) and 1 <= value["best_epoch"] <= max(1, len(value["history"]))


_NOTES: Final[dict[str, Callable[[Any], bool]]] = {
    "target": _is_target,
    "views": lambda value: value in SOURCES,
    "edges": lambda value: value in EDGES,
    "rotations": lambda value: _is_count(value) and 1 <= value <= MAX_TURNS,
    "threshold": lambda value: is_number(value) and 0 <= value <= 1,
    "verdict": _is_text,
    "best_baseline": _is_text_or_none,
    "training": _each(lambda value: is_number(value) or _is_text(value)),
    "members": _each(_is_member),
    "parameters": _is_count,
    "device": _is_text,
    "threads": _is_count,
    "python": _is_text,
    "libraries": _each(_is_text),
    "calibration": lambda value: value is None or _has(slope=is_number, intercept=is_number)(value),
    "base_rate": lambda value: is_number(value) and 0 <= value <= 1,
    "domain": lambda value: value is None or _has(outside_of_test=is_number)(value),
    "reliability": _each(_each(is_number)),
}
