"""Hydrogen atoms that the formulas of a block have and its complexes lack."""

from dataclasses import replace
from typing import Final

from screening.crystal.balance import Balance, count_elements
from screening.crystal.complex import Complex
from screening.crystal.molecules import Partition
from screening.elements import HALOGENS, METALS
from screening.formula import hill
from screening.moiety import read_moieties

_WHOLE = 0.25
"""How far from a whole number the hydrogens missing of one complex may be."""
_WITHOUT: Final = frozenset(
    {"B F4", "F6 P", "As F6", "F6 Sb", "F6 Si", "Cl O4", "N O3", "C F3 O3 S", "C2 F6 N O4 S2"}
    | {"O4 Re", "C24 B F20", "N3", "C N S"}
)
"""Anions of strong acids, and azide and thiocyanate, that are met beside a complex without H."""


def count_missing(
    parts: Partition, balance: Balance | None, formula_moiety: str | None
) -> tuple[Complex, ...]:
    """Return the complexes with the number of hydrogens that they lack, where it can be known.

    The moiety formula tells it of a complex whose other atoms it has. Else the sum formula, where
    all other atoms of the cell agree with it (*balance*): none are missing where the cell holds as
    many as it tells; where it holds fewer, the complexes lack them if the cell holds nothing else
    but metals, halides and anions of strong acids, which have none.
    """
    by_sum = _by_sum(parts, balance)
    return tuple(
        replace(complex_, missing_hydrogens=missing if missing is not None else by_sum)
        for complex_ in parts.complexes
        for missing in [_by_moiety(complex_, formula_moiety)]
    )


def _by_moiety(complex_: Complex, formula_moiety: str | None) -> int | None:
    parts = [part.counts for part in read_moieties(formula_moiety or "") if part]
    if not parts:
        return None
    counts = count_elements(complex_)
    held = counts.pop("H", 0)
    stated = set()
    for part in parts:
        others = dict(part or {})
        hydrogens = others.pop("H", 0)
        if others == counts:
            stated.add(hydrogens)
    return max(0, stated.pop() - held) if len(stated) == 1 else None


def _by_sum(parts: Partition, balance: Balance | None) -> int | None:
    if balance is None or balance.above or balance.below:
        return None
    missing = balance.stated.get("H", 0.0) - balance.everything["H"]
    if missing <= balance.slack:
        return 0
    each = missing / parts.n_held
    alone = len(parts.complexes) == 1 and all(map(_has_none, parts.others))
    return round(each) if alone and abs(each - round(each)) <= _WHOLE else None


def _has_none(unit: tuple[int, ...]) -> bool:
    """Whether a unit of these atomic numbers has no hydrogen, drawn or not."""
    return set(unit) <= METALS | HALOGENS or hill(unit) in _WITHOUT
