"""Cells: from the text of one cell to a value, or an error that says what is allowed."""

import difflib
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum, StrEnum, auto
from typing import TypeVar

from screening.evidence.columns import NumberColumn
from screening.evidence.doi import normalise_doi
from screening.evidence.quantity import Quantity, split_quantity, standard_uncertainty

_FIRST_YEAR = 1990  # the first papers on slow relaxation of a molecule are of 1991-1993
_MAX_TEXT = 2000
_MOST_NAMED = 60
# A standard uncertainty in parentheses, 139(5), is part of how papers write a number.
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:\(\d+(?:\.\d+)?\))?((?:e[+-]?\d+)?)")
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
# Blanks inside a number group its thousands, 1 500; anywhere else they part two numbers.
_GROUPED = re.compile(r"(?<![\d.,\s])([1-9]\d{0,2}(?:\s\d{3})+)(?!\d)")
_OTHER_BLANK = re.compile(r"(?<!\d)(?<!\d[.,])\s+|\s+(?![\d.,])")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:\(\d+\))?(?:e[+-]?\d+)?")
_UNITS = {
    "k": "K",
    "cm-1": "cm-1",
    "cm^-1": "cm-1",
    "cm\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}": "cm-1",
    "mev": "meV",
    "oe": "Oe",
    "koe": "kOe",
    "t": "T",
    "mt": "mT",
    "g": "G",
    "hz": "Hz",
    "khz": "kHz",
    "s": "s",
    "ms": "ms",
    "\N{GREEK SMALL LETTER MU}s": "us",
    "us": "us",
    "ns": "ns",
}
_UNIT = re.compile(rf"(?<=[\d)])(?:{'|'.join(map(re.escape, _UNITS))})$")
# What spreadsheets leave where a formula failed, in English and German.
_SPREADSHEET_ERROR = re.compile(r"#(?:[A-Z]+(?:_[A-Z]+)*[!?]|N/A|NV|DIV/0!)", re.IGNORECASE)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by spreadsheets; `cli.output` guards it with an apostrophe."""
_NEAR = 0.85  # smm_in_field is no slip of smm_zero_field
_NEGATIONS = {"no", "not", "non", "un"}

State = TypeVar("State", bound=StrEnum)


class DecimalMark(Enum):
    """Which mark stands before the decimals of a table."""

    POINT = auto()
    COMMA = auto()
    EITHER = auto()


class CellError(ValueError):
    """A cell that cannot be used; the message says why and what is allowed."""


def clean(text: str) -> str:
    """The text without invisible characters; raises CellError for what no reader typed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for character in text:
        # Control characters would reach the terminal of whoever lists the findings.
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
            raise CellError(f"holds the control character U+{ord(character):04X}")
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").strip()
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise CellError(f"{text!r} is an error of the spreadsheet and no value")
    return text


def printable(text: str) -> str:
    """The text without control and invisible characters, as it may be shown in a terminal."""
    unseen = ("Cc", "Cf", "Cs")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in unseen)


def quoted(text: str) -> str:
    """The text in quotes, cut where it is longer than a heading: as an error names it."""
    return repr(text if len(text) <= _MOST_NAMED else f"{text[: _MOST_NAMED - 3]}...")


def one_line(text: str) -> str:
    """The printable text with single spaces and no line breaks."""
    return " ".join(printable(text).split())


def is_guarded(text: str) -> bool:
    """Whether an apostrophe keeps a spreadsheet from running the text as a formula."""
    return text.startswith("'") and text[1:2] in FORMULA_STARTS


def has_decimal_comma(text: str) -> bool:
    """Whether *text* is a number that can only be read with a decimal comma."""
    plain = _plain(text)
    return bool(_DECIMAL_COMMA.fullmatch(plain)) and not _THOUSANDS_OR_DECIMALS.fullmatch(plain)


def may_be_thousands(text: str) -> bool:
    """Whether *text* is like `1.500` or `1,200`, where the mark may group thousands."""
    return bool(_THOUSANDS_OR_DECIMALS.fullmatch(_plain(text)))


def is_grouped(text: str) -> bool:
    """Whether a blank groups the thousands of a number in *text*: `1 500`."""
    return bool(_GROUPED.search(text))


def _plain(text: str) -> str:
    """Lower case, without the blanks that part no two numbers; `62.5 62` keeps its blank."""
    grouped = _GROUPED.sub(lambda match: re.sub(r"\s", "", match[1]), text)
    return _OTHER_BLANK.sub("", grouped.replace("\N{MINUS SIGN}", "-")).casefold()


