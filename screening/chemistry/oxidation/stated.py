"""Oxidation states that a file states: in a name ("cobalt(II)", "Dy(III)"), or of an atom type."""

import re
from collections import Counter
from typing import Final

from screening.chemistry.oxidation.charge_balance import is_met
from screening.crystal.complex import Determination
from screening.crystal.metadata import OXIDATION_NUMBER, SYSTEMATIC_NAME
from screening.elements import METALS, symbol

_NUMERALS: Final = {
    "0": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8,
}  # fmt: skip
_NAMES: Final = """
Al aluminium aluminum aluminate|Ag silver argentate|Au gold aurate|Bi bismuth bismuthate|
Cd cadmium cadmate|Ce cerium cerate|Co cobalt cobaltate|Cr chromium chromate|Cu copper cuprate|
Dy dysprosium dysprosate|Er erbium erbate|Eu europium europate|Fe iron ferrate|
Ga gallium gallate|Gd gadolinium gadolinate|Hf hafnium hafnate|Hg mercury mercurate|
Ho holmium holmate|In indium indate|Ir iridium iridate|La lanthanum lanthanate|
Lu lutetium lutetate|Mn manganese manganate|Mo molybdenum molybdate|Nb niobium niobate|
Nd neodymium neodymate|Ni nickel nickelate niccolate|Np neptunium neptunate|
Os osmium osmate|Pb lead plumbate|Pd palladium palladate|Pr praseodymium praseodymate|
Pt platinum platinate|Pu plutonium plutonate|Re rhenium rhenate|Rh rhodium rhodate|
Ru ruthenium ruthenate|Sc scandium scandate|Sm samarium samarate|Sn tin stannate|
Ta tantalum tantalate|Tb terbium terbate|Tc technetium technetate|Th thorium thorate|
Ti titanium titanate|Tl thallium thallate|Tm thulium thulate|U uranium uranate|
V vanadium vanadate|W tungsten tungstate|Y yttrium yttrate|Yb ytterbium ytterbate|
Zn zinc zincate|Zr zirconium zirconate
"""
_ELEMENTS: Final = {
    name: words[0] for words in (entry.split() for entry in _NAMES.split("|")) for name in words[1:]
}
_STATE = r"(?:</\w+>)?\s*\(\s*(0|[ivIV]+(?:\s*,\s*[ivIV]+)*)\s*\)"
_ANY_STATE = re.compile(_STATE)
# for small letters: where their size does not count, the search takes ten times as long
_ANY_NAME = "(" + "|".join(sorted(_ELEMENTS, key=len, reverse=True)) + ")"
_BY_NAME = re.compile(_ANY_NAME + _STATE)
_NAMED = re.compile(_ANY_NAME + "(?![a-z])")
_SYMBOLS = sorted((symbol(z) for z in METALS), key=len, reverse=True)
_BY_SYMBOL = re.compile(r"(?<![a-z])(" + "|".join(_SYMBOLS) + ")" + _STATE)


def states_in_name(name: str | None) -> dict[str, set[int]]:
    """The oxidation states that *name* gives to each element, by symbol.

    An element that is also named without a state, as in "copper(II) copper", is left out.
    """
    if name is None or not _ANY_STATE.search(name):  # found far sooner than all the names
        return {}
    found: dict[str, set[int]] = {}
    small = name.lower()
    named = Counter([_ELEMENTS[word] for word in _NAMED.findall(small)])
    for word, numerals in _BY_NAME.findall(small):
        element = _ELEMENTS[word]
        named[element] -= 1
        found.setdefault(element, set()).update(_read(numerals))
    for match in _BY_SYMBOL.finditer(name):
        found.setdefault(match.group(1), set()).update(_read(match.group(2)))
    return {element: states for element, states in found.items() if states and named[element] <= 0}


def states_in_names(determination: Determination) -> dict[str, set[int]]:
    """The same of both names that a file may give, the common one and the systematic one."""
    found: dict[str, set[int]] = {}
    for name in (determination.compound_name, dict(determination.stated).get(SYSTEMATIC_NAME)):
        for element, states in states_in_name(name).items():
            found.setdefault(element, set()).update(states)
    return found


def _read(numerals: str) -> set[int]:
    """States of "II" or "II,III"; of what is no numeral ("iiv") none."""
    words = (word.strip().lower() for word in numerals.split(","))
    return {_NUMERALS[word] for word in words if word in _NUMERALS}


def states_of_types(determination: Determination) -> dict[str, int]:
    """The oxidation number that a crystal's atom types give each element, where it is one we know.

    A file without a crystal has no atom types, though it may state something under the same words.
    """
    numbers = (
        (key.removeprefix(OXIDATION_NUMBER).strip(), int(value))
        for key, value in (determination.stated if determination.cell is not None else ())
        if key.startswith(OXIDATION_NUMBER) and value.isdecimal()
    )
    return {element: state for element, state in numbers if is_met(element, state)}
