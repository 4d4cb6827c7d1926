"""Rings of five and six atoms."""

from typing import Any, Final

import numpy as np

from screening.compiled import compiled

Ring = tuple[int, ...]

_LARGEST: Final = 6


@compiled
def find_rings(start: Any, around: Any) -> Any:
    """(m, 6) each ring of five or six atoms once, its atoms in order, the least one first.

    around: the neighbours of atom i stand from start[i] to before start[i + 1]. The sixth atom of a
    five-ring is -1.
    """
    start, around = _without_leaves(start, around)
    rings, n = np.empty((8, _LARGEST), dtype=np.int64), 0
    path, entry = np.empty(_LARGEST, dtype=np.int64), np.empty(_LARGEST, dtype=np.int64)
    for first in range(len(start) - 1):
        for size in (5, 6):
            path[0], entry[0], depth = first, start[first], 0
            while depth >= 0:
                if entry[depth] == start[path[depth] + 1]:
                    depth -= 1
                    continue
                atom = around[entry[depth]]
                entry[depth] += 1
                if atom <= first or (path[1 : depth + 1] == atom).any():
                    continue
                path[depth + 1] = atom
                if depth + 2 < size:
                    depth += 1
                    entry[depth] = start[atom]
                elif path[1] < atom and (around[start[atom] : start[atom + 1]] == first).any():
                    if n == len(rings):
                        rings = np.concatenate((rings, np.empty_like(rings)))
                    rings[n], rings[n, size:] = path, -1
                    n += 1
    return rings[:n]


@compiled
def _without_leaves(start: Any, around: Any) -> tuple[Any, Any]:
    """Leave out leaves, again and again: what stays is in rings or between them."""
    left = start[1:] - start[:-1]
    stack = [i for i in range(len(left)) if left[i] == 1]
    while stack:
        i = stack.pop()
        left[i] = 0
        for j in around[start[i] : start[i + 1]]:
            if left[j] > 0:
                left[j] -= 1
                if left[j] == 1:
                    stack.append(j)
    new_start, new = np.zeros_like(start), np.empty_like(around)
    n = 0
    for i in range(len(left)):
        if left[i] > 0:
            for j in around[start[i] : start[i + 1]]:
                if left[j] > 0:
                    new[n] = j
                    n += 1
        new_start[i + 1] = n
    return new_start, new[:n]
