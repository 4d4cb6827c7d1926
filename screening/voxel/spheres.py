"""Spheres: molecules drawn on grids, compiled by numba."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from screening.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LANES: Final = 8
"""A row is drawn in a multiple of so many voxels: one loop without a branch for each, which LLVM
turns into vector instructions. Deciding a voxel that is out of reach does no harm."""


def _claim_heavier(
    voxels: "NDArray[np.uint8]",
    start: int,
    k: int,
    width: int,
    number: np.uint8,
    z: float,
    across: float,
    reach: float,
) -> None:
    """Give the voxels of a row within reach of an atom to it, where it is heavier.

    start: flat index of voxel k of the row; z: of the atom along the row; across: squared distance
    of the atom from the row; reach: squared radius. Lengths are in voxels.
    """
    first = np.uintp(start)  # unsigned, so that no index can count from the end
    for lane in range(np.uintp(width)):
        dz = np.float64(k + np.int64(lane)) + 0.5 - z
        old = voxels[first + lane]
        claim = number if across + dz * dz <= reach else np.uint8(0)
        voxels[first + lane] = max(old, claim)


_heavier = compiled(_claim_heavier)


def _claim_nearer(
    voxels: "NDArray[np.uint8]",
    nearest: "NDArray[np.float64]",
    start: int,
    k: int,
    width: int,
    number: np.uint8,
    z: float,
    across: float,
    reach: float,
) -> None:
    """The same, where the atom is nearer than what is there, or as near and heavier.

    nearest: squared distance of the atom that has each voxel; anything where that is empty.
    """
    first = np.uintp(start)
    for lane in range(np.uintp(width)):
        dz = np.float64(k + np.int64(lane)) + 0.5 - z
        square = across + dz * dz
        old, held = voxels[first + lane], nearest[first + lane]
        least = held if old > 0 else np.inf
        wins = (square <= reach) & ((square < least) | ((square == least) & (number > old)))
        voxels[first + lane] = number if wins else old
        nearest[first + lane] = square if wins else held


_nearer = compiled(_claim_nearer)


def _paint_sphere(
    voxels: "NDArray[np.uint8]",
    nearest: "NDArray[np.float64]",
    edge: int,
    number: np.uint8,
    x: float,
    y: float,
    z: float,
    radius: float,
    nearer: bool,
) -> bool:
    """Draw one atom; False when its centre is outside the box."""
    # Compared as floats: a place far outside the box does not fit an integer.
    is_inside = 0.0 <= x < edge and 0.0 <= y < edge and 0.0 <= z < edge
    if is_inside:
        i, j, k = int(x), int(y), int(z)
        dx, dy = i + 0.5 - x, j + 0.5 - y
        across, row = dx * dx + dy * dy, (i * edge + j) * edge
        if nearer:
            _nearer(voxels, nearest, row + k, k, 1, number, z, across, np.inf)
        else:
            _heavier(voxels, row + k, k, 1, number, z, across, np.inf)
    elif min(x, y, z) < -radius or max(x, y, z) > edge + radius:
        return False
    reach = radius * radius
    j_start, j_stop = max(0, math.floor(y - radius)), min(edge, math.floor(y + radius) + 1)
    k_start, k_stop = max(0, math.floor(z - radius)), min(edge, math.floor(z + radius) + 1)
    width = min(edge, -(-(k_stop - k_start) // _LANES) * _LANES)
    k_start = min(k_start, edge - width)
    for i in range(max(0, math.floor(x - radius)), min(edge, math.floor(x + radius) + 1)):
        dx = i + 0.5 - x
        for j in range(j_start, j_stop):
            dy = j + 0.5 - y
            across = dx * dx + dy * dy
            if across > reach:
                continue
            start = (i * edge + j) * edge + k_start
            if nearer:
                _nearer(voxels, nearest, start, k_start, width, number, z, across, reach)
            else:
                _heavier(voxels, start, k_start, width, number, z, across, reach)
    return is_inside


_sphere = compiled(_paint_sphere)


def _paint(
    grids: "NDArray[np.uint8]",
    first: int,
    last: int,
    numbers: "NDArray[np.uint8]",
    places: "NDArray[np.float64]",
    starts: "NDArray[np.int64]",
    radii: "NDArray[np.float64]",
    hydrogens: bool,
    nearer: bool,
    n_clipped: "NDArray[np.int64]",
) -> None:
    edge = grids.shape[1]
    nearest = np.empty(edge**3 if nearer else 0)
    for molecule in range(first, last):
        voxels = grids[molecule].reshape(-1)
        voxels[:] = 0
        outside = 0
        for atom in range(starts[molecule], starts[molecule + 1]):
            number = numbers[atom]
            if number == 1 and not hydrogens:
                continue
            x, y, z = places[atom, 0], places[atom, 1], places[atom, 2]
            if not _sphere(voxels, nearest, edge, number, x, y, z, radii[number], nearer):
                outside += 1
        n_clipped[molecule] = outside


paint: Final[Callable[..., None]] = compiled(_paint)
"""Draw the molecules from *first* to *last* of a batch, each on its grid.

grids: (m, edge, edge, edge), overwritten; n_clipped: (m,), centres outside the box, overwritten.
numbers (n,), places (n, 3) in voxels from the corner of the box, starts (m + 1,): the molecules.
radii: (119,) in voxels by atomic number.
"""
