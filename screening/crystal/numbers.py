"""Numbers of a CIF, which may carry a standard uncertainty in brackets."""

import math

import gemmi


def number(value: str | None) -> float | None:
    """Return the number without its uncertainty; None for `?`, `.`, None and what is no number."""
    if value is None:
        return None
    parsed = float(gemmi.cif.as_number(value.strip()))
    return parsed if math.isfinite(parsed) else None
