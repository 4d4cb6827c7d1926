"""Numbers of a CIF, which may carry a standard uncertainty in brackets."""

import math
import re
from collections.abc import Sequence
from typing import Final

import gemmi
import numpy as np
from numpy.typing import NDArray

_UNCERTAIN: Final = re.compile(r"(?<=[\d.])(?:\s*[(\[][^()\[\]]*[)\]]|\*+|\+\d{1,2})$", re.ASCII)
"""An uncertainty, also as old programs write it: `0.25(-)`, `0.25 (3)`, `0.25*`, `0.4187+2`."""
_FRACTION: Final = re.compile(r"([+-]?\d{1,3})\s*/\s*([1-9]\d{0,2})", re.ASCII)


_WITH_COMMA: Final = re.compile(r"[+-]?\d*,\d+(?:\(\d+\))?", re.ASCII)


def hint(value: str) -> str:
    """What to say of a text that is no number; "" where there is nothing to say."""
    is_comma = _WITH_COMMA.fullmatch(value.strip()) is not None
    return ": the decimal sign of a CIF is a point" if is_comma else ""


def number(value: str | None) -> float | None:
    """Return the number without its uncertainty; None for `?`, `.`, None and what is no number."""
    if value is None:
        return None
    parsed = float(gemmi.cif.as_number(value.strip()))
    if math.isnan(parsed):
        parsed = float(gemmi.cif.as_number(_UNCERTAIN.sub("", value.strip())))
    return parsed if math.isfinite(parsed) else None


def numbers(values: Sequence[str]) -> NDArray[np.float64]:
    """(n,) the numbers without their uncertainties, fractions such as 1/3 too; NaN for others."""
    plain = np.array(list(map(gemmi.cif.as_number, values)), dtype=np.float64)
    if np.isfinite(plain).all():  # written as nearly all are
        return plain
    read = [number(value) for value in values]
    read = [_fraction(v) if r is None else r for v, r in zip(values, read, strict=True)]
    return np.array([math.nan if value is None else value for value in read], dtype=np.float64)


def _fraction(value: str) -> float | None:
    match = _FRACTION.fullmatch(value.strip())
    return int(match[1]) / int(match[2]) if match else None
