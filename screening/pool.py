"""Pool: read sources in worker processes; a file that kills, hangs or bloats one costs itself."""

import gc
import importlib
import math
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Final

from pebble import ProcessExpired, ProcessPool

from screening.crystal.source import Source
from screening.file_reading import FileReading, unreadable
from screening.reader_server import start_reader_server
from screening.voxel.spec import VoxelSpec

KnownDigests = Mapping[int, Sequence[str]]
"""sha256 of files, by their size in bytes."""

BATCH_FILES: Final = 32
_BATCH_BYTES: Final = 2**20
"""Of members of archives and parts of files of molecules: some hundred molecules."""
_WAITING_BYTES: Final = 512 * 2**20
"""Of members of archives, whose bytes are here until a worker has read them."""
_TRIES: Final = 2  # what killed the first worker may have been the machine, not the file
_NEW_OBJECTS: Final = 50_000
"""After which a worker looks for cycles. It makes few, and Python's 700 come many times a file."""
_STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one file may take.

    seconds: of the processor, for each file: a busy machine rejects nothing. clock_seconds: for
    what waits and does not compute, by the clock, for a batch and then for each of its files
    alone; importing in a fresh worker is in it. memory: bytes beyond what a worker holds before
    it reads, where the system tells how much that is (Linux).
    """

    seconds: float = 60.0
    clock_seconds: float = 600.0
    memory: int = 4 * 2**30


LIMITS: Final = Limits()

# Of a worker process: set once by `_start_worker`, so that tasks carry only their sources.
_worker: dict[str, object] = {}


def read_sources(
    sources: Iterable[Source],
    spec: VoxelSpec,
    known: KnownDigests,
    workers: int,
    limits: Limits = LIMITS,
) -> Iterator[list[FileReading]]:
    """Read *sources* in batches on *workers* processes; batches come in the order given.

    known: of files that are identified only, and not read again.
    """
    readers = _Readers(spec, known, workers, limits)
    waiting: deque[tuple[list[Source], Future[list[FileReading]]]] = deque()
    held = 0
    try:
        for batch in _batches(sources):
            waiting.append((batch, readers.submit(batch)))
            held += _n_bytes(batch)
            # Enough ahead that no worker waits, few enough that memory stays flat.
            while len(waiting) > 3 * workers or held > _WAITING_BYTES:
                held -= _n_bytes(waiting[0][0])
                yield readers.collect(*waiting.popleft())
        while waiting:
            yield readers.collect(*waiting.popleft())
        readers.close()
    finally:
        readers.stop()


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    for source in sources:
        batch.append(source)
        if len(batch) == BATCH_FILES or _n_bytes(batch) > _BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _n_bytes(batch: list[Source]) -> int:
    return sum(len(source.data) for source in batch if source.data is not None)


class _Readers:
    """A pool of reading processes that is made anew when it breaks as a whole."""

    def __init__(self, spec: VoxelSpec, known: KnownDigests, workers: int, limits: Limits) -> None:
        self._arguments = (spec, limits)
        self._known = known
        self._workers = workers
        self._limits = limits
        self._pool = self._open()

    def _open(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            initializer=_start_worker,
            initargs=self._arguments,
            context=start_reader_server(),
        )

    def submit(self, batch: list[Source]) -> Future[list[FileReading]]:
        """Let a process read *batch*; a pool that broke is opened anew first."""
        if not self._pool.active:
            self.stop()
            self._pool = self._open()
        # Only what a file of the batch can be: a database holds more than a worker should.
        sizes = {source.size() for source in batch}
        known = frozenset(digest for size in sizes for digest in self._known.get(size, ()))
        return self._pool.schedule(
            _read_batch, args=[batch, known], timeout=self._limits.clock_seconds
        )

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
                if error.exitcode == -signal.SIGXCPU:
                    return _too_slow(source, self._limits.seconds, "of the processor's time")
                reason = f"the reader process died on this file (exit code {error.exitcode})"
                failure = unreadable(source, "reader_crashed", reason)
            except BrokenProcessPool:
                reason = "the reader process died before it could read this file"
                failure = unreadable(source, "reader_crashed", reason)
            except FutureTimeoutError:
                return _too_slow(source, self._limits.clock_seconds, "by the clock")
        return failure

    def close(self) -> None:
        """Let the workers end by themselves."""
        self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """End the workers now."""
        self._pool.stop()
        self._pool.join()


def _too_slow(source: Source, seconds: float, of_what: str) -> FileReading:
    reason = f"reading took longer than {seconds:g} s {of_what}"
    return unreadable(source, "reader_timeout", reason)


def _start_worker(spec: VoxelSpec, limits: Limits) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    # Only here: the process that stores needs none of what reads. The server has loaded it mostly.
    importlib.import_module("screening.reading")
    gc.freeze()  # modules stay: no need to look through them again and again
    gc.set_threshold(_NEW_OBJECTS)
    _worker["spec"], _worker["limits"] = spec, limits
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    held = _data_bytes()
    if held is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        soft = held + limits.memory
        resource.setrlimit(
            resource.RLIMIT_DATA,
            (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard),
        )


def _end_with_parent() -> None:
    """A command that is killed cannot stop its readers: they see its end themselves."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _allow_seconds(seconds: float) -> None:
    """Let this process be ended when it has computed for so long from now."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _data_bytes() -> int | None:
    """Size of this process's data segment, which RLIMIT_DATA bounds; None where nobody tells."""
    if not _STATUS.exists():
        return None
    for line in _STATUS.read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return None


def _read_batch(batch: list[Source], known: frozenset[str]) -> list[FileReading]:
    return [_read_one(source, known) for source in batch]


def _read_one(source: Source, known: frozenset[str]) -> FileReading:
    """Read one source; running out of memory, or a fault of this program, costs it alone."""
    from screening.reading import read_source  # noqa: PLC0415 - see `_start_worker`

    spec, limits = _worker["spec"], _worker["limits"]
    assert isinstance(spec, VoxelSpec)
    assert isinstance(limits, Limits)
    _allow_seconds(limits.seconds)
    try:
        return read_source(source, spec, known)
    except MemoryError:
        reason = f"reading took more than {limits.memory / 2**20:,.0f} MiB of memory"
        return unreadable(source, "reader_memory", reason)
    except Exception as error:  # noqa: BLE001 - files come from anywhere; the reason shows it
        return unreadable(source, "internal_error", f"{type(error).__name__}: {error}")
