"""Gaussians: molecules drawn as smooth densities, compiled by numba."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from screening.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _add_product(
    grid: "NDArray[np.float32]", weight: np.float32, along: "NDArray[np.float32]"
) -> None:
    """Add one Gaussian, the product of three *along* (3, edge) the axes."""
    edge = len(grid)
    for i in range(edge):
        for j in range(edge):
            height = weight * along[0, i] * along[1, j]
            if height != 0:
                for k in range(edge):
                    grid[i, j, k] += height * along[2, k]


_product = compiled(_add_product)


def _add_gaussians(
    grids: "NDArray[np.float32]",
    first: int,
    last: int,
    numbers: "NDArray[np.uint8]",
    places: "NDArray[np.float64]",
    starts: "NDArray[np.int64]",
    radii: "NDArray[np.float64]",
    hydrogens: bool,
    weights: "NDArray[np.float32]",
) -> None:
    edge = grids.shape[2]
    # Only the parts along the axes take exponentials.
    along = np.empty((3, edge), dtype=np.float32)
    for molecule in range(first, last):
        grids[molecule] = 0
        for atom in range(starts[molecule], starts[molecule + 1]):
            number = numbers[atom]
            if number == 1 and not hydrogens:
                continue
            deviation = radii[number] / 2
            for axis in range(3):
                for i in range(edge):
                    distance = (i + 0.5 - places[atom, axis]) / deviation
                    along[axis, i] = math.exp(-0.5 * distance * distance)
            for channel in range(grids.shape[1]):
                if weights[number, channel] != 0:
                    _product(grids[molecule, channel], weights[number, channel], along)


add_gaussians: Final[Callable[..., None]] = compiled(_add_gaussians)
"""Draw the molecules from *first* to *last* of a batch, each on its grid.

grids: (m, channels, edge, edge, edge) float32, overwritten.
numbers (n,), places (n, 3) in voxels from the corner of the box, starts (m + 1,): the molecules.
radii: (119,) in voxels by atomic number; weights: (119, channels) float32.
"""
