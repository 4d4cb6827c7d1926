"""Reingest: what the database holds, read again from its stored bytes by today's chemistry."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from screening.crystal.complex import Rejected
from screening.crystal.source import Source
from screening.file_reading import FileReading
from screening.pool import BATCH_FILES, read_sources
from screening.progress import SILENT, Progress
from screening.store.block_change import BlockChange
from screening.store.contents import count_contents, stored_sources
from screening.store.findings import MatchReport
from screening.store.labels import match_and_resolve
from screening.store.renewal import renew_files
from screening.store.renewed import Renewed
from screening.store.rules import ensure_rules
from screening.store.structures import ensure_spec
from screening.voxel.spec import DEFAULT_SPEC, VoxelSpec

Report = Callable[[Sequence[BlockChange]], None]
"""Takes the changed blocks of each batch."""


@dataclass(frozen=True, slots=True)
class ReingestSummary:
    """What a reingest did.

    without_bytes: files that could never be read. not_read: (file, reason) of those that could not
    be read this time, and are left as they are. matched: None in a dry run.
    """

    renewed: Renewed
    without_bytes: int
    not_read: tuple[tuple[str, str], ...]
    matched: MatchReport | None


@dataclass(slots=True)
class _Batch:
    """Readings that wait for their transaction."""

    readings: dict[int, FileReading] = field(default_factory=dict)
    not_read: list[tuple[str, str]] = field(default_factory=list)


def reingest(
    engine: Engine,
    *,
    workers: int | None = None,
    dry_run: bool = False,
    spec: VoxelSpec = DEFAULT_SPEC,
    report: Report | None = None,
    progress: Progress = SILENT,
) -> ReingestSummary:
    """Read every stored file again; where a block reads otherwise, new rows supersede the old.

    Then findings are matched and labels resolved anew. Each batch is one transaction, which a dry
    run takes back: stopped anywhere, the same call finishes, and once more changes nothing.
    """
    with engine.begin() as connection:
        spec_id = ensure_spec(connection, spec)
        ensure_rules(connection)
        held, without_bytes, last = count_contents(connection)
    renewed = Renewed()
    not_read: list[tuple[str, str]] = []
    undone: set[int] | None = set() if dry_run else None
    workers = workers or os.cpu_count() or 1
    if held <= BATCH_FILES:
        workers = 1  # one batch
    with progress.task("Reading stored files", held) as task:
        for batch in _batches(engine, last, spec, workers):
            with engine.connect() as connection, connection.begin() as transaction:
                counts, changes = renew_files(connection, batch.readings, spec_id, undone)
                if dry_run:
                    transaction.rollback()
            if report is not None:
                report(changes)
            renewed.add(counts)
            not_read += batch.not_read
            task.advance(len(batch.readings) + len(batch.not_read))
            task.detail(f"{renewed.changed_blocks:,} blocks changed")
    matched = None
    if not dry_run:
        with engine.begin() as connection:
            matched, _ = match_and_resolve(connection)
    return ReingestSummary(renewed, without_bytes, tuple(not_read), matched)


def _batches(engine: Engine, last: int, spec: VoxelSpec, workers: int) -> Iterator[_Batch]:
    """Readings by file id, in the order of the ids."""
    given: deque[tuple[int, str]] = deque()

    def sources() -> Iterator[Source]:
        for file_id, sha256, source in stored_sources(engine, last):
            given.append((file_id, sha256))
            yield source

    for readings in read_sources(sources(), spec, {}, workers):
        batch = _Batch()
        for reading in readings:
            file_id, sha256 = given.popleft()
            if reading.sha256 == sha256:
                batch.readings[file_id] = reading
            else:
                # The reader died, or the bytes are damaged: no reason to doubt what was read.
                batch.not_read.append((reading.name, _reason(reading)))
        yield batch


def _reason(reading: FileReading) -> str:
    (block, *_) = reading.blocks or ()
    if reading.n_bytes or not isinstance(block.verdict.outcome, Rejected):
        return "the stored bytes are not those of its sha256"
    return block.verdict.outcome.reason
