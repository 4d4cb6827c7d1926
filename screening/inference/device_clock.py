"""DeviceClock: how long a worker's device computed, and how long it waited for grids."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple


class DeviceTimes(NamedTuple):
    """Seconds by the clock: in all, and of these the ones in which the device computed."""

    elapsed: float
    busy: float


class DeviceClock:
    """Runs from the first task of a worker; one thread computes, others read the times."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = Lock()
        self._read_at: float | None = None
        self._busy_since: float | None = None
        self._busy = 0.0

    def start(self) -> None:
        """Begin to count, unless it has begun."""
        with self._lock:
            if self._read_at is None:
                self._read_at = self._clock()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """While a batch is on the device."""
        with self._lock:
            self._busy_since = self._clock()
        try:
            yield
        finally:
            with self._lock:
                self._busy += self._clock() - self._busy_since
                self._busy_since = None

    def take(self) -> DeviceTimes:
        """The times since they were taken last."""
        with self._lock:
            now = self._clock()
            if self._read_at is None:
                return DeviceTimes(0.0, 0.0)
            if self._busy_since is not None:
                self._busy += now - self._busy_since
                self._busy_since = now
            times = DeviceTimes(now - self._read_at, self._busy)
            self._read_at, self._busy = now, 0.0
            return times
