"""Spheres: molecules drawn on grids, compiled by numba."""

import math
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from screening.compiled import compiled
from screening.voxel.lanes import LANES, claim_heavier, claim_nearer

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Paint(Protocol):
    """The signature of `paint`."""

    def __call__(
        self,
        grids: "NDArray[np.uint8]",
        n_clipped: "NDArray[np.int64]",
        first: int,
        last: int,
        numbers: "NDArray[np.uint8]",
        places: "NDArray[np.float64]",
        starts: "NDArray[np.int64]",
        radii: "NDArray[np.float64]",
        hydrogens: bool,
        nearer: bool,
    ) -> None: ...


def _claim_one(
    voxels: "NDArray[np.uint8]",
    nearest: "NDArray[np.float64]",
    place: int,
    number: np.uint8,
    square: float,
    nearer: bool,
) -> None:
    """Give one voxel to an atom at a squared distance, if it wins by the rule."""
    old = voxels[place]
    if not nearer:
        voxels[place] = max(old, number)
    elif old == 0 or square < nearest[place] or (square == nearest[place] and number > old):
        voxels[place] = number
        nearest[place] = square


_claim = compiled(_claim_one)


def _paint_short_row(
    voxels: "NDArray[np.uint8]",
    nearest: "NDArray[np.float64]",
    row: int,
    edge: int,
    number: np.uint8,
    z: float,
    across: float,
    reach: float,
    nearer: bool,
) -> None:
    """Draw an atom on a row that is shorter than the lanes."""
    for k in range(edge):
        dz = k + 0.5 - z
        if across + dz * dz <= reach:
            _claim(voxels, nearest, row + k, number, across + dz * dz, nearer)


_short_row = compiled(_paint_short_row)


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
        dx, dy, dz = i + 0.5 - x, j + 0.5 - y, k + 0.5 - z
        _claim(
            voxels, nearest, (i * edge + j) * edge + k, number, dx * dx + dy * dy + dz * dz, nearer
        )
    elif min(x, y, z) < -radius or max(x, y, z) > edge + radius:
        return False
    reach = radius * radius
    j_start, j_stop = max(0, math.floor(y - radius)), min(edge, math.floor(y + radius) + 1)
    k_start, k_stop = max(0, math.floor(z - radius)), min(edge, math.floor(z + radius) + 1)
    for i in range(max(0, math.floor(x - radius)), min(edge, math.floor(x + radius) + 1)):
        dx = i + 0.5 - x
        for j in range(j_start, j_stop):
            dy = j + 0.5 - y
            across = dx * dx + dy * dy
            if across > reach:
                continue
            row = (i * edge + j) * edge
            if edge < LANES:
                _short_row(voxels, nearest, row, edge, number, z, across, reach, nearer)
                continue
            for k_wanted in range(k_start, k_stop, LANES):
                # Moved back where they would pass the end: deciding a voxel twice does no harm.
                k = min(k_wanted, edge - LANES)
                if nearer:
                    claim_nearer(voxels, nearest, row + k, k, number, z, across, reach)
                else:
                    claim_heavier(voxels, row + k, k, number, z, across, reach)
    return is_inside


_sphere = compiled(_paint_sphere)


def _paint(
    grids: "NDArray[np.uint8]",
    n_clipped: "NDArray[np.int64]",
    first: int,
    last: int,
    numbers: "NDArray[np.uint8]",
    places: "NDArray[np.float64]",
    starts: "NDArray[np.int64]",
    radii: "NDArray[np.float64]",
    hydrogens: bool,
    nearer: bool,
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


paint: Final[Paint] = compiled(_paint)
"""Draw the molecules from *first* to *last* of a batch, each on its grid.

grids: (m, edge, edge, edge), overwritten; n_clipped: (m,), centres outside the box, overwritten.
numbers (n,), places (n, 3) in voxels from the corner of the box, starts (m + 1,): the molecules.
radii: (119,) in voxels by atomic number.
"""
