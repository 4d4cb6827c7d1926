"""Chemical formulas as text."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from screening.elements import symbol

_TOKEN = re.compile(r"([A-Z][a-z]?)(\d+\.?\d*|\.\d+)?")


def hill(atomic_numbers: Iterable[int]) -> str:
    """Formula in the Hill order (C, H, then by letter), with spaces: "C2 H6 O S"."""
    counts = Counter(map(int, atomic_numbers))
    return write_formula({symbol(z): n for z, n in counts.items()})


def write_formula(counts: Mapping[str, int]) -> str:
    """Write counts by element symbol in the Hill order."""
    first = [s for s in ("C", "H") if s in counts] if "C" in counts else []
    order = first + sorted(s for s in counts if s not in first)
    return " ".join(s if counts[s] == 1 else f"{s}{counts[s]}" for s in order)


def read_formula(text: str) -> dict[str, float]:
    """Counts by element symbol of a formula without brackets: "C2 H6 O0.5"; D counts as H."""
    counts: dict[str, float] = {}
    for element, count in _TOKEN.findall(text):
        name = "H" if element == "D" else element
        counts[name] = counts.get(name, 0.0) + float(count or 1)
    return counts
