"""Chemical formulas as text: written in the Hill order, read with brackets."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from screening.elements import MAX_ATOMIC_NUMBER, symbol

Composition = dict[str, float]
"""Atoms by element symbol; counts may be fractions. D counts as H."""

_TOKEN: Final = re.compile(r"\s*(?:([A-Z][a-z]?)|([\[({])|([\])}]))\s*(\d{1,6}\.?\d*|\.\d+)?")
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_HYDROGEN: Final = {"D": "H"}
_ELEMENTS: Final = frozenset(symbol(z) for z in range(1, MAX_ATOMIC_NUMBER + 1))
_MOST: Final = 1_000_000


def hill(atomic_numbers: Iterable[int]) -> str:
    """Formula in the Hill order (C, H, then by letter), with spaces: "C2 H6 O S"."""
    return _hill(tuple(atomic_numbers))


@lru_cache(maxsize=1024)  # the same few ligands and donors come again and again
def _hill(atomic_numbers: tuple[int, ...]) -> str:
    return write_formula({symbol(z): n for z, n in Counter(atomic_numbers).items()})


def write_formula(counts: Mapping[str, int]) -> str:
    """Write counts by element symbol in the Hill order."""
    first = [s for s in ("C", "H") if s in counts] if "C" in counts else []
    order = first + sorted(s for s in counts if s not in first)
    return " ".join(s if counts[s] == 1 else f"{s}{counts[s]}" for s in order)


def count_atoms(text: str) -> Composition | None:
    """Atoms of one formula: "C2 H6 O0.5", "[Dy(C5H7O2)3(H2O)2]".

    None where anything but elements, numbers and brackets that close stands in it, or nothing, or
    more than a million of an element.
    """
    text = text.strip()
    stack: list[tuple[str, Composition]] = [("", {})]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return None
        element, opening, closing, digits = token.groups()
        count = float(digits or 1)
        position = token.end()
        if opening:
            if digits:  # "(2" tells nothing
                return None
            stack.append((_CLOSING[opening], {}))
        elif closing:
            expected, inner = stack.pop()
            if expected != closing or not stack:
                return None
            add_atoms(stack[-1][1], inner, count)
        else:
            add_atoms(stack[-1][1], {_HYDROGEN.get(element, element): 1.0}, count)
    counts = {element: n for element, n in stack[0][1].items() if n}
    if len(stack) > 1 or not counts or not counts.keys() <= _ELEMENTS:
        return None
    return None if max(counts.values()) > _MOST else counts


def add_atoms(to: Composition, part: Mapping[str, float], times: float = 1.0) -> None:
    """Add *part*, *times* over, to the counts of *to*."""
    for element, n in part.items():
        to[element] = to.get(element, 0.0) + n * times
