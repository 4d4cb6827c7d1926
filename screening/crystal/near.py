"""Near pairs of atoms: a search through boxes, in a lattice or without one."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled

_BOX: Final = 3.0
"""Angstrom, the width of a box at least; of real crystals one holds about three atoms."""
_MAX_BOXES: Final = 32
"""Along an axis; beyond it the boxes of a wide cell grow."""
_PAIRS_AN_ATOM: Final = 24


def near_pairs(
    fract: NDArray[np.float64],
    orth: NDArray[np.float64],
    radius: float,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    *,
    periodic: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Find the pairs of an atom of *first* and a lattice image of one of *second*.

    fract: (n, 3) in [0, 1), orth: (3, 3) with the columns a, b, c; without a lattice Cartesian
    coordinates and the unit matrix. radius: angstrom. Returns the two atoms of each pair, (m,),
    the cell (m, 3) that the second one stands in, and their distance (m,). An atom makes a pair
    with its own images, not with itself. The pairs come in the order of *first*.
    """
    low, places = np.zeros(3), fract
    if not periodic:
        # the box around the atoms stands for a cell without images
        low = fract.min(axis=0)
        width = np.maximum(fract.max(axis=0) - low, 1.0) * (1 + 1e-9)
        orth, places = np.diag(width), (fract - low) / width
    heights = 1 / np.sqrt((np.linalg.inv(orth) ** 2).sum(axis=1))
    n_boxes = np.clip(heights // max(radius, _BOX), 1, _MAX_BOXES).astype(np.int64)
    margin = radius / heights
    capacity = _PAIRS_AN_ATOM * len(first)
    while True:
        pairs = np.empty((capacity, 5), dtype=np.int64)
        distance = np.empty(capacity)
        n = _search(places, orth, radius, first, second, n_boxes, margin, periodic, pairs, distance)
        if n <= capacity:
            break
        capacity = n
    pairs, distance = pairs[:n], distance[:n]
    return pairs[:, 0].copy(), pairs[:, 1].copy(), pairs[:, 2:].copy(), distance.copy()


@compiled
def _in_boxes(fract: Any, members: Any, n_boxes: Any) -> Any:
    """Chain the members of each box: the first one of the box, and the next one of each member."""
    nx, ny, nz = n_boxes
    head = np.full((nx, ny, nz), -1, dtype=np.int64)
    following = np.empty(len(members), dtype=np.int64)
    for k in range(len(members) - 1, -1, -1):
        x, y, z = fract[members[k]]
        box = min(int(x * nx), nx - 1), min(int(y * ny), ny - 1), min(int(z * nz), nz - 1)
        following[k] = head[box]
        head[box] = k
    return head, following


@compiled
def _length(orth: Any, x: float, y: float, z: float) -> float:
    u = orth[0, 0] * x + orth[0, 1] * y + orth[0, 2] * z
    v = orth[1, 0] * x + orth[1, 1] * y + orth[1, 2] * z
    w = orth[2, 0] * x + orth[2, 1] * y + orth[2, 2] * z
    return np.sqrt(u * u + v * v + w * w)  # type: ignore[no-any-return]


@compiled
def _reach(place: float, margin: float, n_boxes: int, periodic: bool) -> tuple[int, int]:
    """First box, and the one after the last, that may hold atoms within *margin*."""
    low, high = math.floor((place - margin) * n_boxes), math.floor((place + margin) * n_boxes) + 1
    return (low, high) if periodic else (max(low, 0), min(high, n_boxes))


@compiled
def _search(
    fract: Any,
    orth: Any,
    radius: float,
    first: Any,
    second: Any,
    n_boxes: Any,
    margin: Any,
    periodic: bool,
    pairs: Any,
    distance: Any,
) -> int:
    """Write the pairs as far as there is room; return how many there are."""
    head, following = _in_boxes(fract, second, n_boxes)
    nx, ny, nz = n_boxes
    n = 0
    for i in first:
        left, right = _reach(fract[i, 0], margin[0], nx, periodic)
        front, back = _reach(fract[i, 1], margin[1], ny, periodic)
        bottom, top = _reach(fract[i, 2], margin[2], nz, periodic)
        for box in np.ndindex(right - left, back - front, top - bottom):
            x, y, z = left + box[0], front + box[1], bottom + box[2]
            s, t, u = x // nx, y // ny, z // nz
            k = head[x - s * nx, y - t * ny, z - u * nz]
            while k >= 0:
                j = second[k]
                k = following[k]
                d = _length(
                    orth,
                    fract[j, 0] + s - fract[i, 0],
                    fract[j, 1] + t - fract[i, 1],
                    fract[j, 2] + u - fract[i, 2],
                )
                if d > radius or (i == j and s == t == u == 0):
                    continue
                if n < len(distance):
                    pairs[n, 0], pairs[n, 1] = i, j
                    pairs[n, 2], pairs[n, 3], pairs[n, 4] = s, t, u
                    distance[n] = d
                n += 1
    return n
