"""Ingest: files to complexes in the database, on all cores, many files in one transaction."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from screening.crystal.source import holds_many
from screening.crystal.sources import count_sources, find_files, open_sources
from screening.file_reading import FileReading
from screening.pool import BATCH_FILES, read_sources
from screening.progress import SILENT, Progress
from screening.store.block_report import read_blocks
from screening.store.complexes import Added
from screening.store.findings import MatchReport
from screening.store.labels import match_and_resolve
from screening.store.property_list import NewMatches, count_new_matches, newest_complex
from screening.store.rejections import rejected_blocks
from screening.store.rules import ensure_rules
from screening.store.structures import add_files, ensure_spec, known_digests
from screening.voxel.spec import DEFAULT_SPEC, VoxelSpec

MAX_REJECTIONS = 10
"""Rejected blocks that a summary names."""

_STORED_BLOCKS = 256
"""In one transaction; its statements cost some ten milliseconds, however few rows they have."""
_STORED_SECONDS = 1.0
"""That what was read waits at most, so that no more is lost when the command is killed."""

Report = Callable[[Sequence[Mapping[str, Any]]], None]
"""Takes the rows of each batch."""

REPORT_KEYS = (
    "file",
    "status",
    "block",
    "line",
    "verdict",
    "code",
    "reason",
    "notes",
    "formulas",
    "metals",
    "sites",
    "ligand_classes",
    "complex_ids",
)
"""status: new, or known: the database held the same bytes before."""


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did; blocks = accepted + the sum of rejected.

    files: of structures, and archives, found; passed_over: other files by their ending. values: of
    properties, that belong to new complexes. rejections: the first rejected blocks as rows (file,
    block, code, reason). known_rejected: codes of the files that were known already.
    """

    files: int
    added: Added
    passed_over: Counter[str]
    matched: MatchReport
    values: NewMatches
    rejections: tuple[Mapping[str, Any], ...] = ()
    known_rejected: Counter[str] = field(default_factory=Counter)

    @property
    def blocks(self) -> int:
        """Data blocks that got their verdict in this ingest."""
        return self.added.accepted + self.added.rejected.total()


def ingest(
    engine: Engine,
    inputs: Sequence[Path],
    *,
    workers: int | None = None,
    spec: VoxelSpec = DEFAULT_SPEC,
    report: Report | None = None,
    progress: Progress = SILENT,
) -> IngestSummary:
    """Read every file under *inputs* that the database does not hold; store each block's verdict.

    Then findings that waited for a crystal are matched and the labels resolved. Each batch is one
    transaction: stopped anywhere, the same call goes on from there. *report* gets a row for each
    block of each file under *inputs*, with the keys `REPORT_KEYS`.
    """
    files, passed_over = find_files(inputs)
    with engine.begin() as connection:
        spec_id = ensure_spec(connection, spec)
        ensure_rules(connection)
        known = known_digests(connection)
        newest = newest_complex(connection)
    added = Added()
    rejections: list[Mapping[str, Any]] = []
    known_rejected: Counter[str] = Counter()
    workers = workers or os.cpu_count() or 1
    if len(files) <= BATCH_FILES and not any(map(holds_many, files)):
        workers = 1  # one batch
    with progress.task("Reading structures", count_sources(files)) as task:
        for batch in _stored_together(read_sources(open_sources(files), spec, known, workers)):
            with engine.begin() as connection:
                added.add(add_files(connection, batch, spec_id))
                rejected = rejected_blocks(connection, [reading.sha256 for reading in batch])
                rows = _block_rows(connection, batch) if report is not None else []
            names = {reading.sha256: reading.name for reading in reversed(batch)}
            rejections += [r | {"file": names[r["sha256"]]} for r in rejected if r["is_new"]]
            del rejections[MAX_REJECTIONS:]
            known_rejected.update(r["code"] for r in rejected if not r["is_new"])
            if report is not None:
                report(rows)
            task.advance(len(batch))
            task.detail(f"{added.accepted:,} accepted, {added.rejected.total():,} rejected")
    with engine.begin() as connection:
        matched, _ = match_and_resolve(connection)
        values = count_new_matches(connection, newest)
    return IngestSummary(
        len(files), added, passed_over, matched, values, tuple(rejections), known_rejected
    )


def _stored_together(batches: Iterable[list[FileReading]]) -> Iterator[list[FileReading]]:
    """Join what was read to what one transaction stores: some 256 blocks, or those of a second."""
    held: list[FileReading] = []
    n_blocks, since = 0, 0.0
    for batch in batches:
        since = since if held else time.monotonic()
        held += batch
        n_blocks += sum(len(reading.blocks or ()) for reading in batch)
        if max(n_blocks, len(held)) >= _STORED_BLOCKS or time.monotonic() > since + _STORED_SECONDS:
            yield held
            held, n_blocks = [], 0
    if held:
        yield held


def _block_rows(connection: Connection, batch: Sequence[FileReading]) -> list[dict[str, Any]]:
    blocks = read_blocks(connection, [reading.sha256 for reading in batch])
    rows = []
    told: set[str] = set()
    for reading in batch:
        for row in blocks[reading.sha256]:
            is_new = row["is_new"] and reading.sha256 not in told
            rows.append(row | {"file": reading.name, "status": "new" if is_new else "known"})
        told.add(reading.sha256)
    return rows
