"""Pool: read sources in worker processes; a crash or a hang costs the one file that caused it."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Final

from pebble import ProcessExpired, ProcessPool

from screening.crystal.source import Source
from screening.reading import FileReading, read_source, unreadable
from screening.voxel.spec import VoxelSpec

BATCH_FILES: Final = 32
TIMEOUT_S: Final = 120.0
"""For a batch, and then for each of its files alone; importing in a fresh worker is in it."""
_TRIES: Final = 2  # what killed the first worker may have been the machine, not the file

# Of a worker process: set once by `_start_worker`, so that tasks carry only their sources.
_worker: dict[str, object] = {}


def read_sources(
    sources: Iterable[Source], spec: VoxelSpec, known: frozenset[str], workers: int
) -> Iterator[list[FileReading]]:
    """Read *sources* in batches on *workers* processes; batches come in the order given."""
    readers = _Readers(spec, known, workers)
    waiting: deque[tuple[list[Source], Future[list[FileReading]]]] = deque()
    try:
        for batch in _batches(sources):
            waiting.append((batch, readers.submit(batch)))
            # Enough ahead that no worker waits, few enough that memory stays flat.
            if len(waiting) > 3 * workers:
                yield readers.collect(*waiting.popleft())
        while waiting:
            yield readers.collect(*waiting.popleft())
        readers.close()
    finally:
        readers.stop()


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    stream = iter(sources)
    while batch := list(islice(stream, BATCH_FILES)):
        yield batch


class _Readers:
    """A pool of reading processes that is made anew when it breaks as a whole."""

    def __init__(self, spec: VoxelSpec, known: frozenset[str], workers: int) -> None:
        self._arguments = (spec, known)
        self._workers = workers
        self._pool = self._open()

    def _open(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            initializer=_start_worker,
            initargs=self._arguments,
            # A fresh interpreter: nothing of this process's connections or threads is shared.
            context=get_context("spawn"),
        )

    def submit(self, batch: list[Source]) -> Future[list[FileReading]]:
        if not self._pool.active:
            self.stop()
            self._pool = self._open()
        return self._pool.schedule(_read_batch, args=[batch], timeout=TIMEOUT_S)

    def collect(self, batch: list[Source], future: Future[list[FileReading]]) -> list[FileReading]:
        """The readings of *batch*; when its worker died or hung, each file by itself."""
        try:
            return future.result()
        except (BrokenProcessPool, FutureTimeoutError, ProcessExpired):
            return [self._read_alone(source) for source in batch]

    def _read_alone(self, source: Source) -> FileReading:
        for _ in range(_TRIES):
            try:
                return self.submit([source]).result()[0]
            except ProcessExpired as error:
                reason = f"the reader process died on this file (exit code {error.exitcode})"
                failure = unreadable(source, "reader_crashed", reason)
            except BrokenProcessPool:
                reason = "the reader process died before it could read this file"
                failure = unreadable(source, "reader_crashed", reason)
            except FutureTimeoutError:
                reason = f"reading took longer than {TIMEOUT_S:.0f} s"
                return unreadable(source, "reader_timeout", reason)
        return failure

    def close(self) -> None:
        """Let the workers end by themselves."""
        self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """End the workers now."""
        self._pool.stop()
        self._pool.join()


def _start_worker(spec: VoxelSpec, known: frozenset[str]) -> None:
    _worker["spec"], _worker["known"] = spec, known


def _read_batch(batch: list[Source]) -> list[FileReading]:
    spec, known = _worker["spec"], _worker["known"]
    assert isinstance(spec, VoxelSpec)
    assert isinstance(known, frozenset)
    return [read_source(source, spec, known) for source in batch]
