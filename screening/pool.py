"""Pool: read sources in worker processes; a crash or a hang costs the one file that caused it."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from itertools import islice
from multiprocessing import get_context
from typing import Final

from pebble import ProcessExpired, ProcessPool

from screening.crystal.sources import Source
from screening.reading import FileReading, read_source, unreadable
from screening.voxel.spec import VoxelSpec

BATCH_FILES: Final = 32
FILE_TIMEOUT_S: Final = 60.0
_START_S: Final = 60.0  # importing and compiling in a fresh worker, on a busy machine

# Of a worker process: set once by `_start_worker`, so that tasks carry only their sources.
_worker: dict[str, object] = {}


def read_sources(
    sources: Iterable[Source], spec: VoxelSpec, known: frozenset[str], workers: int
) -> Iterator[list[FileReading]]:
    """Read *sources* in batches on *workers* processes; batches come in the order given."""
    waiting: deque[tuple[list[Source], Future[list[FileReading]]]] = deque()
    pool = ProcessPool(
        max_workers=workers,
        initializer=_start_worker,
        initargs=(spec, known),
        # A fresh interpreter: nothing of this process's connections or threads is shared.
        context=get_context("spawn"),
    )
    try:
        for batch in _batches(sources):
            waiting.append((batch, _submit(pool, batch)))
            # Enough ahead that no worker waits, few enough that memory stays flat.
            if len(waiting) > 3 * workers:
                yield list(_collect(pool, *waiting.popleft()))
        while waiting:
            yield list(_collect(pool, *waiting.popleft()))
        pool.close()
    finally:
        pool.stop()
        pool.join()


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    stream = iter(sources)
    while batch := list(islice(stream, BATCH_FILES)):
        yield batch


def _start_worker(spec: VoxelSpec, known: frozenset[str]) -> None:
    _worker["spec"], _worker["known"] = spec, known


def _read_batch(batch: list[Source]) -> list[FileReading]:
    spec, known = _worker["spec"], _worker["known"]
    assert isinstance(spec, VoxelSpec)
    assert isinstance(known, frozenset)
    return [read_source(source, spec, known) for source in batch]


def _submit(pool: ProcessPool, batch: list[Source]) -> Future[list[FileReading]]:
    # A batch that is late is read again file by file, so its own limit need not grow with it.
    return pool.schedule(_read_batch, args=[batch], timeout=_START_S + FILE_TIMEOUT_S)


def _collect(
    pool: ProcessPool, batch: list[Source], future: Future[list[FileReading]]
) -> Iterator[FileReading]:
    try:
        yield from future.result()
    except (ProcessExpired, FutureTimeoutError) as error:
        if len(batch) > 1:
            for source in batch:
                yield from _collect(pool, [source], _submit(pool, [source]))
        elif isinstance(error, ProcessExpired):
            reason = f"the reader process died on this file (exit code {error.exitcode})"
            yield unreadable(batch[0], "reader_crashed", reason)
        else:
            reason = f"reading took longer than {FILE_TIMEOUT_S:.0f} s"
            yield unreadable(batch[0], "reader_timeout", reason)
