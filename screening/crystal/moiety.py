"""The parts of `_chemical_formula_moiety`: formulas, and which of them are charged."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BETWEEN: Final = re.compile(r"[,;](?![^()]*\))")
_PART: Final = re.compile(r"^[\[({]*\s*(?:[\d./]+)?\s*[\[({]*\s*((?:[A-Z][a-z]?[\d.]*\s*)+)")
_TOKEN: Final = re.compile(r"([A-Z][a-z]?)([\d.]*)")
_MAX_MOIETY: Final = 2000


@dataclass(frozen=True, slots=True)
class Moiety:
    """One molecule or ion as the file writes it; D counts as H."""

    counts: Counter[str]
    is_charged: bool


def read_moieties(text: str | None) -> Iterator[Moiety]:
    """Yield the parts that are plain formulas; a fractional count names no single unit."""
    for part in _BETWEEN.split((text or "")[:_MAX_MOIETY]):
        match = _PART.match(part.strip())
        if match is None or "." in match.group(1):
            continue
        counts: Counter[str] = Counter()
        for element, count in _TOKEN.findall(match.group(1)):
            counts["H" if element == "D" else element] += int(count or 1)
        yield Moiety(counts, bool(re.search("[+-]", part.strip()[match.end(1) :])))
