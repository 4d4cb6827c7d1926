"""Formula: the atoms that a chemist's formula counts, with and without solvent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from screening.elements import MAX_ATOMIC_NUMBER, METALS, symbol

Composition = dict[str, float]
"""Atoms by element; counts may be fractions of a solvent."""

_ELEMENTS = frozenset(symbol(z) for z in range(1, MAX_ATOMIC_NUMBER + 1))
_METALS = frozenset(symbol(z) for z in METALS)

_DOT = re.compile(r"\s*[.\u00b7\u2022\u2219*]\s*((?:\d+\.\d+|\d*)(?=\s*[A-Znx(\[{]))")
_TOKEN = re.compile(
    r"(?P<charge>(?<=[\])}\s])\d*[+-](?![\d.])|[+-]$)|(?P<element>[A-Z][a-z]?)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<open>[\[({])|(?P<close>[\])}])|(?P<blank>\s+)"
)
_LEADING = re.compile(r"\d+(?:\.\d+)?(?=\s*[A-Z(\[{])")
_TIMES = re.compile(r"((?:^|,)\s*)\d+(?:\.\d+)?\(")  # before a moiety
_CUT = "\x1f"
_MAX_COPIES = 4  # of one counter-ion beside one complex
_MAX_KINDS = 4


def parse_formula(text: str) -> list[Composition]:
    """The parts of a formula (complex, counter-ions, solvent), each counted.

    `[Dy(C5H7O2)3(H2O)2].2CH4O`, `C20 H18 Dy N5 O9` and `C15 H25 Dy O8, 2(C H4 O)` are read. A
    solvent part that cannot be read (`nH2O`) is left out; the result is empty where a part before
    it cannot, as with the short names of ligands (`[Dy(dbm)3]`).
    """
    parts: list[Composition] = []
    for piece in re.split(rf"[,;{_CUT}]", _DOT.sub(rf"{_CUT}\1", text.strip())):
        part = _count(piece.strip())
        if part is None:
            if not any(has_metal(known) for known in parts):
                return []
            continue
        parts.append(part)
    return parts


def has_metal(part: Composition) -> bool:
    """Whether a metal is among the atoms."""
    return not _METALS.isdisjoint(part)


def _count(piece: str) -> Composition | None:
    """The atoms of one part, None where it cannot be read."""
    leading = _LEADING.match(piece)
    tokens = _tokens(piece[leading.end() :] if leading else piece)
    stack: list[Composition] = [{}]
    last: Composition = {}  # what a number that follows multiplies
    for kind, said in tokens:
        if kind == "number":
            _add(stack[-1], last, float(said) - 1)
            last = {}
        elif kind == "element":
            last = {"H" if said == "D" else said: 1.0}
            _add(stack[-1], last)
        elif kind == "open":
            stack.append({})
            last = {}
        elif len(stack) > 1:
            last = stack.pop()
            _add(stack[-1], last)
        else:
            return None
    if len(stack) > 1 or not stack[0] or not stack[0].keys() <= _ELEMENTS:
        return None
    return _times(stack[0], float(leading[0]) if leading else 1.0)


def _tokens(piece: str) -> list[tuple[str, str]]:
    """(kind, text) of what counts; empty where something else stands in it."""
    tokens = []
    position = 0
    while position < len(piece):
        token = _TOKEN.match(piece, position)
        if token is None or token.lastgroup is None:
            return []
        position = token.end()
        if token.lastgroup not in ("blank", "charge"):
            tokens.append((token.lastgroup, token[0]))
    return tokens


def _add(to: Composition, part: Composition, times: float = 1.0) -> None:
    for element, n in part.items():
        to[element] = to.get(element, 0.0) + n * times


def _times(part: Composition, times: float) -> Composition:
    return {element: n * times for element, n in part.items() if n * times}


@dataclass(frozen=True, slots=True)
class CrystalFormula:
    """What a crystal says of one complex in it.

    complex_: the atoms that were found. sum_, moiety: of the whole crystal, as its file states
    them. beside: of the other components.
    """

    complex_: str
    sum_: str | None = None
    moiety: str | None = None
    beside: tuple[str, ...] = ()


def formula_fits(stated: str, crystal: CrystalFormula) -> bool:
    """Whether the formula of a paper is that of a complex.

    It is where one part, or all together, are the atoms of the complex itself, or of the complex
    with counter-ions or solvent that stand beside it; where all together are the sum formula of
    the crystal; and where a part is the moiety that the crystal states for the complex, whose
    hydrogen may not have been located.
    """
    parts = parse_formula(stated)
    asked = [part for part in parts if has_metal(part)]
    molecule = _only(parse_formula(crystal.complex_))
    if not asked or molecule is None:
        return False
    whole = _sum(parts)
    units = parse_formula(_TIMES.sub(r"\1(", crystal.moiety or ""))
    named = [unit for unit in units if _heavy(unit) == _heavy(molecule)]
    if any(part in named for part in (*asked, whole)):
        return True
    if whole == _only(parse_formula(crystal.sum_ or "")):
        return True
    if named and whole == _sum(parse_formula(crystal.moiety or "")):
        return True
    beside = [p for p in map(_only, map(parse_formula, crystal.beside[:_MAX_KINDS])) if p]
    return any(_is_made_of(part, molecule, beside) for part in (*asked, whole))


def _heavy(part: Composition) -> Composition:
    return {element: n for element, n in part.items() if element != "H"}


def _sum(parts: Sequence[Composition]) -> Composition:
    whole: Composition = {}
    for part in parts:
        _add(whole, part)
    return whole


def _only(parts: list[Composition]) -> Composition | None:
    return parts[0] if len(parts) == 1 else None


def _is_made_of(part: Composition, molecule: Composition, beside: Sequence[Composition]) -> bool:
    """Whether *part* is the molecule and up to four of each of what stands beside it."""
    for copies in product(range(_MAX_COPIES + 1), repeat=len(beside)):
        made = dict(molecule)
        for other, n in zip(beside, copies, strict=True):
            _add(made, _times(other, n))
        if made == part:
            return True
    return False
