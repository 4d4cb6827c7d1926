"""Colour tables: what a palette says of each element, (119, channels) uint8 by atomic number.

Row 0 is an empty voxel and zero in every channel. A network sees the numbers divided by 255.
"""

from typing import Final

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.elements import (
    ACTINIDES,
    HALOGENS,
    IONIC_METALS,
    LANTHANIDES,
    MAX_ATOMIC_NUMBER,
    METALS,
)

_LEVELS: Final = (0, 64, 128, 191, 255)
_NOBLE_GASES: Final = (2, 10, 18, 36, 54, 86, 118)
_GROUP_STEP: Final = 14  # 18 groups, 7 periods and 14 f electrons all end at 252
_PERIOD_STEP: Final = 36
_ELECTRON_STEP: Final = 18

ELEMENT_CLASSES: Final = (
    "hydrogen",
    "carbon",
    "nitrogen",
    "oxygen",
    "halogen",
    "other non-metal or metalloid",
    "alkali or alkaline earth metal",
    "3d metal",
    "4d to 6d metal",
    "lanthanide",
    "actinide",
    "p-block metal",
)
"""The channels of `element_classes`, a division of ours: what a donor atom is, what a metal is."""


def unique_rgb() -> NDArray[np.uint8]:
    """Element Z takes the Z-th point of a walk through the 5 x 5 x 5 lattice of colours.

    The walk turns at the walls, so neighbours in Z are one step apart in one colour, and red
    grows with Z: near elements look alike, none look the same.
    """
    walk = [
        (
            red,
            green if red % 2 == 0 else 4 - green,
            blue if (5 * red + green) % 2 == 0 else 4 - blue,
        )
        for red in range(5)
        for green in range(5)
        for blue in range(5)
    ]
    colours: NDArray[np.uint8] = np.array(_LEVELS, dtype=np.uint8)[np.array(walk)]
    return colours[: MAX_ATOMIC_NUMBER + 1]


def chemistry_rgb() -> NDArray[np.uint8]:
    """Red is the group, green the period, blue the open shell of a metal.

    Group: 1 to 18; 3 for every lanthanide and actinide. Open shell: f electrons of the ion 3+ of a
    lanthanide or actinide (Z - 57, Z - 89), d electrons of the ion 2+ of a metal of groups 3 to
    12 (group - 2), by counting electrons and not by measured ground states; 0 elsewhere.
    """
    table = np.zeros((MAX_ATOMIC_NUMBER + 1, 3), dtype=np.uint8)
    for z in range(1, MAX_ATOMIC_NUMBER + 1):
        group, period = _group_and_period(z)
        open_shell = group - 2 if 3 <= group <= 12 else 0
        if z in LANTHANIDES or z in ACTINIDES:
            open_shell = z - (57 if z in LANTHANIDES else 89)
        table[z] = group * _GROUP_STEP, period * _PERIOD_STEP, open_shell * _ELECTRON_STEP
    return table


def element_classes() -> NDArray[np.uint8]:
    """One channel for each of `ELEMENT_CLASSES`: 255 in the channel of the element's class."""
    table = np.zeros((MAX_ATOMIC_NUMBER + 1, len(ELEMENT_CLASSES)), dtype=np.uint8)
    for z in range(1, MAX_ATOMIC_NUMBER + 1):
        table[z, ELEMENT_CLASSES.index(_class_of(z))] = 255
    return table


def _group_and_period(z: int) -> tuple[int, int]:
    period = next(p for p, last in enumerate(_NOBLE_GASES, start=1) if z <= last)
    if z in LANTHANIDES or z in ACTINIDES:
        return 3, period
    before = _NOBLE_GASES[period - 2] if period > 1 else 0
    column = z - before
    length = _NOBLE_GASES[period - 1] - before
    # Counted from the left for the s block, from the noble gas for all that comes later.
    return (column if column <= 2 and z != 2 else 18 - (length - column)), period


def _class_of(z: int) -> str:
    by_name = {"H": "hydrogen", "C": "carbon", "N": "nitrogen", "O": "oxygen"}
    symbol = gemmi.Element(z).name
    if symbol in by_name:
        return by_name[symbol]
    group, period = _group_and_period(z)
    blocks = (
        (z in HALOGENS, "halogen"),
        (z in LANTHANIDES, "lanthanide"),
        (z in ACTINIDES, "actinide"),
        (z in IONIC_METALS or z in {4, 12}, "alkali or alkaline earth metal"),
        (3 <= group <= 12, "3d metal" if period == 4 else "4d to 6d metal"),
        (z in METALS, "p-block metal"),
    )
    return next((name for holds, name in blocks if holds), "other non-metal or metalloid")
