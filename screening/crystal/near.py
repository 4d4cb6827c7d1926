"""Near pairs of atoms: a search through boxes, in a lattice or without one."""

import math
from typing import Any, Final

import numpy as np

from screening.compiled import compiled

_BOX: Final = 3.0
"""Angstrom, the width of a box at least; of real crystals one holds about three atoms."""
_MAX_BOXES: Final = 32
"""Along an axis; beyond it the boxes of a wide cell grow."""
_ROUNDING: Final = 1e-6
"""Square angstrom, far above what rounding changes."""
_PAIRS_AN_ATOM: Final = 2
"""Room at first; it doubles where there are more."""


@compiled
def _in_boxes(fract: Any, members: Any, nx: int, ny: int, nz: int) -> tuple[Any, Any]:
    """Where the members of each box start, and the members box by box."""
    box = np.empty(len(members), dtype=np.int64)
    start = np.zeros(nx * ny * nz + 1, dtype=np.int64)
    for k in range(len(members)):
        i = members[k]
        x, y, z = int(fract[i, 0] * nx), int(fract[i, 1] * ny), int(fract[i, 2] * nz)
        box[k] = (min(x, nx - 1) * ny + min(y, ny - 1)) * nz + min(z, nz - 1)
        start[box[k] + 1] += 1
    end, ordered = np.empty(nx * ny * nz, dtype=np.int64), np.empty_like(members)
    for k in range(len(end)):
        end[k] = start[k]
        start[k + 1] += start[k]
    for k in range(len(members)):
        ordered[end[box[k]]] = members[k]
        end[box[k]] += 1
    return start, ordered


@compiled
def _along(orth: Any, axis: int, x: float, y: float, z: float) -> float:
    """One Cartesian coordinate."""
    return orth[axis, 0] * x + orth[axis, 1] * y + orth[axis, 2] * z  # type: ignore[no-any-return]


@compiled
def _length(orth: Any, x: float, y: float, z: float) -> float:
    u, v, w = _along(orth, 0, x, y, z), _along(orth, 1, x, y, z), _along(orth, 2, x, y, z)
    return np.sqrt(u * u + v * v + w * w)  # type: ignore[no-any-return]


@compiled
def _reach(place: float, margin: float, n_boxes: int, periodic: bool) -> tuple[int, int]:
    """First box, and the one after the last, that may hold atoms within *margin*."""
    low, high = math.floor((place - margin) * n_boxes), math.floor((place + margin) * n_boxes) + 1
    return (low, high) if periodic else (max(low, 0), min(high, n_boxes))


@compiled
def _wall(orth: Any, i: int, j: int) -> tuple[float, float, float]:
    """The vector across the wall of two axes, as long as the wall is large."""
    return (
        orth[1, i] * orth[2, j] - orth[2, i] * orth[1, j],
        orth[2, i] * orth[0, j] - orth[0, i] * orth[2, j],
        orth[0, i] * orth[1, j] - orth[1, i] * orth[0, j],
    )


@compiled
def _heights(orth: Any) -> tuple[float, float, float]:
    """Distances of the opposite walls of a cell."""
    a, b, c = _wall(orth, 1, 2), _wall(orth, 2, 0), _wall(orth, 0, 1)
    volume = abs(orth[0, 0] * a[0] + orth[1, 0] * a[1] + orth[2, 0] * a[2])
    return (
        volume / np.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]),
        volume / np.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2]),
        volume / np.sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]),
    )


@compiled
def _largest(values: Any, members: Any) -> float:
    largest = values[members[0]]
    for k in members:
        largest = max(largest, values[k])
    return largest  # type: ignore[no-any-return]


@compiled
def _n_boxes(height: float, wide: float) -> int:
    return min(max(int(height // wide), 1), _MAX_BOXES)


@compiled
def _spheres(fract: Any, orth: Any, reach: Any, members: Any) -> Any:
    """(m, 4) Cartesian place and reach of each member."""
    spheres = np.empty((len(members), 4))
    for k in range(len(members)):
        j = members[k]
        for x in range(3):
            spheres[k, x] = _along(orth, x, fract[j, 0], fract[j, 1], fract[j, 2])
        spheres[k, 3] = reach[j]
    return spheres


@compiled
def _search(
    fract: Any, orth: Any, reach: Any, first: Any, second: Any, periodic: bool
) -> tuple[Any, Any, Any, Any]:
    """Do what `near_pairs` says, of atoms in a cell."""
    farthest = _largest(reach, second)
    radius = _largest(reach, first) + farthest
    wide = max(radius, _BOX)
    height, depth, width = _heights(orth)
    nx, ny, nz = _n_boxes(height, wide), _n_boxes(depth, wide), _n_boxes(width, wide)
    start, members = _in_boxes(fract, second, nx, ny, nz)
    around = _spheres(fract, orth, reach, members)
    pairs = np.empty((_PAIRS_AN_ATOM * len(first), 5), dtype=np.int64)
    distance = np.empty(len(pairs))
    n = 0
    for i in first:
        a, b, c = fract[i, 0], fract[i, 1], fract[i, 2]
        margin = reach[i] + farthest
        left, right = _reach(a, margin / height, nx, periodic)
        front, back = _reach(b, margin / depth, ny, periodic)
        bottom, top = _reach(c, margin / width, nz, periodic)
        for x in range(left, right):
            s = x // nx
            for y in range(front, back):
                t = y // ny
                row = ((x - s * nx) * ny + y - t * ny) * nz
                for u in range(bottom // nz, (top - 1) // nz + 1):
                    low, high = max(bottom - u * nz, 0), min(top - u * nz, nz)
                    ox = _along(orth, 0, s - a, t - b, u - c)
                    oy = _along(orth, 1, s - a, t - b, u - c)
                    oz = _along(orth, 2, s - a, t - b, u - c)
                    for k in range(start[row + low], start[row + high]):
                        limit = reach[i] + around[k, 3]
                        x_, y_, z_ = around[k, 0] + ox, around[k, 1] + oy, around[k, 2] + oz
                        # most are far beyond what rounding may change
                        if x_ * x_ + y_ * y_ + z_ * z_ > limit * limit + _ROUNDING:
                            continue
                        j = members[k]
                        d = _length(
                            orth, fract[j, 0] + s - a, fract[j, 1] + t - b, fract[j, 2] + u - c
                        )
                        if d > limit or (i == j and s == t == u == 0):
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
