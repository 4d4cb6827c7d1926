"""Rings of five and six atoms."""

from typing import Any, Final

import numpy as np

from screening.compiled import compiled

Ring = tuple[int, ...]

_LARGEST: Final = 6
_ROOM: Final = 32


@compiled
def find_rings(start: Any, around: Any) -> Any:
    """(m, 6) each ring of five or six atoms once, its atoms in order, the least one first.

    around: the neighbours of atom i stand from start[i] to before start[i + 1]. The sixth atom of a
    five-ring is -1.
    """
    # Written out, for array expressions would make the code that each reader loads far larger.
    degree = _without_leaves(start, around)
    rings, n = np.empty((_ROOM, _LARGEST), dtype=np.int64), 0
    path, entry = np.empty(_LARGEST, dtype=np.int64), np.empty(_LARGEST, dtype=np.int64)
    for first in range(len(start) - 1):
        for size in range(5, _LARGEST + 1):
            path[0], entry[0] = first, start[first]
            depth = 0 if degree[first] > 1 else -1
            while depth >= 0:
                if entry[depth] == start[path[depth] + 1]:
                    depth -= 1
                    continue
                atom = around[entry[depth]]
                entry[depth] += 1
                if atom <= first or degree[atom] < 2 or _holds(path, 1, depth + 1, atom):
                    continue
                path[depth + 1] = atom
                if depth + 2 < size:
                    depth += 1
                    entry[depth] = start[atom]
                elif path[1] < atom and _holds(around, start[atom], start[atom + 1], first):
                    if n == len(rings):
                        rings = _longer(rings)
                    for k in range(_LARGEST):
                        rings[n, k] = path[k] if k < size else -1
                    n += 1
    return rings[:n]


@compiled
def _holds(atoms: Any, begin: int, end: int, atom: int) -> bool:
    for k in range(begin, end):  # noqa: SIM110 - numba compiles no generator
        if atoms[k] == atom:
            return True
    return False


@compiled
def _longer(rings: Any) -> Any:
    """The same rings with as much room again."""
    longer = np.empty((2 * len(rings), _LARGEST), dtype=np.int64)
    for n in range(len(rings)):
        for k in range(_LARGEST):
            longer[n, k] = rings[n, k]
    return longer


@compiled
def _without_leaves(start: Any, around: Any) -> Any:
    """Number of neighbours of each atom without leaves, which are left out again and again.

    The atoms that keep two or more are in rings or between them.
    """
    n = len(start) - 1
    degree, stack = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    n_waiting = 0
    for i in range(n):
        degree[i] = start[i + 1] - start[i]
        if degree[i] == 1:
            stack[n_waiting] = i
            n_waiting += 1
    while n_waiting:
        n_waiting -= 1
        i = stack[n_waiting]
        degree[i] = 0
        for k in range(start[i], start[i + 1]):
            j = around[k]
            if degree[j] > 0:
                degree[j] -= 1
                if degree[j] == 1:
                    stack[n_waiting] = j
                    n_waiting += 1
    return degree
