"""Shells: how many bonds lie between an atom and the metals."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.elements import METAL_CENTRES, METALS

SHELLS: Final = ("metals", "donors", "second shell", "rest")
"""In the order of the numbers that `shells` gives."""


def shells(atomic_numbers: NDArray[np.integer], bonds: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The shell of each atom: (n,) uint8, an index of SHELLS.

    metals: the metal centres. donors: bonded to one and no metal themselves. second shell: bonded
    to a donor. rest: all others, also an alkali ion beside the metal.

    Args:
        atomic_numbers: (n,).
        bonds: (m, 2) pairs of atom indices.
    """
    numbers = np.asarray(atomic_numbers)
    is_centre = np.isin(numbers, list(METAL_CENTRES))
    is_metal = np.isin(numbers, list(METALS))
    is_donor = _beside(bonds, is_centre) & ~is_metal
    found = np.full(len(numbers), 3, dtype=np.uint8)
    found[_beside(bonds, is_donor)] = 2
    found[is_donor] = 1
    found[is_centre] = 0
    return found


def _beside(bonds: NDArray[np.integer], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which atoms are bonded to a chosen one."""
    beside = np.zeros(len(chosen), dtype=np.bool_)
    one, other = np.asarray(bonds, dtype=np.intp).reshape(-1, 2).T
    beside[one[chosen[other]]] = True
    beside[other[chosen[one]]] = True
    return beside
