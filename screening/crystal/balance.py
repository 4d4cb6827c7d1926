"""The complexes held against the sum formula of the block."""

from collections import Counter

from screening.crystal.formula import hill, read_formula
from screening.crystal.molecules import Partition
from screening.elements import METAL_CENTRES, symbol

_SLACK = 0.75
"""Atoms a complex by which rounded and partly occupied counts may be off."""


def compare_with_sum(parts: Partition, formula_sum: str | None) -> list[str]:
    """Return a note where the complexes hold more of an element than the sum formula allows.

    The metals of the whole cell tell how many times the sum formula it holds; salts of two
    complexes are thereby counted right. Hydrogen is not compared: it is often left out.
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
    missing = sorted(m for m in centres if m in held and m not in stated)
    slack = _SLACK * parts.n_held
    above = [e for e in sorted(held) if e not in {"H", "D"}]
    above = missing or [e for e in above if held[e] > units * stated.get(e, 0.0) + slack]
    if not above:
        return []
    formulas = dict.fromkeys(hill(c.atomic_numbers.tolist()) for c in parts.complexes)
    what = f"complex {next(iter(formulas))}" if len(formulas) == 1 else "complexes"
    verb = "holds" if len(formulas) == 1 else "hold"
    note = (
        f"the {what} {verb} more {', '.join(above)} than the sum formula {formula_sum} allows: "
        "disorder may be left, or the formula is wrong"
    )
    return [note]
