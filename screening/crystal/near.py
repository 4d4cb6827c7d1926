"""Near pairs of atoms: a search through boxes, in a lattice or without one."""

import math
from typing import Any, Final

import numpy as np

from screening.compiled import compiled

_BOX: Final = 3.0
"""Angstrom, the width of a box at least; of real crystals one holds about three atoms."""
_MAX_BOXES: Final = 32
"""Along an axis; beyond it the boxes of a wide cell grow."""
_PAIRS_AN_ATOM: Final = 8
"""Room at first; it doubles where there are more."""


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
def _heights(orth: Any) -> Any:
    """Distances of the opposite walls of a cell."""
    a, b, c = orth[:, 0], orth[:, 1], orth[:, 2]
    walls = np.empty((3, 3))
    for k, (u, v) in enumerate(((b, c), (c, a), (a, b))):
        walls[k, 0] = u[1] * v[2] - u[2] * v[1]
        walls[k, 1] = u[2] * v[0] - u[0] * v[2]
        walls[k, 2] = u[0] * v[1] - u[1] * v[0]
    volume = abs(a[0] * walls[0, 0] + a[1] * walls[0, 1] + a[2] * walls[0, 2])
    return volume / np.sqrt((walls**2).sum(axis=1))


@compiled
def _search(
    fract: Any, orth: Any, reach: Any, first: Any, second: Any, periodic: bool
) -> tuple[Any, Any, Any, Any]:
    """Do what `near_pairs` says, of atoms in a cell."""
    farthest = reach[second].max()
    radius = reach[first].max() + farthest
    heights = _heights(orth)
    nx, ny, nz = n_boxes = (
        min(max(int(heights[0] // max(radius, _BOX)), 1), _MAX_BOXES),
        min(max(int(heights[1] // max(radius, _BOX)), 1), _MAX_BOXES),
        min(max(int(heights[2] // max(radius, _BOX)), 1), _MAX_BOXES),
    )
    head, following = _in_boxes(fract, second, n_boxes)
    pairs = np.empty((_PAIRS_AN_ATOM * len(first), 5), dtype=np.int64)
    distance = np.empty(len(pairs))
    n = 0
    for i in first:
        margin = (reach[i] + farthest) / heights
        left, right = _reach(fract[i, 0], margin[0], nx, periodic)
        front, back = _reach(fract[i, 1], margin[1], ny, periodic)
        bottom, top = _reach(fract[i, 2], margin[2], nz, periodic)
        for x in range(left, right):
            for y in range(front, back):
                for z in range(bottom, top):
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
                        if d > reach[i] + reach[j] or (i == j and s == t == u == 0):
                            continue
                        if n == len(distance):
                            pairs = np.concatenate((pairs, np.empty_like(pairs)))
                            distance = np.concatenate((distance, np.empty_like(distance)))
                        pairs[n, 0], pairs[n, 1] = i, j
                        pairs[n, 2], pairs[n, 3], pairs[n, 4] = s, t, u
                        distance[n] = d
                        n += 1
    return pairs[:n, 0].copy(), pairs[:n, 1].copy(), pairs[:n, 2:].copy(), distance[:n].copy()


@compiled
def _boxed(places: Any) -> tuple[Any, Any]:
    """Places (n, 3) in the box around them, which stands for a cell without images; its axes."""
    inside, axes = np.empty_like(places), np.zeros((3, 3))
    for x in range(3):
        low = places[:, x].min()
        width = max(places[:, x].max() - low, 1.0) * (1 + 1e-9)
        axes[x, x] = width
        for i in range(len(places)):
            inside[i, x] = (places[i, x] - low) / width
    return inside, axes


@compiled
def near_pairs(
    fract: Any, orth: Any, reach: Any, first: Any, second: Any, periodic: bool
) -> tuple[Any, Any, Any, Any]:
    """Find the pairs of an atom of *first* and a lattice image of one of *second*.

    fract: (n, 3) in [0, 1), orth: (3, 3) with the columns a, b, c; without a lattice Cartesian
    coordinates and the unit matrix. reach: (n,) angstrom; a pair is as far apart as the reaches of
    its two atoms together, or less. first, second: indices.

    Returns the two atoms of each pair, (m,), the cell (m, 3) that the second one stands in, and
    their distance (m,). An atom makes a pair with its own images, not with itself. The pairs come
    in the order of *first*.
    """
    if len(first) == 0 or len(second) == 0:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, np.empty((0, 3), dtype=np.int64), np.empty(0)
    if not periodic:
        fract, orth = _boxed(fract)
    return _search(fract, orth, reach, first, second, periodic)  # type: ignore[no-any-return]
