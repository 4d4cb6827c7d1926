"""Ingest without reading processes, for tests of what comes after the reading."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from screening.crystal.source import Source
from screening.file_reading import FileReading
from screening.ingest import IngestSummary, ingest
from screening.pool import _batches
from screening.reading import read_source
from screening.voxel.spec import VoxelSpec


def read_here(
    sources: Iterable[Source], spec: VoxelSpec, known: frozenset[str], _workers: int
) -> Iterator[list[FileReading]]:
    """As `screening.pool.read_sources`, in this process."""
    for batch in _batches(sources):
        yield [read_source(source, spec, known) for source in batch]


def ingest_here(engine: Engine, *paths: Path) -> IngestSummary:
    """Ingest files and folders, read in this process."""
    with patch("screening.ingest.read_sources", read_here):
        return ingest(engine, paths)
