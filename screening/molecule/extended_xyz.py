"""Extended xyz: a molecule with a column of numbers, as OVITO and ASE read it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_PLAIN: Final = re.compile(r"[\w.:+-]+")
_TYPES: Final = {str: "S", int: "I", float: "R"}


def extended_xyz(
    elements: Sequence[str],
    positions: Sequence[Sequence[float]],
    columns: Mapping[str, Sequence[Any]],
    about: Mapping[str, Any],
) -> str:
    """The text of an extended xyz file of one molecule without a cell.

    Source of the format: https://github.com/libAtoms/extxyz.

    Args:
        elements: symbols of n atoms.
        positions: (n, 3) angstrom.
        columns: further columns by name, each n texts, integers or floats; no text holds a blank.
        about: what else is said of the molecule, for the comment line.
    """
    kinds = {name: _TYPES[type(values[0])] for name, values in columns.items()}
    properties = ":".join(
        ["species:S:1:pos:R:3", *(f"{name}:{kind}:1" for name, kind in kinds.items())]
    )
    said = [f"{name}={_quoted(value)}" for name, value in about.items()]
    comment = " ".join([f"Properties={properties}", 'pbc="F F F"', *said])
    rows = zip(elements, positions, *columns.values(), strict=True)
    lines = (
        " ".join([element, *(f"{part:.4f}" for part in place), *map(_cell, rest)])
        for element, place, *rest in rows
    )
    return "\n".join([str(len(elements)), comment, *lines, ""])


def _cell(value: str | float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _quoted(value: object) -> str:
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
