"""Rule: what speaks for or against a single-molecule magnet, with its source."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Severity = Literal["high", "medium", "soft", "favourable", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its source; severity: the strongest that it can give."""

    name: str
    severity: Severity
    statement: str
    source: str
    exceptions: str | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that applies to a complex, how much it says, and why.

    severity: "high", "medium" or "soft" speak against; "favourable" for; "note" neither.
    """

    rule: str
    severity: Severity
    reason: str


Found = tuple[Severity, str] | None
"""What a rule finds on a complex: how much it says, and why; None: it does not apply."""


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, R1 first; texts and sources are in `rules.toml`."""
    path = files("screening.chemistry").joinpath("rules.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Rule(name, **fields) for name, fields in table.items())
