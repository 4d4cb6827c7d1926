"""Formula: the atoms that a chemist's formula counts, with and without solvent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from screening.elements import METALS, symbol
from screening.formula import Composition, add_atoms, count_atoms
from screening.moiety import read_moieties, read_sum, sum_of

_METALS = frozenset(symbol(z) for z in METALS)

_DOT = re.compile(r"\s*(?<![A-Za-z]0)[.\u00b7\u2022\u2219*]\s*((?:\d+\.\d+|\d*)(?=\s*[A-Znx(\[{]))")
"""Between the parts as papers write them; the point of Dy0.05 is none."""
_CHARGE = re.compile(r"(?<=[\])}])\d*[+-](?=[\[({A-Z])")  # "[Co(NH3)6]3+[BF4]-"
_MAX_COPIES = 4  # of one counter-ion beside one complex
_MAX_KINDS = 4


def parse_formula(text: str) -> list[Composition]:
    """The parts of a formula (complex, counter-ions, solvent), each counted.

    `[Dy(C5H7O2)3(H2O)2].2CH4O`, `C20 H18 Dy N5 O9` and `C15 H25 Dy O8, 2(C H4 O)` are read. A
    solvent part that cannot be read (`nH2O`) is left out; the result is empty where a part before
    it cannot, as with the short names of ligands (`[Dy(dbm)3]`).
    """
    parts: list[Composition] = []
    for part in read_moieties(_DOT.sub(r", \1", _CHARGE.sub("", text.strip()))):
        if part is not None:
            parts.append(sum_of([part]))
        elif not any(has_metal(known) for known in parts):
            return []
    return parts


def has_metal(part: Composition) -> bool:
    """Whether a metal is among the atoms."""
    return not _METALS.isdisjoint(part)


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
    molecule = count_atoms(crystal.complex_)
    if not asked or molecule is None:
        return False
    whole = _sum(parts)
    units = [unit for unit in read_moieties(crystal.moiety or "") if unit]
    named = [u.atoms for u in units if _heavy(u.atoms) == _heavy(molecule)]
    if any(part in named for part in (*asked, whole)):
        return True
    if whole == read_sum(crystal.sum_ or ""):
        return True
    if named and whole == sum_of(units):
        return True
    beside = [part for part in map(count_atoms, crystal.beside[:_MAX_KINDS]) if part]
    return any(_is_made_of(part, molecule, beside) for part in (*asked, whole))


def _heavy(part: Composition) -> Composition:
    return {element: n for element, n in part.items() if element != "H"}


def _sum(parts: Sequence[Composition]) -> Composition:
    whole: Composition = {}
    for part in parts:
        add_atoms(whole, part)
    return whole


def _is_made_of(part: Composition, molecule: Composition, beside: Sequence[Composition]) -> bool:
    """Whether *part* is the molecule and up to four of each of what stands beside it."""
    for copies in product(range(_MAX_COPIES + 1), repeat=len(beside)):
        made = dict(molecule)
        for other, n in zip(beside, copies, strict=True):
            if n:
                add_atoms(made, other, n)
        if made == part:
            return True
    return False
