"""Contents: the stored bytes of source files, streamed in the order in which they came."""

from collections.abc import Iterator

import zstandard
from sqlalchemy import Connection, Engine, Row, text

from screening.crystal.source import Source

_MOST_ROWS = 64
_MOST_BYTES = 32 * 1024 * 1024
"""Read at once: the files that hold so much together, uncompressed; one that holds more, alone."""

_NEXT = text("""
    with coming as (
        select id, n_bytes from source_file
        where id > :after and id <= :last and n_bytes > 0 order by id limit :rows
    ), summed as (
        select id, sum(n_bytes) over (order by id) as so_far,
            row_number() over (order by id) as place
        from coming
    )
    select f.id, f.name, f.sha256, f.n_bytes, f.content
    from source_file f join summed s on s.id = f.id
    where s.so_far <= :bytes or s.place = 1
    order by f.id""")


def count_contents(connection: Connection) -> tuple[int, int, int]:
    """(files with bytes, files without, highest id); without: what could never be read."""
    query = text("""
        select count(*) filter (where n_bytes > 0), count(*) filter (where n_bytes = 0),
            coalesce(max(id), 0) from source_file""")
    held, empty, last = connection.execute(query).one()
    return held, empty, last


def stored_sources(engine: Engine, last: int) -> Iterator[tuple[int, str, Source]]:
    """(file id, sha256, source) of every file up to id *last* whose bytes are stored."""
    after = 0
    while rows := _rows(engine, after, last):
        for row in rows:
            yield row.id, row.sha256, _source(row)
        after = rows[-1].id


def _rows(engine: Engine, after: int, last: int) -> list[Row[tuple[object, ...]]]:
    with engine.connect() as connection:
        values = {"after": after, "last": last, "rows": _MOST_ROWS, "bytes": _MOST_BYTES}
        return list(connection.execute(_NEXT, values))


def _source(row: Row[tuple[object, ...]]) -> Source:
    try:
        data = zstandard.decompress(row.content, max_output_size=row.n_bytes)
    except zstandard.ZstdError as error:
        return Source(row.name, problem=("unreadable", f"the stored bytes are damaged: {error}"))
    return Source(row.name, data=data)
