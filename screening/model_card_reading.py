"""Read a model card that came in a file: whoever wrote it is not trusted."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from screening.errors import IntegrityError
from screening.evidence.cells import printable
from screening.evidence.property_value import Kind
from screening.model_card import AS_STORED, ORIGIN, ModelCard
from screening.model_notes import check_notes, is_number
from screening.network.calibration import Calibration
from screening.network.resnet3d import ResNet3dConfig
from screening.store.example_keys import ExampleKeys
from screening.store.examples import snapshot_digest
from screening.store.model_names import check_form
from screening.store.models import MetricValue
from screening.store.targets import SMM
from screening.voxel.palette import named_palette
from screening.voxel.spec import MAX_EDGE, WINNERS, RadiusSet, VoxelSpec

T = TypeVar("T")

_PARTS: Final = ("train", "validation", "test")
_SHA256: Final = re.compile("[0-9a-f]{64}")
_KEY: Final = re.compile("(synthetic )?[0-9a-f]{8,128}")
_MOST_OF_INTEGER: Final = 2**63 - 1
_MOST_DEPTH: Final = 20
_ROUNDING: Final = 1e-6
_MOST_WIDTH: Final = 4096
_MOST_BLOCKS: Final = 1000


def read_card(values: Mapping[str, Any]) -> ModelCard:
    """Read what `ModelCard.to_json` wrote.

    Raises:
        IntegrityError: for anything else.
        InputError: for a palette or a kind of network that this program does not know.
    """
    _check_text(values)
    known = {"name", "version", "trained_at", "spec", "metrics", "examples", *AS_STORED}
    if values.keys() != known:
        strange = ", ".join(sorted(values.keys() ^ known)[:5])
        raise IntegrityError(f"the model's card lacks or does not know: {strange}")
    card = ModelCard(
        name=_take(values, "name", str),
        version=_take(values, "version", int, lambda number: number > 0),
        trained_at=_time(_take(values, "trained_at", str)),
        spec=_spec(_take(values, "spec", dict)),
        stored=_stored(values),
        metrics=tuple(_metric(row) for row in _take(values, "metrics", list)),
        examples=tuple(_example(row) for row in _take(values, "examples", list)),
    )
    check_form(card.name, "a model")
    _check_whole(card)
    return card


def _check_whole(card: ModelCard) -> None:
    """Check that the parts of the card agree with each other."""
    is_binary = card.stored["kind"] == Kind.BINARY
    if is_binary and any(one.answer not in (0, 1) for one in card.examples):
        raise IntegrityError("the model answers yes or no, and an example of it does not")
    notes = card.stored["card"]
    if is_binary != (Calibration.from_json(notes.get("calibration")).link == "logistic"):
        raise IntegrityError("the model's calibration does not fit what it answers")
    if is_binary and "threshold" not in notes:
        raise IntegrityError("the model's card lacks threshold")
    n = {part: sum(one.part == part for one in card.examples) for part in _PARTS}
    if n != card.stored["split"]["n"]:
        raise IntegrityError("the model's examples are not as many as its card says")
    if len({one.content_key for one in card.examples}) != len(card.examples):
        raise IntegrityError("an example of the model stands there twice")
    if len({(m.part, m.subject, m.name) for m in card.metrics}) != len(card.metrics):
        raise IntegrityError("a figure of the model stands there twice")
    # Examples that the split left out are part of the snapshot, and not in the file.
    whole = card.stored["split"]["n_left_out"] == 0
    if whole and snapshot_digest(card.examples) != card.stored["snapshot_digest"]:
        raise IntegrityError("the model's examples are not those of its snapshot's digest")


def _take(
    values: Mapping[str, Any],
    key: str,
    kind: type[T],
    holds: Callable[[T], bool] = lambda _: True,
) -> T:
    """A value of the kind; bool is no int here."""
    value = values.get(key)
    if type(value) is not kind or not holds(value):
        raise IntegrityError(f"the model's card has no valid {key}")
    return value


def _check_text(value: Any, depth: int = 0) -> None:
    """Refuse what would write into a terminal or the database what is no text."""
    if depth > _MOST_DEPTH:
        raise IntegrityError("the model's card is nested too deeply")
    if isinstance(value, str) and printable(value) != value:
        raise IntegrityError("the model's card holds characters that cannot be shown")
    if isinstance(value, int) and abs(value) > _MOST_OF_INTEGER:
        raise IntegrityError("the model's card holds a number that is too large")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key, depth)
            _check_text(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner, depth + 1)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = {column: values[column] for column in AS_STORED}
    for column in ("target", "palette", "code_version"):
        _take(stored, column, str, bool)
    _take(stored, "kind", str, lambda kind: kind in (Kind.BINARY, Kind.NUMERIC))
    for column in ("weights_sha256", "snapshot_digest"):
        _take(stored, column, str, lambda text: _SHA256.fullmatch(text) is not None)
    _take(stored, "seed", int)
    _take(stored, "trained_on_synthetic", bool)
    _check_target(stored)
    _check_architecture(_take(stored, "architecture", dict))
    named_palette(stored["palette"])
    split = _take(stored, "split", dict)
    for key in ("kind", "group"):
        _take(split, key, str)
    _take(split, "held_out", list, lambda names: all(type(name) is str for name in names))
    for key in ("n_left_out", "seed"):
        _take(split, key, int)
    _take(split, "n", dict, lambda n: all(type(number) is int for number in n.values()))
    card = _take(stored, "card", dict)
    if ORIGIN in card:
        raise IntegrityError("the model's card says that it was imported")
    check_notes(card)
    return stored


def _check_target(stored: Mapping[str, Any]) -> None:
    if stored["target"] == SMM:
        _take(stored, "policy", str, bool)
        _take(stored, "policy_version", int, lambda number: 0 <= number < 2**15)
        absent = ("property_source", "at_least")
    else:
        absent = ("policy", "policy_version")
        source, at_least = stored["property_source"], stored["at_least"]
        if not (source is None or type(source) is str) or not (
            at_least is None or is_number(at_least)
        ):
            raise IntegrityError("the model's card has no valid target")
    if stored["kind"] == Kind.NUMERIC and (
        stored["target"] == SMM or stored["at_least"] is not None
    ):
        raise IntegrityError("the model's card has no valid target")
    if any(stored[column] is not None for column in absent):
        raise IntegrityError("the model's card has no valid target")


def _check_architecture(architecture: Mapping[str, Any]) -> None:
    """Refuse what is no number, or would take ages to build; the weights must fit the rest."""
    blocks = _take(architecture, "blocks", list)
    sizes = [value for key, value in architecture.items() if key not in _NOT_SIZES]
    sizes += blocks if architecture.get("field") is None else [*blocks, architecture["field"]]
    whole = all(type(size) is int and 0 < size <= _MOST_WIDTH for size in sizes)
    if not whole or sum(blocks) > _MOST_BLOCKS or not is_number(architecture.get("dropout")):
        raise IntegrityError("the model's card has no valid architecture")
    ResNet3dConfig.from_json(dict(architecture))


_NOT_SIZES: Final = ("kind", "field", "blocks", "dropout")


def _spec(values: Mapping[str, Any]) -> VoxelSpec:
    radii = _take(values, "radii", str, lambda name: name in ("covalent", "vdw"))
    return VoxelSpec(
        edge=_take(values, "edge", int, lambda edge: 0 < edge <= MAX_EDGE),
        spacing=_take(values, "spacing", float, lambda spacing: 0 < spacing < math.inf),
        radii=cast("RadiusSet", radii),
        hydrogens=_take(values, "hydrogens", bool),
        version=_take(values, "version", int, lambda version: version in WINNERS),
    )


def _time(given: str) -> datetime:
    try:
        time = datetime.fromisoformat(given)
    except ValueError as error:
        raise IntegrityError("the model's card does not say when it was trained") from error
    if time.tzinfo is None:
        raise IntegrityError("the model's card does not say when it was trained")
    return time


def _is_possible(name: str, numbers: tuple[float | None, float | None, float | None]) -> bool:
    """Whether a figure and its interval can be those of the metric: most lie between 0 and 1."""
    most = math.inf if name.startswith("ef_") or name in ("mae", "rmse") else 1 + _ROUNDING
    least = {"r2": -math.inf, "spearman": -1 - _ROUNDING}.get(name, -_ROUNDING)
    _, low, high = numbers
    in_order = low is None or high is None or low <= high
    return in_order and all(least <= one <= most for one in numbers if one is not None)


def _metric(row: Any) -> MetricValue:
    if type(row) is list and len(row) == len(fields(MetricValue)):
        *names, value, low, high, n = row
        numbers = (value, low, high)
        if (
            all(type(name) is str for name in names)
            and all(number is None or is_number(number) for number in numbers)
            and type(n) is int
            and n >= 0
            and _is_possible(names[-1], numbers)
        ):
            return MetricValue(*row)
    raise IntegrityError("the model's card holds a figure that cannot be read")


def _example(row: Any) -> ExampleKeys:
    if type(row) is list and len(row) == len(fields(ExampleKeys)):
        content, compound, skeleton, metals, part, answer = row
        if (
            all(type(key) is str and _KEY.fullmatch(key) for key in row[:3])
            and type(metals) is str
            and part in _PARTS
            and type(answer) is float
            and is_number(answer)
        ):
            symbols = tuple(metals.split())
            return ExampleKeys(content, compound, skeleton, symbols, part, answer)
    raise IntegrityError("the model's card holds an example that cannot be read")
