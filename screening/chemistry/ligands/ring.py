"""Rings of five and six atoms."""

from collections.abc import Iterator, Mapping, Sequence

Ring = tuple[int, ...]

_SIZES = (5, 6)


def find_rings(near: Mapping[int, Sequence[int]]) -> Iterator[Ring]:
    """Yield each ring of five or six atoms once, its atoms in order; *near*: neighbours by atom."""
    near = _cyclic(near)
    for start in near:
        paths: list[Ring] = [(start, j) for j in near[start] if j > start]
        for size in range(3, _SIZES[-1] + 1):
            paths = [
                (*path, j) for path in paths for j in near[path[-1]] if j > start and j not in path
            ]
            if size in _SIZES:
                yield from (p for p in paths if p[1] < p[-1] and start in near[p[-1]])


def _cyclic(near: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Leave out leaves, again and again: what stays is in rings or between them."""
    left = set(near)
    stack = [i for i in near if len(near[i]) < 2]
    while stack:
        i = stack.pop()
        if i in left:
            left.discard(i)
            stack += [j for j in near[i] if sum(k in left for k in near[j]) < 2]
    return {i: [j for j in near[i] if j in left] for i in near if i in left}
