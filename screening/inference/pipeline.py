"""Pipeline: views are made in the task's thread while another thread computes."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import repeat
from queue import SimpleQueue
from threading import Lock
from typing import Any, Final

import torch
from numpy.typing import NDArray

from screening.errors import IntegrityError
from screening.inference.device_clock import DeviceClock
from screening.inference.tuned import TunedPredictor
from screening.inference.view_reader import Seen, ViewReader
from screening.network.predictor import Scores
from screening.store.predictions import PredictionValues

Failure = tuple[int, str, str]  # complex id, code, reason

_AHEAD: Final = 2  # batches of a task on the device or waiting for it
_LEAST: Final = 16  # complexes at a time, however few views go through the network at once
_BUFFERS: Final = 4  # two tasks in a worker: one batch computes while the next is drawn


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some complexes: each has a score or a failure."""

    scored: list[PredictionValues] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Take in what became of others."""
        self.scored.extend(other.scored)
        self.failures.extend(other.failures)


class Pipeline:
    """Scores complexes on one device; several tasks may use it, of which one at a time computes.

    One thread of its own computes, so that what torch keeps for each thread is kept once. Views
    are made straight in a few arrays that are used again and again; for a GPU they lie in pinned
    memory.
    """

    def __init__(
        self, tuned: TunedPredictor, reader: ViewReader, clock: DeviceClock, *, pin: bool
    ) -> None:
        self.clock = clock
        self._tuned = tuned
        self._reader = reader
        self._batch = max(_LEAST, tuned.mode.batch // reader.views.turns)
        self._device_thread = ThreadPoolExecutor(1, thread_name_prefix="smmdb-device")
        self._turn = Lock()
        self._buffers: SimpleQueue[NDArray[Any]] = SimpleQueue()
        dtype = torch.from_numpy(reader.views.empty(0)).dtype
        for _ in range(_BUFFERS):
            shape = reader.views.shape(self._batch)
            self._buffers.put(torch.empty(shape, dtype=dtype, pin_memory=pin).numpy())

    def score(self, given: Sequence[tuple[int, Seen]]) -> Outcome:
        """Score complexes by what is stored; what cannot be scored fails alone, with its reason."""
        outcome = Outcome()
        under_way: deque[Future[Outcome]] = deque()
        try:
            # One task at a time feeds the device. Tasks that shared it would end together, and it
            # would wait while both of them write their scores and read what is next.
            with self._turn:
                for start in range(0, len(given), self._batch):
                    buffer = self._buffers.get()
                    ids, failures = self._make(given[start : start + self._batch], buffer)
                    outcome.failures.extend(failures)
                    under_way.append(self._device_thread.submit(self._compute, ids, buffer))
                    if len(under_way) >= _AHEAD:
                        outcome.add(under_way.popleft().result())
            while under_way:
                outcome.add(under_way.popleft().result())
        finally:
            wait(under_way)  # until then their buffers are in use
        return outcome

    def close(self) -> None:
        """End the thread."""
        self._device_thread.shutdown(wait=False, cancel_futures=True)

    def _make(
        self, given: Sequence[tuple[int, Seen]], buffer: NDArray[Any]
    ) -> tuple[list[int], list[Failure]]:
        """Make views in the first places of *buffer*: whose they are, and who failed."""
        try:
            self._reader.fill([stored for _, stored in given], buffer[: len(given)])
        except IntegrityError:
            return self._make_singly(given, buffer)
        return [complex_id for complex_id, _ in given], []

    def _make_singly(
        self, given: Sequence[tuple[int, Seen]], buffer: NDArray[Any]
    ) -> tuple[list[int], list[Failure]]:
        ids: list[int] = []
        failures: list[Failure] = []
        for complex_id, stored in given:
            place = len(ids)
            try:
                self._reader.fill([stored], buffer[place : place + 1])
                ids.append(complex_id)
            except IntegrityError as error:
                failures.append((complex_id, self._reader.failure, str(error)))
        return ids, failures

    def _compute(self, ids: Sequence[int], buffer: NDArray[Any]) -> Outcome:
        try:
            with self.clock.computing():
                return self._score(ids, buffer[: len(ids)])
        finally:
            self._buffers.put(buffer)

    def _score(self, ids: Sequence[int], views: NDArray[Any]) -> Outcome:
        """Score them together; when that fails, each half by itself, down to the guilty one."""
        if not ids:
            return Outcome()
        try:
            return Outcome(_rows(ids, self._tuned.score(views)))
        except IntegrityError:
            if len(ids) > 1:
                middle = len(ids) // 2
                outcome = self._score(ids[:middle], views[:middle])
                outcome.add(self._score(ids[middle:], views[middle:]))
                return outcome
        try:
            return Outcome(_rows(ids, self._tuned.score_safely(views)))
        except IntegrityError as error:
            return Outcome(failures=[(ids[0], "not_scored", str(error))])


def _rows(ids: Sequence[int], result: Scores) -> list[PredictionValues]:
    columns = (repeat(None) if part is None else part.tolist() for part in result[1:])
    values = zip(ids, result.scores.tolist(), *columns, strict=False)
    return [PredictionValues(*row) for row in values]
