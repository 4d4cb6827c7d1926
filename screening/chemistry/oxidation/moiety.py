"""Moiety: the formula of each molecule and ion of a crystal, with its charge."""

import re
from dataclasses import dataclass
from fractions import Fraction

_SIGN = {"+": 1, "-": -1}
_MULTIPLIER = re.compile(r"^(\d+\.?\d*|\.\d+|\d+/\d+)\s*(?=[\[({A-Z])")
_CHARGE = re.compile(r"(?<![\d.])(\d*)\s*([+-])$")
_CHARGE_AFTER_SIGN = re.compile(r"\s([+-])(\d+)$")
_ATOM_COUNT_BEFORE = re.compile(r"[A-Za-z]$")
_TOKEN = re.compile(r"\s*(?:([A-Z][a-z]?)|([\[({])|([\])}]))\s*(\d+(?:\.\d+)?)?")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """One molecule or ion: how many a formula unit holds, atoms by symbol, charge if written."""

    number: Fraction
    atoms: dict[str, float]
    charge: int | None


def read_moiety(text: str) -> list[Part] | None:
    """Parts of a `_chemical_formula_moiety`, such as "C20 H16 Co N2 O2 1+, 2(C H2 Cl2), Cl O4 1-".

    None where a part is no formula ("solvent", "x(H2 O)").
    """
    if len(text) > _MAX_LENGTH:
        return None
    parts = []
    for piece in re.split(r"[,;](?![^(\[{]*[)\]}])", text):
        part = _read_part(piece.strip().strip("'\""))
        if part is None:
            return None
        parts.append(part)
    return parts


def _read_part(text: str) -> Part | None:
    number = Fraction(1)
    head = _MULTIPLIER.match(text)
    if head:
        try:
            number, text = Fraction(head.group(1)), text[head.end() :]
        except ZeroDivisionError:
            return None
    text, charge = _split_charge(text)
    if charge is None and text[:1] in _BRACKETS and text.endswith(_BRACKETS[text[0]]):
        inner, charge = _split_charge(text[1:-1].strip())
        text = text if charge is None else inner
    atoms = _read_atoms(text)
    return Part(number, atoms, charge) if atoms and number else None


def _split_charge(text: str) -> tuple[str, int | None]:
    """Formula and charge: "Cl4 Ga -", "O6 S2 2-", "[Co(NH3)6]3+".

    Digits that touch an element, as in "Ga1-", may be its count as well: they are taken for the
    charge only where the element stands alone ("Fe3+").
    """
    reversed_ = _CHARGE_AFTER_SIGN.search(text)  # "[Cr (C2 O4)3] -3"
    if reversed_:
        return text[: reversed_.start()].strip(), int(reversed_.group(2)) * _SIGN[
            reversed_.group(1)
        ]
    found = _CHARGE.search(text)
    if not found:
        return text, None
    before = text[: found.start()]
    if found.group(1) and _ATOM_COUNT_BEFORE.search(before) and len(before) > 2:
        return text[: found.start(2)].strip(), _SIGN[found.group(2)]
    return before.strip(), int(found.group(1) or 1) * _SIGN[found.group(2)]


def _read_atoms(text: str) -> dict[str, float] | None:
    """Atom counts of a formula with brackets in it; None where something else stands in it."""
    stack: list[tuple[str, dict[str, float]]] = [("", {})]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return None
        element, opening, closing, digits = token.groups()
        count = float(digits or 1)
        position = token.end()
        if opening:
            if digits:  # a number behind a bracket that opens multiplies what is within
                return None
            stack.append((_BRACKETS[opening], {}))
        elif closing:
            expected, inner = stack.pop()
            if expected != closing or not stack:
                return None
            for name, inside in inner.items():
                _add(stack[-1][1], name, inside * count)
        else:
            _add(stack[-1][1], "H" if element == "D" else element, count)
    return stack[0][1] if len(stack) == 1 else None


def _add(counts: dict[str, float], element: str, number: float) -> None:
    counts[element] = counts.get(element, 0.0) + number
