"""Plausibility: rules of chemistry that speak for or against a single-molecule magnet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that applies to a complex, how much it says, and why.

    severity: "high", "medium" or "soft" speak against; "favourable" for; "note" neither.
    """

    rule: str
    severity: str
    reason: str
