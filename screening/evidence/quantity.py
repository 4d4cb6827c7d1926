"""Quantity: a number as papers give it, with its uncertainty, as a range or as a bound."""

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = r"[+]?[\d.,]+(?:\([\d.,]+\))?(?:e[+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})(?:-|\u2013|\u2014|to)({_NUMBER})")
_BOUND = re.compile(rf"(<=?|>=?|\u2264|\u2265)({_NUMBER})")
_PLUS_MINUS = re.compile(rf"({_NUMBER})(?:\u00b1|\+/-|\+-)({_NUMBER})")
_ABOUT = re.compile(r"(?:~|\u2248|ca\.?|about)(?=\d)")
_UNCERTAINTY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\((\d+(?:\.\d+)?)\)((?:e[+-]?\d+)?)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in one unit; None where the paper does not give it.

    value: the number itself, None for a range or a bound (a middle would be invented).
    low, high: of a range; only one of them for "more than" or "less than".
    sigma: the standard uncertainty of value. is_about: the paper says "about". has_unstored: the
    cell gives an uncertainty that has no place here (of an end, or of a number without one).
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    sigma: float | None = None
    is_about: bool = False
    has_unstored: bool = False

    def times(self, factor: float) -> "Quantity":
        """The same quantity in another unit."""
        value, low, high, sigma = (None if x is None else x * factor for x in self.numbers)
        return Quantity(value, low, high, sigma, self.is_about, self.has_unstored)

    @property
    def numbers(self) -> tuple[float | None, float | None, float | None, float | None]:
        """Value, low, high and sigma."""
        return self.value, self.low, self.high, self.sigma

    def __str__(self) -> str:
        """As a table may hold it; every digit is kept."""
        if self.value is not None:
            if self.sigma is None:
                return repr(self.value)
            return " +- ".join(_alike(self.value, self.sigma))
        if self.low is not None and self.high is not None:
            return " to ".join(_alike(self.low, self.high))
        if self.low is not None:
            return f"> {self.low!r}"
        return f"< {self.high!r}" if self.high is not None else ""


def _alike(one: float, other: float) -> tuple[str, str]:
    """Two numbers with every digit, both or neither with a power of ten."""
    texts = (repr(one), repr(other))
    if not any("e" in text for text in texts):
        return texts
    return f"{Decimal(texts[0]):e}", f"{Decimal(texts[1]):e}"


@dataclass(frozen=True, slots=True)
class Parts:
    """The texts of the numbers in one cell, by what they are."""

    value: str | None = None
    low: str | None = None
    high: str | None = None
    sigma: str | None = None
    is_about: bool = False

    @property
    def has_one_power(self) -> bool:
        """Whether only the second of two numbers has a power of ten: 1.2 +- 0.3e-7."""
        first, second = self.value or self.low, self.sigma or self.high
        return first is not None and "e" not in first and second is not None and "e" in second


def split_quantity(plain: str) -> Parts:
    """The numbers that *plain* (lower case, see `cells`) is made of.

    139, 139(5), 139+-5, 318-350, 318to350, >300, ~40. What has none of these forms is the value.
    """
    if match := _ABOUT.match(plain):
        return Parts(value=plain[match.end() :], is_about=True)
    if match := _PLUS_MINUS.fullmatch(plain):
        return Parts(value=match[1], sigma=match[2])
    if match := _RANGE.fullmatch(plain):
        return Parts(low=match[1], high=match[2])
    if match := _BOUND.fullmatch(plain):
        is_low = match[1][0] in ">\u2265"
        return Parts(low=match[2]) if is_low else Parts(high=match[2])
    return Parts(value=plain)


def standard_uncertainty(plain: str) -> float | None:
    """The uncertainty in brackets, in the last digits as papers write it: 1.39(5) has 0.05."""
    match = _UNCERTAINTY.fullmatch(plain)
    if match is None:
        return None
    decimals = len(match[1].partition(".")[2])
    digits = match[2]
    scale = 1.0 if "." in digits else 10.0**-decimals
    return float(f"{float(digits) * scale:.12g}") * float(f"1{match[3]}" if match[3] else "1")
