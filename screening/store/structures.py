"""Store what was read: files, and the verdict of each of their blocks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from screening.crystal.complex import Accepted, Rejected
from screening.crystal.source import stem
from screening.schema import SourceFileRow, VoxelSpecRow
from screening.store.complexes import Added, add_complexes, existing_ids, new_id_block
from screening.store.copy import copy_rows
from screening.store.duplicates import link_near_duplicates
from screening.store.source_names import STEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.file_reading import BlockReading, FileReading
    from screening.voxel.spec import VoxelSpec

# Writers of structures take turns, so that "is it there? then add it" cannot race.
_WRITER_LOCK = text("select pg_advisory_xact_lock(hashtext('smmdb.structures'))")


def lock_structures(connection: Connection) -> None:
    """Let one transaction at a time add or supersede what was read."""
    connection.execute(_WRITER_LOCK)


def known_digests(connection: Connection) -> dict[int, list[str]]:
    """sha256 of every file that the database holds, by its size in bytes."""
    known: dict[int, list[str]] = {}
    for size, digest in connection.execute(select(SourceFileRow.n_bytes, SourceFileRow.sha256)):
        known.setdefault(size, []).append(digest)
    return known


def ensure_spec(connection: Connection, spec: VoxelSpec) -> int:
    """Id of the voxel spec, added when it is new."""
    connection.execute(
        insert(VoxelSpecRow)
        .values(name=spec.name, digest=spec.digest, **asdict(spec))
        .on_conflict_do_nothing()
    )
    return connection.execute(
        select(VoxelSpecRow.id).where(VoxelSpecRow.digest == spec.digest)
    ).scalar_one()


def add_files(connection: Connection, readings: Sequence[FileReading], spec_id: int) -> Added:
    """Add files that are not there yet, in the caller's transaction; nothing is added twice."""
    lock_structures(connection)
    added = Added()
    new_files = _without_known(connection, readings)
    added.known_files = len(readings) - len(new_files)
    added.files = len(new_files)
    blocks = [(file, block) for file in new_files for block in file.blocks or ()]
    file_ids = _add_source_files(connection, new_files)
    complex_ids = add_complexes(connection, [block for _, block in blocks], spec_id, added)
    placed = [(file_ids[file.sha256], block) for file, block in blocks]
    add_structures(connection, placed, complex_ids)
    link_near_duplicates(connection, complex_ids.values())
    for _, block in blocks:
        if isinstance(block.verdict.outcome, Rejected):
            added.rejected[block.verdict.outcome.code] += 1
        else:
            added.accepted += 1
    return added


def _without_known(connection: Connection, readings: Sequence[FileReading]) -> list[FileReading]:
    by_digest = {r.sha256: r for r in readings if r.blocks is not None}
    known = existing_ids(connection, SourceFileRow.sha256, SourceFileRow.id, by_digest)
    return [reading for digest, reading in by_digest.items() if digest not in known]


def _add_source_files(connection: Connection, files: Sequence[FileReading]) -> dict[str, int]:
    ids = new_id_block(connection, "source_file", len(files))
    copy_rows(
        connection,
        "source_file",
        ("id", "sha256", "name", "n_bytes", "content"),
        ("int8", "text", "text", "int8", "bytea"),
        (
            (i, file.sha256, file.name, file.n_bytes, file.content)
            for i, file in zip(ids, files, strict=True)
        ),
    )
    return {file.sha256: i for i, file in zip(ids, files, strict=True)}


STRUCTURE_COLUMNS = {
    "position": "int8",
    "block_name": "text",
    "line": "int8",
    "verdict": "text",
    "code": "text",
    "reason": "text",
    "notes": "text",
    "is_synthetic": "bool",
}
"""What is stored of a block beside its file and its complexes."""


def add_structures(
    connection: Connection,
    blocks: Sequence[tuple[int, BlockReading]],
    complex_ids: Mapping[str, int],
) -> None:
    """Add the verdict of each (file id, block), and which complexes it holds."""
    ids = new_id_block(connection, "structure", len(blocks))
    copy_rows(
        connection,
        "structure",
        ("id", "source_file_id", *STRUCTURE_COLUMNS),
        ("int8", "int8", *STRUCTURE_COLUMNS.values()),
        (
            (i, file_id, *structure_row(block))
            for i, (file_id, block) in zip(ids, blocks, strict=True)
        ),
    )
    links = {
        (i, complex_ids[item.description.content_key])
        for i, (_, block) in zip(ids, blocks, strict=True)
        for item in block.complexes
    }
    copy_rows(
        connection, "structure_complex", ("structure_id", "complex_id"), ("int8", "int8"), links
    )


def structure_row(block: BlockReading) -> tuple[object, ...]:
    """The values of `STRUCTURE_COLUMNS`."""
    verdict, outcome = block.verdict, block.verdict.outcome
    notes = verdict.text_notes
    if isinstance(outcome, Accepted):
        decision: tuple[object, ...] = ("accepted", None, None)
        notes += outcome.notes
    else:
        decision = ("rejected", outcome.code, outcome.reason)
    determination = outcome.determination
    is_synthetic = determination is not None and determination.is_synthetic
    return (
        verdict.position,
        verdict.name,
        verdict.line,
        *decision,
        "; ".join(notes) or None,
        is_synthetic,
    )


def complexes_of_file(connection: Connection, given: str) -> list[int]:
    """Ids of the current complexes that were read from a file called *given*."""
    query = text(f"""
        select distinct c.id from source_file f
        join structure s on s.source_file_id = f.id and s.superseded_at is null
        join structure_complex l on l.structure_id = s.id
        join complex c on c.id = l.complex_id and c.superseded_at is null
        where {STEM} in (lower(:given), lower(:stem)) order by c.id""")  # noqa: S608 - fixed words
    return list(connection.scalars(query, _called(given)))


def _called(given: str) -> dict[str, str]:
    """A file is called by its name with or without the ending."""
    return {"given": given.strip(), "stem": stem(given.strip())}


def find_rejections(connection: Connection, given: str) -> list[tuple[str, str, str, str]]:
    """(block, file, code, reason) of rejected blocks whose name, or whose file's, is *given*."""
    query = text(f"""
        select s.block_name, f.name, s.code, s.reason from structure s
        join source_file f on f.id = s.source_file_id
        where s.verdict = 'rejected' and s.superseded_at is null
            and (lower(s.block_name) = lower(:given)
            or {STEM} in (lower(:given), lower(:stem)))
        order by s.id limit 5""")  # noqa: S608 - fixed words
    return [tuple(row) for row in connection.execute(query, _called(given))]
