"""Spheres: the inner loop of drawing, compiled by numba."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from screening.compiled import compiled

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
    # Lightest first: each atom paints over lighter ones, and the heaviest is left on top.
    for atom in np.argsort(numbers):
        number = np.uint8(numbers[atom])
        x, y, z = places[atom, 0], places[atom, 1], places[atom, 2]
        radius = radii[atom]
        # Compared as floats: a place far outside the box does not fit an integer.
        if 0.0 <= x < edge and 0.0 <= y < edge and 0.0 <= z < edge:
            elements[int(x), int(y), int(z)] = number
        else:
            n_clipped += 1
            if min(x, y, z) < -radius or max(x, y, z) > edge + radius:
                continue
        reach = radius * radius
        j_start = max(0, math.floor(y - radius))
        j_stop = min(edge, math.floor(y + radius) + 1)
        for i in range(max(0, math.floor(x - radius)), min(edge, math.floor(x + radius) + 1)):
            dx = i + 0.5 - x
            for j in range(j_start, j_stop):
                dy = j + 0.5 - y
                square = dx * dx + dy * dy
                if square > reach:
                    continue
                # The root may round either way, so the run starts one voxel wide and is trimmed
                # by the very comparison that defines the sphere.
                half = math.sqrt(reach - square)
                start = max(0, math.floor(z - half - 0.5))
                stop = min(edge, math.floor(z + half - 0.5) + 2)
                while start < stop and square + (start + 0.5 - z) ** 2 > reach:
                    start += 1
                while stop > start and square + (stop - 0.5 - z) ** 2 > reach:
                    stop -= 1
                for k in range(start, stop):
                    elements[i, j, k] = number
    return n_clipped


paint: Final[Paint] = compiled(_paint)
"""Paint spheres into *elements* (edge, edge, edge); return how many centres lie outside.

numbers (n,), places (n, 3) in voxels from the corner of the box, radii (n,) in voxels.
"""
