"""Store rejections, read: the blocks of some files, and those that findings and values wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from screening.evidence.identifier import is_paper_label, read_identifier
from screening.store.source_names import STEM


def rejected_blocks(connection: Connection, digests: Sequence[str]) -> list[dict[str, Any]]:
    """The rejected blocks of the files with these sha256, as rows (sha256, block, code, reason).

    is_new: of a file that this transaction has added.
    """
    rows = connection.execute(_OF_FILES, {"digests": list(digests)})
    return [dict(row) for row in rows.mappings()]


_OF_FILES = text("""
    select f.sha256, s.block_name as block, s.code, s.reason, f.ingested_at = now() as is_new
    from source_file f
    join structure s on s.source_file_id = f.id and s.superseded_at is null
    where f.sha256 = any(cast(:digests as text[])) and s.verdict = 'rejected'
    order by f.id, s.position""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a finding or a value names. of_file: only a structure of the file of this name.

    is_of_paper: it names the paper, too, of which a rejected block tells nothing.
    """

    identifier: str
    of_file: str | None = None
    is_of_paper: bool = False


def find_codes(connection: Connection, wanted: Mapping[int, Wanted]) -> dict[int, str]:
    """The code by which what each names was rejected, by its key; others are left out.

    A refcode, COD id or CCDC number is that of the block or of its file. A mere name can be that of
    many a block: one that also states a paper, and the number of a compound in one, say nothing.
    """
    asked = [(key, name, one.of_file) for key, one in wanted.items() for name in _names(one)]
    if not asked:
        return {}
    keys, names, files = zip(*asked, strict=True)
    found = connection.execute(
        _CODES, {"keys": list(keys), "names": list(names), "files": list(files)}
    )
    return {row.key: row.code for row in found}


def _names(wanted: Wanted) -> Iterable[str]:
    reading = read_identifier(wanted.identifier)
    if reading.is_name and (wanted.is_of_paper or is_paper_label(reading.name)):
        return ()
    others: tuple[Any, ...] = (reading.refcode, reading.cod_id, reading.ccdc_number)
    return {reading.name, *(str(name).lower() for name in others if name is not None)}


_CODES = text(f"""
    with asked as materialized (
        select * from unnest(
            cast(:keys as bigint[]), cast(:names as text[]), cast(:files as text[])
        ) as t (key, name, of_file)
    ), rejected as materialized (
        select s.id, s.code, lower(s.block_name) as block,
            {STEM} as stem,
            regexp_replace(regexp_replace(f.name, '![\\d-]+$', ''), '^.*[/!]', '') as file
        from structure s join source_file f on f.id = s.source_file_id
        where s.verdict = 'rejected' and s.superseded_at is null
    ), found as (
        select key, id, code from asked join rejected on block = name
            and (of_file is null or of_file = file)
        union
        select key, id, code from asked join rejected on stem = name
            and (of_file is null or of_file = file)
    )
    select distinct on (key) key, code from found order by key, id desc""")  # noqa: S608 - fixed words
