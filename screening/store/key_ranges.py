"""KeyRanges: many ids of complexes, as the unbroken runs that they form."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np

from screening.errors import InputError


class KeyRanges(Sequence[int]):
    """Ascending ids, kept as ranges: a million in a row take no more memory than one.

    A slice of it is KeyRanges again, so a task is a slice of the whole plan. Unlike a first and a
    last id, it holds no id that came between them later.
    """

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Of (first id, last id) pairs, both inclusive, ascending and apart.

        Raises:
            InputError: when they are not.
        """
        self._ranges = np.array(list(ranges), dtype=np.int64).reshape(-1, 2)
        borders = self._ranges.ravel()
        if (np.diff(borders)[1::2] < 1).any() or (np.diff(self._ranges) < 0).any():
            raise InputError("ranges of ids must ascend and lie apart")
        lengths = self._ranges[:, 1] - self._ranges[:, 0] + 1
        self._ends = np.cumsum(lengths)
        """Of each range, how many ids stand in it and before it."""

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """(first id, last id), both inclusive."""
        return [(first, last) for first, last in self._ranges.tolist()]

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "KeyRanges": ...
    def __getitem__(self, index: int | slice) -> "int | KeyRanges":
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                raise InputError("ids are sliced without gaps")
            return self._between(start, stop)
        place = range(len(self))[index]
        row = int(np.searchsorted(self._ends, place, side="right"))
        return int(self._ranges[row, 1] - (self._ends[row] - 1 - place))

    def _between(self, start: int, stop: int) -> "KeyRanges":
        if start >= stop:
            return KeyRanges(())
        first, last = np.searchsorted(self._ends, (start, stop - 1), side="right")
        cut = self._ranges[first : last + 1].copy()
        cut[0, 0], cut[-1, 1] = self[start], self[stop - 1]
        return KeyRanges(map(tuple, cut.tolist()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyRanges) and np.array_equal(self._ranges, other._ranges)

    def __hash__(self) -> int:
        return hash(self._ranges.tobytes())

    def __repr__(self) -> str:
        return f"KeyRanges({self.ranges!r})"
