"""Palette: the channels in which a network sees each element."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.elements import MAX_ATOMIC_NUMBER
from screening.errors import InputError, IntegrityError
from screening.voxel.colour_tables import chemistry_rgb, element_classes, unique_rgb

UNIQUE_RGB_DISTANCE: Final = 63
"""Least distance of two colours of `unique-rgb-v1`, and of any colour from the black of empty."""
CHEMISTRY_RGB_DISTANCE: Final = 14
"""The same for `chemistry-rgb-v1`: neighbours in a row of the periodic table."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours by atomic number.

    table: (119, channels) uint8; row 0 is the black of an empty voxel and no other row is.
    tells_elements: whether no two rows are equal, so that colours decode to elements.
    """

    name: str
    table: NDArray[np.uint8]
    tells_elements: bool = True

    def __post_init__(self) -> None:
        rows = MAX_ATOMIC_NUMBER + 1
        if self.table.ndim != 2 or len(self.table) != rows or self.table.dtype != np.uint8:
            raise InputError(f"palette {self.name}: the table must be (119, channels) uint8")
        if self.table[0].any() or not self.table[1:].any(axis=1).all():
            raise InputError(f"palette {self.name}: 0 must be black, and no element may be")
        if self.tells_elements and len(np.unique(self.table, axis=0)) != rows:
            raise InputError(f"palette {self.name}: colours must differ")
        self.table.setflags(write=False)

    @property
    def channels(self) -> int:
        """Numbers of a voxel, what a network has as `channels_in`."""
        return int(self.table.shape[1])

    @property
    def weights(self) -> NDArray[np.float32]:
        """The table as a network sees it: (119, channels) float32 from 0 to 1."""
        return self.table.astype(np.float32) / np.float32(255)

    def encode(self, elements: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Colour an element grid: (...) uint8 -> (..., channels) uint8."""
        colours: NDArray[np.uint8] = self.table[elements]
        return colours

    def decode(self, colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Read the elements back: (..., channels) uint8 -> (...) uint8.

        Raises:
            InputError: when the palette does not tell all elements apart.
            IntegrityError: when a colour belongs to no element.
        """
        if not self.tells_elements:
            raise InputError(f"palette {self.name} does not tell every element from the others")
        own = _codes(self.table)
        order = np.argsort(own)
        wanted = _codes(colours)
        found: NDArray[np.intp] = order[
            np.searchsorted(own, wanted, sorter=order).clip(max=MAX_ATOMIC_NUMBER)
        ]
        strange = own[found] != wanted
        if strange.any():
            colour = tuple(int(part) for part in colours[strange][0])
            raise IntegrityError(f"colour {colour} belongs to no element of palette {self.name}")
        elements: NDArray[np.uint8] = found.astype(np.uint8)
        return elements


def _codes(colours: NDArray[np.uint8]) -> NDArray[np.void]:
    """Each colour as one value that can be compared and sorted."""
    channels = colours.shape[-1]
    joined: NDArray[np.void] = np.ascontiguousarray(colours).view(f"V{channels}")
    return joined[..., 0]


UNIQUE_RGB: Final = Palette("unique-rgb-v1", unique_rgb())
CHEMISTRY_RGB: Final = Palette("chemistry-rgb-v1", chemistry_rgb())
ELEMENT_CLASS: Final = Palette("element-class-onehot-v1", element_classes(), tells_elements=False)
CLASS_AND_CHEMISTRY: Final = Palette(
    "class-and-chemistry-v1", np.concatenate([element_classes(), chemistry_rgb()], axis=1)
)
DEFAULT_PALETTE: Final = CLASS_AND_CHEMISTRY
_PALETTES: Final = {
    palette.name: palette
    for palette in (UNIQUE_RGB, CHEMISTRY_RGB, ELEMENT_CLASS, CLASS_AND_CHEMISTRY)
}


def named_palette(name: str) -> Palette:
    """Find a palette by the name that a model version stores.

    Raises:
        InputError: when this program does not know it.
    """
    if name not in _PALETTES:
        raise InputError(f"unknown palette {name!r}; known: {', '.join(_PALETTES)}")
    return _PALETTES[name]
