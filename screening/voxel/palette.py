"""Palette: one RGB colour for each element, from which the element can be read back."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.elements import MAX_ATOMIC_NUMBER
from screening.errors import InputError, IntegrityError

_LEVELS: Final = (0, 64, 128, 191, 255)
UNIQUE_RGB_DISTANCE: Final = 63
"""Least distance of two colours of `unique-rgb-v1`, and of any colour from the black of empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours by atomic number.

    table: (119, 3) uint8; row 0 is the black of an empty voxel, and no two rows are equal.
    """

    name: str
    table: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.table.shape != (MAX_ATOMIC_NUMBER + 1, 3) or self.table.dtype != np.uint8:
            raise InputError(f"palette {self.name}: the table must be (119, 3) uint8")
        if self.table[0].any() or len(np.unique(_codes(self.table))) != len(self.table):
            raise InputError(f"palette {self.name}: colours must differ, and 0 must be black")
        self.table.setflags(write=False)

    def encode(self, elements: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Colour an element grid: (...) uint8 -> (..., 3) uint8."""
        colours: NDArray[np.uint8] = self.table[elements]
        return colours

    def decode(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Read the elements back: (..., 3) uint8 -> (...) uint8.

        Raises:
            IntegrityError: when a colour belongs to no element.
        """
        own = _codes(self.table)
        order = np.argsort(own)
        wanted = _codes(rgb)
        found: NDArray[np.intp] = order[
            np.searchsorted(own, wanted, sorter=order).clip(max=MAX_ATOMIC_NUMBER)
        ]
        strange = own[found] != wanted
        if strange.any():
            colour = tuple(int(part) for part in rgb[strange][0])
            raise IntegrityError(f"colour {colour} belongs to no element of palette {self.name}")
        elements: NDArray[np.uint8] = found.astype(np.uint8)
        return elements


def _codes(rgb: NDArray[np.uint8]) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = rgb.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    return codes


def _unique_rgb() -> NDArray[np.uint8]:
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


UNIQUE_RGB: Final = Palette("unique-rgb-v1", _unique_rgb())
DEFAULT_PALETTE: Final = UNIQUE_RGB
_PALETTES: Final = {palette.name: palette for palette in (UNIQUE_RGB,)}


def named_palette(name: str) -> Palette:
    """Find a palette by the name that a model version stores.

    Raises:
        InputError: when this program does not know it.
    """
    if name not in _PALETTES:
        raise InputError(f"unknown palette {name!r}; known: {', '.join(_PALETTES)}")
    return _PALETTES[name]
