"""Cells: from the text of one cell to a value, or an error that says what is allowed."""

import difflib
import math
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from screening.evidence.columns import NumberColumn
from screening.evidence.doi import normalise_doi

_FIRST_YEAR = 1990  # the first papers on slow relaxation of a molecule are of 1991-1993
_MAX_TEXT = 2000
# A standard uncertainty in parentheses, 139(5), is part of how papers write a number.
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:\(\d+(?:\.\d+)?\))?((?:e[+-]?\d+)?)")
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")

State = TypeVar("State", bound=StrEnum)


class CellError(ValueError):
    """A cell that cannot be used; the message says why and what is allowed."""


def parse_number(text: str, column: NumberColumn, *, decimal_comma: bool) -> float:
    """The number in the unit of the heading.

    decimal_comma: a comma counts as the decimal point (tables separated by `;` or tabs).
    Raises CellError where the number is unreadable or impossible.
    """
    plain = text.replace("\N{MINUS SIGN}", "-").replace(" ", "").casefold()
    if decimal_comma and "." not in plain:
        if _THOUSANDS_OR_DECIMALS.fullmatch(plain):
            raise CellError(
                f"{text!r} can be read in two ways; write {plain.replace(',', '')}"
                f" or {float(plain.replace(',', '.')):g}"
            )
        plain = plain.replace(",", ".")
    match = _NUMBER.fullmatch(plain)
    if not match:
        raise CellError(f"{text!r} is no number (write it like 12.5 or 1.1e-8, in {column.unit})")
    value = float(match[1] + match[2])
    if not math.isfinite(value * column.factor):
        raise CellError(f"{text!r} is too large for a number")
    if value < 0 or (column.above_zero and value == 0):
        least = "above zero" if column.above_zero else "zero or above"
        raise CellError(f"{text!r} is not possible here: a number {least} in {column.unit}")
    return value


def parse_state(text: str, states: type[State]) -> State:
    """One of *states*; capitals, spaces and hyphens do not matter. Raises CellError."""
    name = re.sub(r"[\s-]+", "_", text.casefold())
    for state in states:
        if state == name:
            return state
    near = difflib.get_close_matches(name, list(states), n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise CellError(f"{text!r} is not one of: {', '.join(states)}{hint}")


def parse_year(text: str) -> int:
    """A year from 1990 to this one. Raises CellError."""
    this_year = datetime.now(tz=UTC).year
    if not (text.isascii() and text.isdigit() and _FIRST_YEAR <= int(text[:5]) <= this_year):
        raise CellError(f"{text!r} is no year from {_FIRST_YEAR} to {this_year}")
    return int(text)


def parse_doi(text: str) -> str:
    """The normalised DOI. Raises CellError."""
    doi = normalise_doi(text)
    if doi is None:
        raise CellError(f"{text!r} is no DOI (they look like 10.1021/ic5001599)")
    return doi


def parse_text(text: str) -> str:
    """Free text. Raises CellError where it is too long or holds a NUL."""
    if len(text) > _MAX_TEXT:
        raise CellError(f"longer than {_MAX_TEXT} characters")
    if "\0" in text:
        raise CellError("holds a NUL character")
    return text
