"""Colouring: the hash of a graph by colour refinement (Weisfeiler and Leman, 1968)."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np

from screening.compiled import compiled


def graph_key(labels: Sequence[str], neighbours: Sequence[Sequence[int]]) -> str:
    """Hash of a labelled graph, the same for each order of its nodes.

    labels: of the n nodes; neighbours: n lists of node indices.
    Nodes are coloured by label, then by colour and the colours around, until no colour splits.
    Different keys mean different graphs. Equal keys are the same graph unless it is as regular as
    a contrived one; labels that tell rings apart lift the cases known in chemistry.

    Own code rather than a library's, because the value is stored and must not change with a
    library's version.
    """
    rank = {name: i for i, name in enumerate(sorted(set(labels)))}
    sizes = [len(around) for around in neighbours]
    start = [0, *accumulate(sizes)]
    refined = _refined(
        np.array([rank[label] for label in labels], dtype=np.int64),
        len(rank),
        np.array(start, dtype=np.int64),
        np.fromiter(chain.from_iterable(neighbours), np.int64, start[-1]),
    )
    colours, seen = (array.tolist() for array in refined)
    counts = Counter(colours)
    nodes = dict(zip(colours, range(len(colours)), strict=True))
    parts = [
        (labels[node], tuple(seen[start[node] : start[node + 1]]), counts[colour])
        for colour, node in sorted(nodes.items())
    ]
    return digest(repr(parts))


@compiled
def _refined(colours: Any, n_colours: int, start: Any, around: Any) -> tuple[Any, Any]:
    """Split the colours 0 to n - 1 by what is around, until none splits.

    around: the neighbours of node i stand from start[i] to before start[i + 1]. Ranks follow the
    sorted surroundings, so that they mean the same in each copy of a graph. Returned with the
    colours are those of the neighbours of each node, sorted.
    """
    # Written out, for array expressions would make the code that each reader loads far larger.
    n = len(colours)
    seen, new = np.empty_like(around), np.empty_like(colours)
    order, spare = np.arange(n), np.empty(n, dtype=np.int64)
    while True:
        for i in range(n):
            for k in range(start[i], start[i + 1]):
                colour, place = colours[around[k]], k
                while place > start[i] and seen[place - 1] > colour:
                    seen[place] = seen[place - 1]
                    place -= 1
                seen[place] = colour
        _sort(order, spare, colours, start, seen)
        rank = 0
        for k in range(n):
            rank += k > 0 and _is_before(order[k - 1], order[k], colours, start, seen)
            new[order[k]] = rank
        if n == 0 or rank + 1 == n_colours:
            return colours, seen
        for k in range(n):
            colours[k] = new[k]
        n_colours = rank + 1


@compiled
def _is_before(i: int, j: int, colours: Any, start: Any, seen: Any) -> bool:
    """Compare two nodes by their colours, then by those around."""
    if colours[i] != colours[j]:
        return colours[i] < colours[j]  # type: ignore[no-any-return]
    n, m = start[i + 1] - start[i], start[j + 1] - start[j]
    for k in range(min(n, m)):
        one, other = seen[start[i] + k], seen[start[j] + k]
        if one != other:
            return one < other  # type: ignore[no-any-return]
    return n < m  # type: ignore[no-any-return]


@compiled
def _sort(order: Any, spare: Any, colours: Any, start: Any, seen: Any) -> None:
    """Sort the nodes of *order* by `_is_before`: a merge sort from below."""
    n, width = len(order), 1
    while width < n:
        for low in range(0, n, 2 * width):
            i, middle, high = low, min(low + width, n), min(low + 2 * width, n)
            j = middle
            for k in range(low, high):
                left = i < middle and (
                    j >= high or not _is_before(order[j], order[i], colours, start, seen)
                )
                spare[k] = order[i] if left else order[j]
                i += left
                j += not left
        for k in range(n):
            order[k] = spare[k]
        width *= 2


def digest(text: str) -> str:
    """128 bits of BLAKE2b as 32 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
