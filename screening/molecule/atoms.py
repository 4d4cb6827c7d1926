"""The atoms of a record as sites: elements and Cartesian coordinates."""

import re
from functools import lru_cache
from typing import Final

import gemmi
import numpy as np

from screening.crystal.sites import Sites
from screening.crystal.verdict import RefusalError
from screening.elements import MAX_ATOMIC_NUMBER, symbol
from screening.molecule.record import Record, printable
from screening.words import counted

_DUMMIES: Final = frozenset({"x", "xx", "du", "lp", "bq", "gh", "*", "0"})
"""Points that are no atoms: centroids, lone pairs, ghost atoms of quantum chemistry."""
_DUMMY = -1
_HEAVY_HYDROGEN: Final = frozenset({"D", "T"})
_SYMBOL = re.compile(r"([A-Za-z]{1,2})(?![A-Za-z])")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d{1,3})?", re.ASCII)
_ATOMIC_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_FAR = 10_000.0
"""Angstrom from the origin at which coordinates are no longer those of a molecule."""


def read_atoms(record: Record) -> Sites:
    """Sites whose coordinates are Cartesian, in angstrom; dummies are left out with a note.

    An element is a symbol (what follows its letters, as in Fe2 or Fe3+, is passed over) or an
    atomic number. Raises RefusalError (unknown_element, bad_coordinates, empty).
    """
    elements = [_element(text) for text in record.symbols]
    if 0 in elements:
        i = elements.index(0)
        raise RefusalError(
            "unknown_element", f"atom {i + 1} has the element {printable(record.symbols[i])!r}"
        )
    kept = [i for i, z in enumerate(elements) if z != _DUMMY]
    if len(kept) < len(elements):
        record.notes.append(f"{counted(len(elements) - len(kept), 'dummy atom')} left out")
    if not kept:
        raise RefusalError("empty", "there are no atoms but dummies")
    labels = record.labels or tuple(
        f"{symbol(z)}{i}" if z > 0 else "" for i, z in enumerate(elements, start=1)
    )
    positions = np.array(
        [[_coordinate(word, i, record) for word in record.coordinates[i]] for i in kept]
    )
    n = len(kept)
    return Sites(
        labels=tuple(labels[i] for i in kept),
        atomic_numbers=np.array([elements[i] for i in kept], dtype=np.int64),
        fract=positions,
        occupancy=np.ones(n),
        assembly=("",) * n,
        group=("",) * n,
    )


@lru_cache(maxsize=1024)
def _element(text: str) -> int:
    """Atomic number; 0 when there is no such element, -1 for a dummy."""
    if text.lower() in _DUMMIES:
        return _DUMMY
    if _ATOMIC_NUMBER.fullmatch(text):
        return int(text) if int(text) <= MAX_ATOMIC_NUMBER else 0
    match = _SYMBOL.match(text)
    if match is None:
        return 0
    letters = match.group(1).capitalize()
    return 1 if letters in _HEAVY_HYDROGEN else int(gemmi.Element(letters).atomic_number)


def _coordinate(word: str, index: int, record: Record) -> float:
    if _NUMBER.fullmatch(word):
        # Fortran writes exponents of double precision with D
        value = float(word.replace("D", "e").replace("d", "e"))
        if abs(value) < _FAR:
            return value
    raise RefusalError(
        "bad_coordinates",
        f"atom {index + 1} ({printable(record.symbols[index])}) has the coordinate"
        f" {printable(word)!r}",
    )
