"""Spheres: the inner loop of drawing, compiled by numba."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Paint = Callable[
    ["NDArray[np.uint8]", "NDArray[np.intp]", "NDArray[np.float64]", "NDArray[np.float64]"], int
]


def _paint(
    elements: "NDArray[np.uint8]",
    numbers: "NDArray[np.intp]",
    places: "NDArray[np.float64]",
    radii: "NDArray[np.float64]",
) -> int:
    edge = elements.shape[0]
    n_clipped = 0
    for atom in range(len(numbers)):
        number = np.uint8(numbers[atom])
        x, y, z = places[atom, 0], places[atom, 1], places[atom, 2]
        radius = radii[atom]
        # Compared as floats: a place far outside the box does not fit an integer.
        if 0.0 <= x < edge and 0.0 <= y < edge and 0.0 <= z < edge:
            home = elements[int(x), int(y), int(z)]
            elements[int(x), int(y), int(z)] = max(home, number)
        else:
            n_clipped += 1
            if min(x, y, z) < -radius or max(x, y, z) > edge + radius:
                continue
        i_stop = min(edge, math.floor(x + radius) + 1)
        j_stop = min(edge, math.floor(y + radius) + 1)
        k_stop = min(edge, math.floor(z + radius) + 1)
        k_start = max(0, math.floor(z - radius))
        for i in range(max(0, math.floor(x - radius)), i_stop):
            dx = i + 0.5 - x
            for j in range(max(0, math.floor(y - radius)), j_stop):
                dy = j + 0.5 - y
                for k in range(k_start, k_stop):
                    dz = k + 0.5 - z
                    inside = dx * dx + dy * dy + dz * dz <= radius * radius
                    if inside and elements[i, j, k] < number:
                        elements[i, j, k] = number
    return n_clipped


def _compiled(function: Paint) -> Any:
    # Workers of a pool each meet this: the cache on disk spares them the second of compiling.
    # An install that nobody may write to, with no home either, has no place for a cache.
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


paint: Final[Paint] = _compiled(_paint)
"""Paint spheres into *elements* (edge, edge, edge); return how many centres lie outside.

numbers (n,), places (n, 3) in voxels from the corner of the box, radii (n,) in voxels.
"""
