"""Backlog: what a run has still to score, and the search for a complex that no worker survives."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

PIECES: Final = 8  # a cut costs a worker's life at each level: eight pieces need few levels
LIVES: Final = 2  # a worker dies for many reasons: once is chance, and so is once alone
FALLS_IN_A_ROW: Final = 40


@dataclass(frozen=True, slots=True)
class Batch:
    """Complexes that are scored by one task.

    falls: how often it ended with a dead worker or an error instead of an answer.
    is_alone: it is a single complex under suspicion, to be scored while nothing else is.
    """

    complex_ids: Sequence[int]
    falls: int = 0
    is_alone: bool = False


class Backlog:
    """Hands out batches; those that fell come back smaller, until one complex is left.

    A worker that dies takes the tasks beside the guilty one with it. Therefore a single complex
    is judged only by itself: alone on the whole cluster, it has to fall twice.
    """

    def __init__(self, complex_ids: Sequence[int]) -> None:
        self._fresh = complex_ids
        self._position = 0
        self._again: deque[Batch] = deque()
        self._suspects: deque[Batch] = deque()
        self._falls_in_a_row = 0

    def __bool__(self) -> bool:
        return bool(self._again or self._suspects or self.n_fresh)

    @property
    def n_fresh(self) -> int:
        """Complexes that no batch was cut from yet."""
        return len(self._fresh) - self._position

    @property
    def is_hopeless(self) -> bool:
        """Nothing but falls for so long that the cause is not in the complexes."""
        return self._falls_in_a_row >= FALLS_IN_A_ROW

    def take(self, rows: int, *, is_idle: bool) -> Batch | None:
        """The next batch, of *rows* complexes if it is a fresh one; None: wait for what is out.

        is_idle: nothing is out, so that a suspect would be alone.
        """
        if self._again:
            return self._again.popleft()
        if self.n_fresh:
            start, self._position = self._position, min(self._position + rows, len(self._fresh))
            return Batch(self._fresh[start : self._position])
        if self._suspects and is_idle:
            return self._suspects.popleft()
        return None

    def put_back(self, batch: Batch) -> None:
        """It was no fault of the batch that it was not scored."""
        (self._suspects if batch.is_alone else self._again).appendleft(batch)

    def succeeded(self) -> None:
        """A batch was scored: workers live."""
        self._falls_in_a_row = 0

    def fell(self, batch: Batch) -> bool:
        """Take back a batch that brought its worker down; True when its one complex is guilty.

        A guilty complex is not handed out again.
        """
        self._falls_in_a_row += 1
        falls = batch.falls + 1
        if batch.is_alone:
            if falls >= LIVES:
                return True
            self._suspects.appendleft(replace(batch, falls=falls))
        elif falls < LIVES:
            self._again.append(replace(batch, falls=falls))
        elif len(batch.complex_ids) == 1:
            self._suspects.append(Batch(batch.complex_ids, is_alone=True))
        else:
            rows = -(-len(batch.complex_ids) // PIECES)
            starts = range(0, len(batch.complex_ids), rows)
            # A piece has one life: what fell twice together is suspect already.
            self._again.extend(
                Batch(batch.complex_ids[start : start + rows], falls=LIVES - 1) for start in starts
            )
        return False
