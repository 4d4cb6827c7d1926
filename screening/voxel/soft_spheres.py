"""Soft spheres: molecules drawn on grids with how much of a voxel its atom covers."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from screening.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

FULL: Final = 127
"""Coverage of a voxel inside an atom, so that element and coverage fit 16 bits."""
COVERED: Final = 256
"""What coverage is multiplied by in a code: element + 256 * coverage, 0 where empty."""
RAMP: Final = 0.5
"""Voxels on either side of the surface of a sphere over which coverage falls from full to none."""


def _claim_softly(
    voxels: "NDArray[np.int16]",
    start: int,
    k: int,
    width: int,
    number: int,
    z: float,
    across: float,
    rim: float,
    least: int,
) -> None:
    """Give the voxels of a row to an atom where it covers more of them, or as much and is heavier.

    start: flat index of voxel k of the row; z: of the atom along the row; across: squared distance
    of the atom from the row; rim: distance at which coverage ends; least: coverage of what is
    touched, however little. Lengths are in voxels.
    """
    first = np.uintp(start)  # unsigned, so that no index can count from the end
    for lane in range(np.uintp(width)):
        dz = np.float64(k + np.int64(lane)) + 0.5 - z
        away = math.sqrt(across + dz * dz)
        # Rounded to a whole number first: then equal coverage means equal codes.
        share = min(np.float64(1.0), max(np.float64(0.0), rim - away))
        coverage = max(np.int64(least), np.int64(share * FULL + 0.5))
        code = np.int16(coverage * COVERED + number) if coverage > 0 else np.int16(0)
        # The larger code has the larger coverage and, where that is equal, the heavier element.
        voxels[first + lane] = max(voxels[first + lane], code)


_claim = compiled(_claim_softly)


def _paint_softly(
    grids: "NDArray[np.int16]",
    first: int,
    last: int,
    numbers: "NDArray[np.uint8]",
    places: "NDArray[np.float64]",
    starts: "NDArray[np.int64]",
    radii: "NDArray[np.float64]",
    hydrogens: bool,
) -> None:
    edge = grids.shape[1]
    for molecule in range(first, last):
        voxels = grids[molecule].reshape(-1)
        voxels[:] = 0
        for atom in range(starts[molecule], starts[molecule + 1]):
            number = numbers[atom]
            if number == 1 and not hydrogens:
                continue
            x, y, z = places[atom, 0], places[atom, 1], places[atom, 2]
            rim = radii[number] + RAMP
            # Compared as floats: a place far outside the box does not fit an integer.
            if 0.0 <= x < edge and 0.0 <= y < edge and 0.0 <= z < edge:
                i, j, k = int(x), int(y), int(z)
                dx, dy = i + 0.5 - x, j + 0.5 - y
                start = (i * edge + j) * edge + k
                _claim(voxels, start, k, 1, number, z, dx * dx + dy * dy, rim, 1)
            elif min(x, y, z) < -rim or max(x, y, z) > edge + rim:
                continue
            k_start, k_stop = max(0, math.floor(z - rim)), min(edge, math.floor(z + rim) + 1)
            for i in range(max(0, math.floor(x - rim)), min(edge, math.floor(x + rim) + 1)):
                dx = i + 0.5 - x
                for j in range(max(0, math.floor(y - rim)), min(edge, math.floor(y + rim) + 1)):
                    dy = j + 0.5 - y
                    across = dx * dx + dy * dy
                    if across < rim * rim:
                        start = (i * edge + j) * edge + k_start
                        width = k_stop - k_start
                        _claim(voxels, start, k_start, width, number, z, across, rim, 0)


paint_softly: Final[Callable[..., None]] = compiled(_paint_softly)
"""Draw the molecules from *first* to *last* of a batch, each on its grid.

grids: (m, edge, edge, edge) int16 codes, overwritten.
numbers (n,), places (n, 3) in voxels from the corner of the box, starts (m + 1,): the molecules.
radii: (119,) in voxels by atomic number.
"""
