"""Moiety: the formula of each molecule and ion of a crystal, with its charge."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from screening.formula import Composition, add_atoms, count_atoms

_BETWEEN: Final = re.compile(r"[,;](?![^(\[{]*[)\]}])")
_NUMBER: Final = r"\d{1,6}\.?\d*|\.\d+|\d{1,6}/\d{1,6}"
_N: Final = r"n\s*(?=[\[({])"  # of a polymer
_MULTIPLIER: Final = re.compile(rf"^(?:({_NUMBER})\s*(?:{_N})?|{_N})(?=[\[({{A-Z])")
_CHARGE: Final = re.compile(r"(?<![\d.])(\d{0,6})\s*([+-])$")
_CHARGE_AFTER_SIGN: Final = re.compile(r"\s([+-])(\d{1,6})$")
_ATOM_COUNT_BEFORE: Final = re.compile(r"[A-Za-z]$")
_COUNTED: Final = re.compile(r"^\(([^()]*)\)\s*(\d{1,6})$")
_BRACKETED: Final = re.compile(r"^[\[({](.*[+-]\s*\d*)[\])}]\s*(\d{0,6})n?$")
_SIGN: Final = {"+": 1, "-": -1}
_MAX_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True)
class Moiety:
    """One molecule or ion: how many a formula unit holds, atoms by symbol, charge if written."""

    number: Fraction
    atoms: Composition
    charge: int | None

    @property
    def counts(self) -> dict[str, int] | None:
        """The atoms as whole numbers; None where a count is a fraction."""
        counts = {element: int(n) for element, n in self.atoms.items()}
        return counts if counts == self.atoms else None


@lru_cache(maxsize=1024)  # one block's formula is read for one question after another
def read_moieties(text: str) -> tuple[Moiety | None, ...]:
    """Parts of a `_chemical_formula_moiety`, such as "C20 H16 Co N2 O2 1+, 2(C H2 Cl2), Cl O4 1-".

    None stands for a part that is no formula ("solvent", "x(H2 O)"). The n of a polymer
    ("n(C2 H3 O2 1-)") counts as one.
    """
    if len(text) > _MAX_LENGTH:
        return (None,)
    pieces = _BETWEEN.split(text)
    return tuple([_read_part(piece.strip().strip("'\"").strip()) for piece in pieces])


def read_sum(text: str) -> Composition | None:
    """The atoms of a `_chemical_formula_sum`: "C2 H6 O0.5"; None where it is no formula.

    Some files write its parts: "C30 B2 F20, 1.5 C7 H8".
    """
    read = read_moieties(text)
    known = [moiety for moiety in read if moiety]
    return sum_of(known) if len(known) == len(read) else None


def sum_of(moieties: Iterable[Moiety]) -> Composition:
    """The atoms of all together."""
    whole: Composition = {}
    for moiety in moieties:
        add_atoms(whole, moiety.atoms, float(moiety.number))
    return whole


def _read_part(text: str) -> Moiety | None:
    number = Fraction(1)
    head = _MULTIPLIER.match(text)
    if head:
        try:
            number, text = Fraction(head.group(1) or 1), text[head.end() :]
        except ZeroDivisionError:
            return None
    text, charge = _split_charge(text)
    whole = _BRACKETED.match(text)
    if charge is None and whole:
        inner, charge = _split_charge(whole.group(1).strip())
        if charge is not None:
            number, text = number * int(whole.group(2) or 1), inner
    counted = _COUNTED.match(text)  # "(C6 H6 O2)3" beside other parts
    if counted:
        text, number = counted.group(1), number * int(counted.group(2))
    atoms = count_atoms(text.removesuffix("n") if text.endswith((")n", "]n")) else text)
    return Moiety(number, atoms, charge) if atoms and number else None


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
