"""The complexes held against the formulas of the block."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from screening.crystal.complex import Complex
from screening.crystal.molecules import Partition
from screening.elements import METAL_CENTRES, symbol
from screening.formula import hill
from screening.moiety import read_moieties, read_sum

_SLACK = 0.75
"""Atoms a complex by which rounded and partly occupied counts may be off."""
_Z_SLACK = 0.25
"""Part by which the number of formula units may differ from Z before a note says so."""
_ROUNDED = 0.02
"""By how much the rounded fractions of metals on one place may miss a whole number."""
_CENTRES = frozenset(symbol(z) for z in METAL_CENTRES)


@dataclass(frozen=True)
class Balance:
    """Atoms of the cell by element symbol.

    stated: of the sum formula, as often as the cell holds it by its metals (*units* times).
    held: of the complexes; everything: of these and all else. slack: see `_SLACK`.
    diluted: metals that share places, of which only one can be held: they count together.
    """

    stated: dict[str, float]
    units: float
    held: Counter[str]
    everything: Counter[str]
    slack: float
    diluted: frozenset[str]

    @cached_property
    def above(self) -> list[str]:
        """Elements other than hydrogen of which the complexes hold more than is stated."""
        foreign = sorted(e for e in _CENTRES & set(self.held) if e not in self.stated)
        return foreign or self._beyond(self.held, self.stated)

    @cached_property
    def below(self) -> list[str]:
        """Elements other than hydrogen of which the cell holds less than is stated."""
        return self._beyond(self.stated, self.everything)

    def _beyond(self, some: Mapping[str, float], limit: Mapping[str, float]) -> list[str]:
        some, limit = _together(some, self.diluted), _together(limit, self.diluted)
        return sorted(
            e for e in some if e not in {"H", "D"} and some[e] > limit.get(e, 0.0) + self.slack
        )


def weigh(parts: Partition, formula_sum: str | None) -> Balance | None:
    """Hold the cell against the sum formula; None where no metal tells how often it holds it.

    The metals of the whole cell tell; salts of two complexes are thereby counted right. Where
    they disagree, the one does that leaves the fewest atoms too many or too few. None also where
    there is no formula that can be read.
    """
    formula = read_sum(formula_sum or "")
    if formula is None:
        return None
    held = Counter({symbol(z): number for z, number in parts.held.items()})
    everything = held.copy()
    for unit, number in parts.others.items():
        for z in unit:
            everything[symbol(z)] += number
    diluted = _diluted(formula)
    stated, found = _together(formula, diluted), _together(everything, diluted)
    metals = {*_CENTRES, " or ".join(sorted(diluted))} & set(found) & set(stated)
    if not metals:
        return None
    units = min((found[m] / stated[m] for m in sorted(metals)), key=_misfit(stated, found))
    cell = {element: units * n for element, n in formula.items()}
    return Balance(cell, units, held, everything, _SLACK * parts.n_held, diluted)


def _diluted(formula: Mapping[str, float]) -> frozenset[str]:
    """Metals of fractional number that add up to a whole one, as in Dy0.05 Y0.95."""
    parted = {m: n for m, n in formula.items() if m in _CENTRES and not float(n).is_integer()}
    whole = sum(parted.values())
    is_diluted = len(parted) > 1 and abs(whole - round(whole)) <= _ROUNDED
    return frozenset(parted) if is_diluted else frozenset()


def _together(counts: Mapping[str, float], diluted: frozenset[str]) -> Mapping[str, float]:
    """Return *counts* with one count for all metals of *diluted*."""
    here = diluted & set(counts)
    if not here:
        return counts
    others = {element: n for element, n in counts.items() if element not in diluted}
    return {**others, " or ".join(sorted(diluted)): sum(counts[element] for element in here)}


def _misfit(stated: Mapping[str, float], found: Mapping[str, float]) -> Callable[[float], float]:
    """How many atoms of the cell are too many or too few, by the number of formulas in it."""
    elements = sorted((set(stated) | set(found)) - {"H", "D"})
    return lambda units: sum(abs(found.get(e, 0) - units * stated.get(e, 0)) for e in elements)


def compare_with_sum(
    parts: Partition,
    balance: Balance | None,
    formula_sum: str | None,
    formula_units: float | None,
) -> list[str]:
    """Return notes where the atoms of the cell do not fit the sum formula.

    balance: by `weigh`. Hydrogen is not compared: it is often left out. formula_units: Z of the
    file, or None.
    """
    if formula_sum and read_sum(formula_sum) is None:
        return [f"the sum formula {formula_sum} cannot be read: the atoms are not compared with it"]
    if balance is None:
        metals = sorted({symbol(z) for z in parts.held} & _CENTRES)
        return [f"the sum formula {formula_sum} has no {', '.join(metals)}"] if formula_sum else []
    notes = []
    if above := balance.above:
        formulas = dict.fromkeys(hill(c.atomic_numbers.tolist()) for c in parts.complexes)
        one = len(formulas) == 1
        what = f"complex {next(iter(formulas))} holds" if one else "complexes hold"
        notes.append(
            f"the {what} more {', '.join(above)} than the sum formula {formula_sum} allows: "
            "disorder may be left, or the formula is wrong"
        )
    if below := balance.below:
        notes.append(
            f"the atoms listed hold less {', '.join(below)} than the sum formula {formula_sum} "
            "tells: some are missing, or were left out with a disorder"
        )
    foreign = _CENTRES & set(balance.held) - set(balance.stated)
    if (
        formula_units
        and abs(balance.units / formula_units - 1) > _Z_SLACK
        and not foreign
        and not _is_of_the_cell(balance, formula_units)
    ):
        notes.append(
            f"by its metals the cell holds {balance.units:g} times the sum formula {formula_sum}, "
            f"the file says Z = {formula_units:g}"
        )
    return notes


def compare_with_moiety(complexes: Iterable[Complex], formula_moiety: str | None) -> list[str]:
    """Return notes on complexes that hold more than each part with the same metals.

    Hydrogen is not compared. A part that holds more is no fault: many are of the whole crystal.
    """
    stated = [dict(part.counts or {}) for part in read_moieties(formula_moiety or "") if part]
    notes: dict[str, None] = {}
    for complex_ in complexes if stated else ():
        held = count_elements(complex_)
        del held["H"]
        alike = [p for p in stated if all(p.get(m, 0) == held[m] for m in _CENTRES & {*p, *held})]
        excess = [sorted(e for e in held if held[e] > part.get(e, 0)) for part in alike]
        if alike and all(excess):
            notes[
                f"the complex {hill(complex_.atomic_numbers.tolist())} holds more"
                f" {', '.join(excess[0])} than the moiety formula {formula_moiety} tells"
            ] = None
    return list(notes)


def count_elements(complex_: Complex) -> Counter[str]:
    """Atoms by element symbol."""
    numbers = Counter(complex_.atomic_numbers.tolist())
    return Counter({symbol(z): number for z, number in numbers.items()})


def _is_of_the_cell(balance: Balance, formula_units: float) -> bool:
    """Whether the sum formula is that of all Z formula units, as pymatgen writes it."""
    return abs(balance.units - 1) <= _Z_SLACK and all(
        (number / formula_units).is_integer() for number in balance.stated.values()
    )
