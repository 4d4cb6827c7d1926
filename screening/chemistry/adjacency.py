"""Adjacency: the neighbours of atoms as arrays, for compiled loops."""

from typing import Any

import numpy as np

from screening.compiled import compiled


@compiled
def neighbours(bonds: Any, kept: Any) -> tuple[Any, Any]:
    """Neighbours among the *kept* atoms (n,) by the bonds (m, 2).

    Returns where those of each atom start (n + 1,), and all of them, of each in ascending order.
    """
    start = np.zeros(len(kept) + 1, dtype=np.int64)
    for n in range(len(bonds)):
        i, j = bonds[n, 0], bonds[n, 1]
        if kept[i] and kept[j]:
            start[i + 1] += 1
            start[j + 1] += 1
    end = np.empty(len(kept), dtype=np.int64)
    for i in range(len(kept)):
        end[i] = start[i]
        start[i + 1] += start[i]
    around = np.empty(start[len(kept)], dtype=np.int64)
    for n in range(len(bonds)):
        i, j = bonds[n, 0], bonds[n, 1]
        if kept[i] and kept[j]:
            around[end[i]], around[end[j]] = j, i
            end[i] += 1
            end[j] += 1
    for i in range(len(kept)):
        for k in range(start[i] + 1, start[i + 1]):
            atom, place = around[k], k
            while place > start[i] and around[place - 1] > atom:
                around[place] = around[place - 1]
                place -= 1
            around[place] = atom
    return start, around
