"""Elements: radii, and the groups that decide what is a metal centre."""

from collections.abc import Set as AbstractSet
from typing import Final

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.errors import InputError

MAX_ATOMIC_NUMBER: Final = 118


def _radii(attribute: str) -> NDArray[np.float64]:
    table = [getattr(gemmi.Element(z), attribute) for z in range(MAX_ATOMIC_NUMBER + 1)]
    radii = np.array(table, dtype=np.float64)
    radii.setflags(write=False)
    return radii


COVALENT_RADII: Final = _radii("covalent_r")
"""(119,) angstrom by atomic number; Cordero et al., Dalton Trans. 2008, 2832, as gemmi has them."""

VDW_RADII: Final = _radii("vdw_r")
"""(119,) angstrom by atomic number; the table of the cctbx project, as gemmi has it."""

_SYMBOLS: Final = tuple(gemmi.Element(z).name for z in range(MAX_ATOMIC_NUMBER + 1))

LANTHANIDES: Final = frozenset(range(57, 72))
ACTINIDES: Final = frozenset(range(89, 104))
HALOGENS: Final = frozenset({9, 17, 35, 53, 85})
IONIC_METALS: Final = frozenset({3, 11, 19, 37, 55, 87, 20, 38, 56, 88})
"""Alkali metals and Ca to Ra: their contacts are ionic, so they are counter-ions, no centres."""

_METALLOIDS: Final = frozenset({32, 51, 84})  # Ge, Sb, Po: gemmi calls them metals
METALS: Final = frozenset(
    z for z in range(1, MAX_ATOMIC_NUMBER + 1) if gemmi.Element(z).is_metal and z not in _METALLOIDS
)
METAL_CENTRES: Final = METALS - IONIC_METALS
"""Metals that a complex is grown from."""


def _are(elements: AbstractSet[int]) -> NDArray[np.bool_]:
    mask = np.isin(np.arange(MAX_ATOMIC_NUMBER + 1), list(elements))
    mask.setflags(write=False)
    return mask


IS_METAL: Final = _are(METALS)
IS_CENTRE: Final = _are(METAL_CENTRES)
IS_F_BLOCK: Final = _are(LANTHANIDES | ACTINIDES)
"""(119,) by atomic number, of arrays of atoms."""


def symbol(atomic_number: int) -> str:
    """Element symbol of an atomic number from 1 to 118."""
    return _SYMBOLS[atomic_number]


def atomic_number(element: str) -> int:
    """Atomic number of a symbol such as `Dy`; ValueError when there is none."""
    return _SYMBOLS.index(element)


def metal_symbol(text: str) -> str:
    """The symbol of a metal as users write it (`dy`, `Dy`); InputError when it names none."""
    element = text.strip().capitalize()
    if element not in _SYMBOLS or _SYMBOLS.index(element) not in METALS:
        raise InputError(f"{text!r} is no metal; write a symbol such as Dy, Co or Mn")
    return element
