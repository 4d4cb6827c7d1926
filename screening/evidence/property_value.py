"""Property value: what one cell says of a measured or computed property."""

import math
import re
from collections.abc import Iterable
from enum import StrEnum

from screening.evidence.cells import CellError

_YES_OR_NO = {"0": 0.0, "false": 0.0, "no": 0.0, "1": 1.0, "true": 1.0, "yes": 1.0}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"[a-z]\w{0,62}", re.IGNORECASE | re.ASCII)


class Kind(StrEnum):
    """What the values of a property are: yes or no (1 or 0), or numbers."""

    BINARY = "binary"
    NUMERIC = "numeric"


def is_property_name(text: str) -> bool:
    """Whether a property can be called so: a letter, then letters, digits and underscores."""
    return _NAME.fullmatch(text) is not None


def parse_value(text: str, kind: Kind) -> float:
    """The value of a cell; 0 or 1 for a yes or no. Raises CellError for everything else.

    A number has a decimal point and nothing beside it: no unit, range, uncertainty or group of
    thousands, which could all be read in more than one way.
    """
    if not text:
        raise CellError("no value: the cell is empty")
    if kind is Kind.BINARY:
        value = _YES_OR_NO.get(text.casefold())
        if value is None:
            raise CellError(f"{text!r} is not one of: 0, 1, false, true, no, yes")
        return value
    plain = text.replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(plain):
        raise CellError(f"{text!r} is no plain number (write it like -12.5 or 1.1e-8)")
    value = float(plain)
    if not math.isfinite(value):
        raise CellError(f"{text!r} is too large for a number")
    if value == 0 and re.search("[1-9]", plain.casefold().partition("e")[0]):
        raise CellError(f"{text!r} is too small for a number")
    return value


def is_value(text: str, kind: Kind) -> bool:
    """Whether a cell holds a value of this kind."""
    try:
        parse_value(text, kind)
    except CellError:
        return False
    return True


def infer_kind(texts: Iterable[str]) -> Kind:
    """Binary where each filled cell that is a yes, a no or a number is a yes or a no."""
    is_binary = False
    for text in texts:
        if text.casefold() in _YES_OR_NO:
            is_binary = True
        elif _NUMBER.fullmatch(text.replace("\N{MINUS SIGN}", "-")):
            return Kind.NUMERIC
    return Kind.BINARY if is_binary else Kind.NUMERIC
