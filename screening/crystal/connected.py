"""Connected: which atoms hang together, by union-find."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled


def connect(n: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the parts of *n* atoms that the pairs *first*, *second* join: (n,), from 0.

    The parts are numbered in the order of their first atoms.
    """
    return np.asarray(_numbers(n, first, second))


@compiled
def _numbers(n: int, first: Any, second: Any) -> Any:
    parent = np.arange(n)
    for k in range(len(first)):
        i, j = first[k], second[k]
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        while parent[j] != j:
            parent[j] = parent[parent[j]]
            j = parent[j]
        # the lowest atom is the root, so that roots come before what hangs on them
        parent[max(i, j)] = min(i, j)
    part = np.empty(n, dtype=np.int64)
    n_parts = 0
    for i in range(n):
        if parent[i] == i:
            part[i] = n_parts
            n_parts += 1
        else:
            part[i] = part[parent[i]]
    return part
