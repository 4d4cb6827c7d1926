"""Charge of a complex: from what its file states, and from what else its crystal holds."""

from collections import Counter
from collections.abc import Mapping, Sequence

from screening.chemistry.oxidation.counter_ion import ION_CHARGES
from screening.crystal.complex import Component, Determination
from screening.crystal.components import name_components
from screening.elements import atomic_number, symbol
from screening.formula import count_atoms
from screening.moiety import Moiety, read_moieties, read_sum

_EXACT = 0.02
"""Atoms by which a count of a formula may be off, for numbers are rounded to two digits."""
_LARGEST_SOLVENT = 100


def read_charge(
    elements: Sequence[int],
    determination: Determination | None,
    components: Sequence[Component] = (),
) -> tuple[int | None, str | None]:
    """Charge (e) of a complex of these atomic numbers, and from what it is known; else None.

    In this order: the file states it; the moiety formula does; the sum formula leaves room for
    nothing but the complex, neutral solvent and counter-ions of known charge that the crystal
    holds. Hydrogens are not compared, for they are often missing from the atoms. What the formulas
    contradict is not taken.
    """
    if determination is None:
        return None, None
    if determination.charge is not None:
        if components:
            return None, "the charge stated by the file is of more than this complex"
        return determination.charge, "stated by the file"
    atoms = _heavy({symbol(z): n for z, n in Counter(elements).items()})
    charge, reason = _of_moiety(atoms, determination.formula_moiety)
    if charge is None and determination.formula_sum and determination.cell is not None:
        stated = read_sum(determination.formula_sum)
        balanced = None if stated is None else _of_crystal(atoms, _heavy(stated), components)
        if balanced is not None:
            return balanced
    return charge, reason


def _heavy(counts: Mapping[str, float]) -> dict[str, float]:
    return {element: n for element, n in counts.items() if element not in {"H", "D"} and n}


def _of_moiety(atoms: Mapping[str, float], text: str | None) -> tuple[int | None, str | None]:
    read = read_moieties(text) if text else []
    parts = [part for part in read if part is not None]
    if not parts or len(parts) < len(read):
        return None, None
    found = [(part, _multiple(atoms, part.atoms)) for part in parts]
    matches = {(part.charge or 0) * k for part, k in found if k}
    if all(part.charge is None for part in parts):
        neutral = matches and all(k or _is_solvent(part) for part, k in found)
        known = (0, "the moiety formula holds no counter-ion")
        return known if neutral else (None, "the moiety formula states no charges")
    problem = None
    if not matches:
        problem = "no part of the moiety formula is this complex"
    elif sum((part.charge or 0) * part.number for part in parts) != 0:
        problem = "the charges of the moiety formula do not add up to zero"
    elif len(matches) > 1:
        problem = "the moiety formula gives this complex more than one charge"
    return (None, problem) if problem else (matches.pop(), "moiety formula")


def _multiple(whole: Mapping[str, float], part: Mapping[str, float]) -> int:
    """How many times the whole is the part, hydrogens aside; 0: it is not."""
    unit = _heavy(part)
    if set(unit) != set(whole):
        return 0
    ratios = {whole[element] / unit[element] for element in unit}
    times = round(min(ratios))
    near = all(abs(ratio - times) * unit[e] <= _EXACT for ratio in ratios for e in unit)
    return times if near else 0


def _is_solvent(part: Moiety) -> bool:
    if part.counts is None or sum(part.counts.values()) > _LARGEST_SOLVENT:
        return False
    numbers = tuple(atomic_number(e) for e, n in part.counts.items() for _ in range(n))
    (component,) = name_components(Counter([numbers]), None)
    return component.kind == "solvent"


def _of_crystal(
    atoms: Mapping[str, float], stated: Mapping[str, float], components: Sequence[Component]
) -> tuple[int, str] | None:
    """The charge that neutralises the counter-ions of the cell, and the words for it.

    Only where the sum formula is the complex, k times, and all that the cell holds beside it.
    """
    beside: Counter[str] = Counter()
    for component in components:
        for element, n in _heavy(count_atoms(component.formula) or {}).items():
            beside[element] += int(n) * component.count
    is_known = all(_charge_of(component) is not None for component in components)
    if not is_known or not atoms.keys() | beside.keys() <= stated.keys():
        return None
    own = [element for element in atoms if element not in beside]
    if not own:
        return None
    times = stated[own[0]] / atoms[own[0]]
    left = {e: n - times * atoms.get(e, 0.0) for e, n in stated.items()}
    share = next((left[e] / n for e, n in beside.items()), 0.0)
    if share < 0 or any(abs(n - share * beside[e]) > _EXACT for e, n in left.items()):
        return None
    ions = {c.formula: (_charge_of(c) or 0) * c.count for c in components if _charge_of(c)}
    if not ions:
        return 0, "the sum formula holds no counter-ion"
    charge = -share * sum(ions.values()) / times
    if abs(charge - round(charge)) > _EXACT:
        return None
    return round(charge), f"counter-ions of the crystal: {', '.join(ions)}"


def _charge_of(component: Component) -> int | None:
    return 0 if component.kind == "solvent" else ION_CHARGES.get(component.formula)
