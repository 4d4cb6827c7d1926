"""Elements of atom sites: from type symbols, else from labels."""

import re

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.crystal.verdict import RefusalError
from screening.elements import METAL_CENTRES, METALS, symbol
from screening.words import counted

_LETTERS = re.compile(r"[A-Za-z]+")
_SYMBOL = re.compile(r"(?:\d{1,3}(?=[A-Za-z]))?([A-Za-z]+)")
"""A type symbol, perhaps of an isotope: `Fe3+`, `11B`."""
_NO_ATOM = re.compile(r"(?:Q|Cg|Cnt|Cent|Centroid|Dum?|Dummy|Bq)\d*", re.IGNORECASE)
"""Types of what is no atom: maxima of the density that are left (Q), centroids, dummies."""
_KIND = re.compile(r"[IV]+|[a-z]+\d?")
_WATER = frozenset({"W", "H", "H2"})
"""What may follow an element in a type that the label explains: `CoII`, `Cval`, `OW`."""
_H, _O, _W = 1, 8, 74
_LONGEST_SYMBOL = 2
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

    keep: (n,) the sites that count; formula: the sum formula as text. 0: no atom but a peak of
    the density or a centroid. Raises RefusalError (unknown_element).
    """
    in_formula = set(_LETTERS.findall(formula or ""))
    known: dict[str, int] = {}
    result: list[int] = []
    n_waters = 0
    no_atoms: list[str] = []
    explained: dict[str, str] = {}
    for name, text, kept in zip(names, symbols or [""] * len(names), keep.tolist(), strict=True):
        symbol = text.strip()
        source = name if symbol in ("", "?", ".") else symbol
        element = known.get(source)
        if element is None:
            read = _from_symbol if source is symbol else _from_label
            element = known[source] = read(source, in_formula)
        if element == 0 and source is symbol and (element := _by_label(symbol, name, in_formula)):
            explained.setdefault(symbol, name)
        result.append(element)
        if element == 0 and kept:
            no_atoms.append(_no_atom(name, source))
        elif element == _O and kept and source is name and name[0] in "Ww":
            n_waters += 1
    if no_atoms:
        what = counted(len(no_atoms), "site")
        notes.append(f"{what} that are no atoms (peaks, centroids) left out: {no_atoms[0]}")
    notes += [
        f"the type {symbol} of {name} read by its label" for symbol, name in explained.items()
    ]
    if n_waters:
        notes.append(f"{n_waters} W of labels read as O of water: the sum formula has no tungsten")
    return np.array(result, dtype=np.int64)


def check_metals(atomic_numbers: NDArray[np.int64]) -> None:
    """Raise RefusalError where none is a metal centre (no_metal, ionic_metal_only)."""
    present = set(atomic_numbers.tolist())
    if present & METAL_CENTRES:
        return
    metals = sorted(symbol(z) for z in present & METALS)
    if metals:
        raise RefusalError("ionic_metal_only", f"the only metals are {', '.join(metals)}")
    elements = ", ".join(sorted(symbol(z) for z in present))
    raise RefusalError("no_metal", f"the elements are {elements}")


def _no_atom(name: str, source: str) -> str:
    """Return the name of a peak or a centroid; RefusalError for what may be an atom."""
    if _NO_ATOM.fullmatch(source):
        return name
    raise RefusalError("unknown_element", _why_unknown(name, source))


def _why_unknown(name: str, source: str) -> str:
    if source is not name:
        return f"atom {name} has the type {source!r}, which is no element"
    if name[:1] in "Ww":
        return (
            f"atom {name} may be tungsten or water: it has no _atom_site_type_symbol, and the sum"
            " formula does not tell"
        )
    return f"atom {name} has no _atom_site_type_symbol, and its label tells no element"


def _number_of(symbol: str) -> int:
    return int(gemmi.Element(symbol.capitalize()).atomic_number)


def _from_symbol(text: str, in_formula: set[str]) -> int:
    match = _SYMBOL.match(text)
    if match is None or len(match[1]) > _LONGEST_SYMBOL:
        return 0
    # T is tritium where the formula says so; in a zeolite it is silicon or aluminium
    return _H if match[1] == "T" and "T" in in_formula else _number_of(match[1])


def _by_label(symbol: str, name: str, in_formula: set[str]) -> int:
    """Element of a type that is none by itself but begins with the element of the label; else 0."""
    element = _from_label(name, in_formula)
    start = gemmi.Element(element).name
    if element == 0 or not symbol.startswith(start) or _NO_ATOM.fullmatch(symbol):
        return 0
    kind = symbol[len(start) :]
    is_water = element == _O and kind in _WATER
    return element if is_water or _KIND.fullmatch(kind) else 0


def _from_label(text: str, in_formula: set[str]) -> int:
    """Element of a label: two letters if they are one, unless written as two capitals.

    CO1 is cobalt only if the formula has Co, or has no C; Co1 is always cobalt. Without a formula
    two capitals are the first one's element, as in CA or HG, but for `_SURE`.
    """
    match = _LETTERS.match(text)
    if match is None:
        return 0
    letters = match.group()
    if letters.lower() == "wat":
        return _O
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
