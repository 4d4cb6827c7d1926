"""What else is in the crystal: solvent and counter-ions, named by their formulas."""

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Final

from screening.crystal.complex import Component
from screening.elements import METALS
from screening.formula import hill, write_formula
from screening.moiety import read_moieties


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


_SOLVENTS: Final = _table(
    "H2 O|C H4 O|C2 H6 O|C3 H8 O|C4 H10 O|C5 H12 O|C2 H6 O2|C2 H3 N|C3 H5 N|C4 H7 N|C7 H5 N|"
    "C H2 Cl2|C H Cl3|C Cl4|C2 H4 Cl2|C2 H2 Cl4|C2 H3 Cl3|C6 H5 Cl|C6 H4 Cl2|C6 H5 F|C6 H4 F2|"
    "C3 H7 N O|C4 H9 N O|C5 H9 N O|C H3 N O|C2 H5 N O|C2 H6 O S|C3 H6 O|C4 H8 O|C4 H8 O2|"
    "C3 H6 O2|C5 H10 O|C6 H6|C7 H8|C8 H10|C9 H12|C5 H12|C6 H14|C7 H16|C8 H18|C6 H12|C5 H10|"
    "C5 H5 N|C6 H7 N|H3 N|C S2|C O2|N2|O2|C H3 N O2|C6 H5 N O2|C4 H8 S|C4 H10 O2|C H3 I|"
    "C6 H18 N3 O P|C2 H4 O2|C8 H10 O|C4 H5 N|C4 H4 O|C7 H8 O|C3 H8 O2|C6 H14 O|C5 H12 O2|"
    "C6 H14 O3|C9 H7 N|C10 H8"
)
_IONS: Final = _table(
    "F|Cl|Br|I|I3|Br3|I5|Cl H|N3|C N|C N S|C N O|N O3|N O2|Cl O4|B F4|F6 P|As F6|F6 Sb|F6 Si|"
    "O4 S|O6 S2|H O4 S|C F3 O3 S|C2 F3 O2|C2 H3 O2|C H O2|C O3|C H O3|C2 O4|C2 H O4|O4 P|H O4 P|"
    "H2 O4 P|C24 H20 B|C24 B F20|C32 H12 B F24|B H4|C2 F6 N O4 S2|F2 H|H O|H4 N|H3 O|H5 O2|"
    "C4 H12 N|C8 H20 N|C12 H28 N|C16 H36 N|C6 H16 N|C4 H12 P|C24 H20 P|C24 H20 As|C36 H30 N P2|"
    "C2 H8 N|C5 H6 N|C19 H18 P|C25 H22 P|C6 H2 N3 O7|C7 H7 O3 S|C H3 O3 S|C7 H5 O2|C10 H9 N2|"
    "C3 H10 N|C8 H12 N|C10 H16 N|C13 H14 N|B10 H10|B12 H12|C H12 B11|C4 N3|C2 N3|"
    "Cl6 Sb"
)


def _without_hydrogen(formula: str) -> str:
    return " ".join(t for t in formula.split() if not re.fullmatch(r"[HD]\d*", t))


_SOLVENTS_BARE: Final = frozenset(_without_hydrogen(f) for f in _SOLVENTS) - {"N"}  # NH3 or NH4
_DOUBTFUL: Final = _table("F|H3 O|H5 O2|N2|O2|H F")
"""What also is left of solvent or ions whose disorder is not resolved."""
_IONS_BARE: Final = frozenset(_without_hydrogen(f) for f in _IONS) - {"N"}


def name_components(
    units: Counter[tuple[int, ...]],
    formula_moiety: str | None,
    loose: AbstractSet[tuple[int, ...]] = frozenset(),
) -> tuple[Component, ...]:
    """Say what the units (atomic numbers of each, with how many a cell holds) are.

    Of a unit with a metal the charges of `_chemical_formula_moiety` decide; else metals alone and
    metal units without hydrogen (CoCl4) are counter-ions. So are common ions; then the charges
    decide, then a table of common solvents. A unit without
    any hydrogen is compared with the bare formulas, since hydrogens are often missing. Units of
    disordered atoms (*loose*) that may be remains of something else, such as F or O2, are "other".
    """
    counts: Counter[str] = Counter()
    numbers: dict[str, tuple[int, ...]] = {}
    for unit, count in units.items():
        counts[hill(unit)] += count
        numbers[hill(unit)] = unit
    charged = _charges(formula_moiety)
    return tuple(
        Component(formula, count, _kind(formula, numbers[formula], charged, loose))
        for formula, count in sorted(counts.items())
    )


def _kind(
    formula: str,
    unit: tuple[int, ...],
    charged: dict[str, bool],
    loose: AbstractSet[tuple[int, ...]],
) -> str:
    if any(z in METALS for z in unit):
        is_ion = charged.get(formula, 1 not in unit)
        return "counter-ion" if is_ion else "other"
    if formula in _DOUBTFUL and unit in loose:
        return "other"
    if formula in _IONS:
        return "counter-ion"
    if formula in charged:
        return "counter-ion" if charged[formula] else "solvent"
    if formula in _SOLVENTS or (1 not in unit and formula in _SOLVENTS_BARE):
        return "solvent"
    return "counter-ion" if 1 not in unit and formula in _IONS_BARE else "other"


def _charges(moiety: str | None) -> dict[str, bool]:
    """Formula -> whether the moiety text gives it a charge; nothing if it gives none at all."""
    found: dict[str, bool] = {}
    for part in read_moieties(moiety or ""):
        if part is not None and part.counts is not None:
            formula = write_formula(part.counts)
            found[formula] = found.get(formula, False) or part.charge is not None
    return found if any(found.values()) else {}
