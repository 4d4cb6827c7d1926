"""The complexes held against the sum formula of the block."""

from collections import Counter
from collections.abc import Mapping

from screening.crystal.formula import hill, read_formula
from screening.crystal.molecules import Partition
from screening.elements import METAL_CENTRES, symbol

_SLACK = 0.75
"""Atoms a complex by which rounded and partly occupied counts may be off."""
_Z_SLACK = 0.25


def compare_with_sum(
    parts: Partition, formula_sum: str | None, formula_units: float | None
) -> list[str]:
    """Return notes where the atoms of the cell do not fit the sum formula.

    The metals of the whole cell tell how many times the sum formula it holds; salts of two
    complexes are thereby counted right. Hydrogen is not compared: it is often left out.
    formula_units: Z of the file, or None.
    """
    stated = read_formula(formula_sum or "")
    held = Counter({symbol(z): number for z, number in parts.held.items()})
    everything = held.copy()
    for unit, number in parts.others.items():
        for z in unit:
            everything[symbol(z)] += number
    centres = {symbol(z) for z in METAL_CENTRES} & set(everything)
    units = max((everything[m] / stated[m] for m in centres if stated.get(m)), default=0.0)
    if not units:
        return []
    slack = _SLACK * parts.n_held
    foreign = sorted(m for m in centres if m in held and m not in stated)
    above = foreign or _beyond(held, {e: units * n for e, n in stated.items()}, slack)
    below = _beyond({e: units * n for e, n in stated.items()}, everything, slack)
    notes = []
    if above:
        formulas = dict.fromkeys(hill(c.atomic_numbers.tolist()) for c in parts.complexes)
        one = len(formulas) == 1
        what = f"complex {next(iter(formulas))} holds" if one else "complexes hold"
        notes.append(
            f"the {what} more {', '.join(above)} than the sum formula {formula_sum} allows: "
            "disorder may be left, or the formula is wrong"
        )
    if below:
        notes.append(
            f"the atoms listed hold less {', '.join(below)} than the sum formula {formula_sum} "
            "tells: some are missing, or were left out with a disorder"
        )
    if formula_units and abs(units / formula_units - 1) > _Z_SLACK and not foreign:
        notes.append(
            f"by its metals the cell holds {units:g} times the sum formula {formula_sum}, the file "
            f"says Z = {formula_units:g}"
        )
    return notes


def _beyond(some: Mapping[str, float], limit: Mapping[str, float], slack: float) -> list[str]:
    return sorted(e for e in some if e not in {"H", "D"} and some[e] > limit.get(e, 0.0) + slack)