def parse_quantity(text: str, column: NumberColumn, mark: DecimalMark) -> Quantity:
    """The number of a cell in the unit of the heading, with what stands beside it.

    Raises CellError where a number is unreadable, impossible, or can mean two things (1,200 where
    commas may be decimal, 1.500 where they are), and for a range where one number is wanted.
    """
    parts = split_quantity(_in_unit(_plain(text), text, column))
    if parts.has_one_power:
        raise CellError(f"{text!r} can be read in two ways; write the power of ten at both numbers")

    def number(part: str | None) -> float | None:
        return None if part is None else _parse_number(part, text, column, mark)

    quantity = Quantity(
        number(parts.value), number(parts.low), number(parts.high), number(parts.sigma)
    )
    if not column.has_spread and (quantity.value is None or parts.is_about):
        raise CellError(f"{text!r} is a range, a bound or about; one number is wanted here")
    if quantity.low is not None and quantity.high is not None:
        if quantity.low > quantity.high:
            raise CellError(f"{text!r} is a range whose first number is the larger one")
        if quantity.low == quantity.high:
            quantity = Quantity(quantity.low)
    sigma = quantity.sigma
    if sigma is None and parts.value is not None:
        sigma = standard_uncertainty(parts.value.replace(",", "."))
    if sigma is not None and not 0 < sigma * column.factor < math.inf:
        raise CellError(f"{text!r} has an uncertainty that is zero or too large for a number")
    if not column.has_spread:
        return Quantity(quantity.value, has_unstored=sigma is not None)
    has_unstored = any("(" in end for end in (parts.low, parts.high) if end)
    return replace(quantity, sigma=sigma, is_about=parts.is_about, has_unstored=has_unstored)


def _in_unit(plain: str, text: str, column: NumberColumn) -> str:
    """*plain* without the unit of its column behind it. Raises CellError for another unit."""
    match = _UNIT.search(plain)
    if match is None:
        return plain
    unit = _UNITS[match[0]]
    if unit != column.unit:
        wanted = f"in {column.unit}" if column.unit else "a plain number"
        raise CellError(f"{text!r} is in {unit}, this column is {wanted}")
    return plain[: match.start()]


def _parse_number(part: str, text: str, column: NumberColumn, mark: DecimalMark) -> float:
    plain = part
    if mark is not DecimalMark.POINT and "." not in plain:
        if may_be_thousands(plain):
            raise _two_ways(part, ",")
        plain = plain.replace(",", ".")
    elif mark is DecimalMark.COMMA and may_be_thousands(plain):
        raise _two_ways(part, ".")
    match = _NUMBER.fullmatch(plain)
    if not match:
        in_unit = f", in {column.unit}" if column.unit else ""
        raise CellError(f"{text!r} is no number (write it like 12.5 or 1.1e-8{in_unit})")
    value = float(match[1] + match[2])
    if not math.isfinite(value * column.factor):
        raise CellError(f"{text!r} is too large for a number")
    if value < 0 or (column.above_zero and value == 0):
        least = "above zero" if column.above_zero else "zero or above"
        in_unit = f" in {column.unit}" if column.unit else ""
        raise CellError(f"{text!r} is not possible here: a number {least}{in_unit}")
    return value


def _two_ways(text: str, mark: str) -> CellError:
    digits = _plain(text)
    decimal = float(digits.replace(mark, "."))
    return CellError(
        f"{text!r} can be read in two ways; write {digits.replace(mark, '')} or {decimal:g}"
    )


def parse_state(
    text: str, states: type[State], synonyms: Mapping[str, State] | None = None
) -> State:
    """One of *states*; capitals, spaces and hyphens do not matter. Raises CellError."""
    name = re.sub(r"[\s-]+", "_", text.casefold())
    if synonyms and name in synonyms:
        return synonyms[name]
    for state in states:
        if state == name:
            return state
    near = difflib.get_close_matches(name, [str(s) for s in states], n=1, cutoff=_NEAR)
    hint = f"; did you mean {near[0]}?" if near and _negated(near[0]) == _negated(name) else ""
    raise CellError(f"{text!r} is not one of: {', '.join(states)}{hint}")


def _negated(name: str) -> bool:
    """Whether a state says no: a hint must never turn a statement round."""
    return name.startswith("un") or not _NEGATIONS.isdisjoint(name.split("_"))


def parse_year(text: str) -> int:
    """A year from 1990 to this one, 2014.0 too (programs write so). Raises CellError."""
    this_year = datetime.now(tz=UTC).year
    text = text.removesuffix(".0")
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
    """Free text. Raises CellError where it is too long."""
    if len(text) > _MAX_TEXT:
        raise CellError(f"longer than {_MAX_TEXT} characters")
    return text
