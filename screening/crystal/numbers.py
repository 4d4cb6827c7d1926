"""Numbers of a CIF, which may carry a standard uncertainty in brackets."""

import math
import re
from collections.abc import Sequence
from typing import Final

import gemmi
import numpy as np
from numpy.typing import NDArray

_PLAIN: Final = re.compile(r"^(-?(?:\d+\.\d*|\.\d+|\d+))(?:\(\d+\))?$", re.ASCII | re.MULTILINE)
"""A line with a number as nearly all are written; where others are all are read one by one."""


def number(value: str | None) -> float | None:
    """Return the number without its uncertainty; None for `?`, `.`, None and what is no number."""
    if value is None:
        return None
    parsed = float(gemmi.cif.as_number(value.strip()))
    return parsed if math.isfinite(parsed) else None


def numbers(values: Sequence[str]) -> NDArray[np.float64]:
    """(n,) the numbers without their uncertainties; NaN for what is none."""
    lines = "\n".join(values)
    plain = _PLAIN.findall(lines)
    if len(plain) == len(values) == lines.count("\n") + 1:
        return np.array(list(map(float, plain)), dtype=np.float64)
    read = [number(value) for value in values]
    return np.array([math.nan if value is None else value for value in read], dtype=np.float64)
