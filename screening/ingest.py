"""Ingest: CIF files to complexes in the database, on all cores, each batch in one transaction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from screening.crystal.source import holds_many
from screening.crystal.sources import count_sources, find_files, open_sources
from screening.evidence.policy import builtin_policies
from screening.pool import BATCH_FILES, read_sources
from screening.progress import SILENT, Progress
from screening.store.complexes import Added
from screening.store.findings import MatchReport, match_findings
from screening.store.labels import resolve_labels
from screening.store.rules import ensure_rules
from screening.store.structures import add_files, ensure_spec, known_digests
from screening.voxel.spec import DEFAULT_SPEC, VoxelSpec


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did; blocks = accepted + the sum of rejected.

    files: CIF files and archives found; passed_over: files with other endings.
    """

    files: int
    added: Added
    passed_over: int
    matched: MatchReport

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
    progress: Progress = SILENT,
) -> IngestSummary:
    """Read every CIF under *inputs* that the database does not hold; store each block's verdict.

    Then findings that waited for a crystal are matched and the labels resolved. Each batch is one
    transaction: stopped anywhere, the same call goes on from there.
    """
    files, passed_over = find_files(inputs)
    with engine.begin() as connection:
        spec_id = ensure_spec(connection, spec)
        ensure_rules(connection)
        known = known_digests(connection)
    added = Added()
    workers = workers or os.cpu_count() or 1
    if len(files) <= BATCH_FILES and not any(map(holds_many, files)):
        workers = 1  # one batch
    with progress.task("Reading structures", count_sources(files)) as task:
        for batch in read_sources(open_sources(files), spec, known, workers):
            with engine.begin() as connection:
                added.add(add_files(connection, batch, spec_id))
            task.advance(len(batch))
            task.detail(f"{added.accepted:,} accepted, {added.rejected.total():,} rejected")
    with engine.begin() as connection:
        matched = match_findings(connection)
        for policy in builtin_policies():
            resolve_labels(connection, policy)
    return IngestSummary(len(files), added, passed_over, matched)
