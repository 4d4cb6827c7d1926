"""Elements of atom sites: from type symbols, else from labels."""

import re

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.crystal.verdict import RefusalError

_LETTERS = re.compile(r"[A-Za-z]+")
_O, _W = 8, 74
_SURE = frozenset(["CL", "CR", "CU", "BR", "DY", "FE", "IR", "NI", "PR", "PT", "SI"])
"""Labels in capitals that nobody gives to carbon, boron, fluorine and so on (our choice)."""


def read_elements(
    names: list[str],
    symbols: list[str] | None,
    keep: NDArray[np.bool_],
    formula: str | None,
    notes: list[str],
) -> NDArray[np.int64]:
    """(n,) atomic numbers, by the symbols where there are any, else by the labels (*names*).

    keep: (n,) the sites that count; formula: the sum formula as text. Raises RefusalError
    (unknown_element).
    """
    in_formula = set(_LETTERS.findall(formula or ""))
    cache: dict[str, int] = {}
    result = np.zeros(len(names), dtype=np.int64)
    n_waters = 0
    for i, name in enumerate(names):
        symbol = symbols[i].strip() if symbols else ""
        source = name if symbol in ("", "?", ".") else symbol
        if source not in cache:
            cache[source] = (
                _from_symbol(source) if source is symbol else _from_label(source, in_formula)
            )
        result[i] = cache[source]
        if result[i] == 0 and keep[i]:
            raise RefusalError("unknown_element", _why_unknown(name, source))
        n_waters += bool(keep[i] and result[i] == _O and source is name and name[0] in "Ww")
    if n_waters:
        notes.append(f"{n_waters} W of labels read as O of water: the sum formula has no tungsten")
    return result


def _why_unknown(name: str, source: str) -> str:
    if source is name and name[:1] in "Ww":
        return (
            f"atom {name} may be tungsten or water: it has no _atom_site_type_symbol, and the sum"
            " formula does not tell"
        )
    return f"atom {name} has the type {source!r}"


def _number_of(symbol: str) -> int:
    return int(gemmi.Element(symbol.capitalize()).atomic_number)


def _from_symbol(text: str) -> int:
    match = _LETTERS.match(text)
    return _number_of(match.group()) if match and len(match.group()) <= 2 else 0


def _from_label(text: str, in_formula: set[str]) -> int:
    """Element of a label: two letters if they are one, unless written as two capitals.

    CO1 is cobalt only if the formula has Co, or has no C; Co1 is always cobalt. Without a formula
    two capitals are the first one's element, as in CA or HG, but for `_SURE`.
    """
    match = _LETTERS.match(text)
    if match is None:
        return 0
    letters = match.group()
    two, one = letters[:2], letters[:1]
    if one in "Ww" and not (len(letters) > 1 and _number_of(two)):
        return _tungsten_or_water(in_formula)
    if len(letters) > 1 and _number_of(two):
        if two[1].islower() or not _number_of(one) or two.capitalize() in in_formula:
            return _number_of(two)
        if one.upper() not in in_formula if in_formula else two in _SURE:
            return _number_of(two)
    return _number_of(one)


def _tungsten_or_water(in_formula: set[str]) -> int:
    """Element of a label such as W1, which some give to tungsten and some to a water; 0: unclear.

    Of a formula with both it is tungsten.
    """
    if "W" in in_formula:
        return _W
    return _O if "O" in in_formula else 0
