"""Rivals: of fragments that exclude each other, those that stay."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

Rivals = Mapping[int, AbstractSet[int]]
"""What each fragment excludes; both sides name each other."""

_MAX_COMPARED: Final = 20
"""Fragments in one heap; the choices among more of them are too many to be compared."""


def choose_equals(equals: Sequence[int], rivals: Rivals, size: Mapping[int, int]) -> set[int]:
    """Those of fragments of equal right that stay: none of them excludes another.

    Of all choices one that leaves the most atoms (*size* of each fragment) is taken, so that of
    fragments that alternate around something every second one stays, and nothing is torn; of such
    choices the one with the earliest of *equals*. A heap of more than 20 is decided one by one.
    """
    chosen: set[int] = set()
    for heap in _heaps(equals, rivals):
        if len(heap) > _MAX_COMPARED:
            chosen |= _one_by_one(heap, rivals)
        else:
            chosen |= _largest(heap, rivals, size)
    return chosen


def _heaps(equals: Sequence[int], rivals: Rivals) -> Iterator[list[int]]:
    """Those that exclude each other, directly or through others, in the order of *equals*."""
    left = dict.fromkeys(equals)
    while left:
        heap, waiting = set(), [next(iter(left))]
        while waiting:
            one = waiting.pop()
            if one in left:
                del left[one]
                heap.add(one)
                waiting.extend(rivals[one])
        yield [one for one in equals if one in heap]


def _one_by_one(heap: Sequence[int], rivals: Rivals) -> set[int]:
    chosen: set[int] = set()
    for one in heap:
        if chosen.isdisjoint(rivals[one]):
            chosen.add(one)
    return chosen


def _largest(heap: Sequence[int], rivals: Rivals, size: Mapping[int, int]) -> set[int]:
    """An independent set of greatest size, the first in the order of *heap*."""
    best: list[int] = []
    most = 0
    waiting: list[tuple[list[int], Sequence[int]]] = [([], heap)]
    while waiting:
        taken, left = waiting.pop()
        n = sum(size[one] for one in taken)
        if n > most:
            best, most = taken, n
        if not left or n + sum(size[one] for one in left) <= most:
            continue
        first, *others = left
        waiting.append((taken, others))  # looked at last: what comes first is rather taken
        waiting.append(([*taken, first], [one for one in others if one not in rivals[first]]))
    return set(best)
