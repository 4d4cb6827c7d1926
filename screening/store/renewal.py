"""Renewal: blocks read again; what reads otherwise now gets new rows that supersede the old."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, text

from screening.store.block_change import BlockChange, compare
from screening.store.complexes import accepted, copy_grids, insert_complexes, new_id_block
from screening.store.duplicates import link_near_duplicates
from screening.store.facts import Facts, pair, read_facts
from screening.store.renewed import Renewed, count_renewed
from screening.store.structures import (
    STRUCTURE_COLUMNS,
    add_structures,
    lock_structures,
    structure_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from screening.crystal.complex import Accepted
    from screening.file_reading import BlockReading, ComplexReading, FileReading

    Place = tuple[int, int]  # file id, position of the block in it

_STRUCTURES = text(f"""
    select s.id, s.source_file_id, {", ".join(f"s.{name}" for name in STRUCTURE_COLUMNS)},
        array(select l.complex_id from structure_complex l join complex c on c.id = l.complex_id
            where l.structure_id = s.id and c.superseded_at is null order by c.id) as complex_ids,
        array(select c.content_key from structure_complex l join complex c on c.id = l.complex_id
            where l.structure_id = s.id and c.superseded_at is null order by c.id) as content_keys
    from structure s
    where s.source_file_id = any(cast(:files as bigint[])) and s.superseded_at is null""")  # noqa: S608 - fixed columns

# first_file: of the current blocks that hold the complex; the first of them tells paper and
# solvent, in the order in which they were ingested.
_COMPLEXES = text("""
    select c.content_key, c.id, c.chemistry_key,
        (select min(s.source_file_id) from structure_complex l
            join structure s on s.id = l.structure_id
            where l.complex_id = c.id and s.superseded_at is null
                and s.id <> all(cast(:undone as bigint[]))) as first_file
    from complex c
    where c.content_key = any(cast(:keys as text[])) and c.superseded_at is null""")

# A content key has one current row: the old one names its successor before that comes.
_OLD_BEFORE_NEW = text("set constraints fk_complex_superseded_by_complex deferred")

_SUPERSEDE_STRUCTURES = text("""
    update structure set superseded_at = now()
    where id = any(cast(:ids as bigint[])) and superseded_at is null""")

_SUPERSEDE_COMPLEXES = text("""
    update complex c set superseded_at = now(), superseded_by = t.later
    from unnest(cast(:ids as bigint[]), cast(:later as bigint[])) as t (id, later)
    where c.id = t.id and c.superseded_at is null""")

_WITHOUT_GRID = text("""
    select c.id from unnest(cast(:ids as bigint[])) as c (id)
    where not exists (
        select from voxel_grid g where g.complex_id = c.id and g.spec_id = :spec_id)""")

# Blocks whose own verdict stands, but whose complex has a new row.
_LINK = text("""
    insert into structure_complex (structure_id, complex_id)
    select l.structure_id, t.later
    from unnest(cast(:ids as bigint[]), cast(:later as bigint[])) as t (id, later)
    join structure_complex l on l.complex_id = t.id
    join structure s on s.id = l.structure_id and s.superseded_at is null
    on conflict do nothing""")

_ORPHANS = text("""
    select c.id from complex c
    where c.id = any(cast(:ids as bigint[])) and c.superseded_at is null and not exists (
        select from structure_complex l join structure s on s.id = l.structure_id
        where l.complex_id = c.id and s.superseded_at is null
            and s.id <> all(cast(:undone as bigint[])))""")


class _Held(NamedTuple):
    """A block as the database holds it."""

    id: int
    values: tuple[object, ...]
    complex_ids: list[int]
    content_keys: list[str]


def renew_files(
    connection: Connection,
    files: Mapping[int, FileReading],
    spec_id: int,
    undone: set[int] | None = None,
) -> tuple[Renewed, list[BlockChange]]:
    """Bring what is held of *files*, by id, in line with their readings, in this transaction.

    Only what differs gets new rows. To be called in the order of the ids: of a complex that
    several blocks hold, the first block decides.

    undone: where each call is rolled back: the blocks (ids of `structure`) that the calls before
    superseded, which count as superseded; those of this call are added.
    """
    undone = set() if undone is None else undone
    lock_structures(connection)
    connection.execute(_OLD_BEFORE_NEW)
    held = _held(connection, files)
    blocks = {
        (file_id, block.verdict.position): block
        for file_id, reading in files.items()
        for block in reading.blocks or ()
    }
    replaced = [place for place, block in blocks.items() if _differs(held.get(place), block)]
    gone = [place for place in held if place not in blocks]
    old_ids = [held[place].id for place in (*replaced, *gone) if place in held]
    connection.execute(_SUPERSEDE_STRUCTURES, {"ids": old_ids})
    complex_ids, renewed = _renew_complexes(connection, blocks, spec_id, undone)
    add_structures(connection, [(place[0], blocks[place]) for place in replaced], complex_ids)
    left = {i for place in (*replaced, *gone) if place in held for i in held[place].complex_ids}
    left_alone = {"ids": list(left - renewed.keys()), "undone": list(undone)}
    orphans = set(connection.scalars(_ORPHANS, left_alone))
    undone.update(old_ids)
    touched = {*replaced, *gone} | {
        place for place in blocks if renewed.keys() & set(_complexes(held.get(place)))
    }
    after = {
        place: [complex_ids[item.description.content_key] for item in blocks[place].complexes]
        if place in blocks
        else []
        for place in touched
    }
    everything = {i for place in touched for i in (*_complexes(held.get(place)), *after[place])}
    facts = read_facts(connection, everything)
    changes = [
        _change(files[place[0]], held.get(place), blocks.get(place), after[place], facts)
        for place in sorted(touched)
    ]
    later = {
        old.id: new.id
        for change in changes
        for old, new in pair(change.before, change.after)
        if old.id in orphans
    }
    lost = {"ids": list(orphans), "later": [later.get(i) for i in orphans]}
    connection.execute(_SUPERSEDE_COMPLEXES, lost)
    link_near_duplicates(connection, complex_ids.values())
    superseded = orphans | renewed.keys()
    counts = count_renewed(connection, changes, superseded, files=len(files), blocks=len(blocks))
    return counts, changes


def _held(connection: Connection, files: Iterable[int]) -> dict[Place, _Held]:
    return {
        (row[1], row[2]): _Held(row[0], tuple(row[2:-2]), row[-2], row[-1])
        for row in connection.execute(_STRUCTURES, {"files": list(files)})
    }


def _complexes(held: _Held | None) -> list[int]:
    return held.complex_ids if held is not None else []


def _differs(held: _Held | None, block: BlockReading) -> bool:
    if held is None or held.values != structure_row(block):
        return True
    return set(held.content_keys) != {item.description.content_key for item in block.complexes}


def _renew_complexes(
    connection: Connection, blocks: Mapping[Place, BlockReading], spec_id: int, undone: set[int]
) -> tuple[dict[str, int], dict[int, int]]:
    """Give a row to each complex that has none, or another one; (ids by content key, new by old).

    A complex that an earlier block holds too stays as that block told it.
    """
    items: dict[str, tuple[int, ComplexReading, Accepted]] = {}
    for place, block in blocks.items():
        for item in block.complexes:
            items.setdefault(item.description.content_key, (place[0], item, accepted(block)))
    ids: dict[str, int] = {}
    stale: dict[str, int] = {}
    for row in connection.execute(_COMPLEXES, {"keys": list(items), "undone": list(undone)}):
        file_id, item, _ = items[row.content_key]
        decides = row.first_file is None or file_id <= row.first_file
        if decides and row.chemistry_key != item.chemistry_key:
            stale[row.content_key] = row.id
        else:
            ids[row.content_key] = row.id
    new = {key: (item, block) for key, (_, item, block) in items.items() if key not in ids}
    new_ids = dict(zip(new, new_id_block(connection, "complex", len(new)), strict=True))
    renewed = {old: new_ids[key] for key, old in stale.items()}
    values = {"ids": list(renewed), "later": list(renewed.values())}
    connection.execute(_SUPERSEDE_COMPLEXES, values)
    insert_complexes(connection, new, new_ids, spec_id)
    connection.execute(_LINK, values)
    _draw_again(connection, {i: items[key][1] for key, i in ids.items()}, spec_id)
    return ids | new_ids, renewed


def _draw_again(connection: Connection, held: Mapping[int, ComplexReading], spec_id: int) -> None:
    """Add the grids of complexes that stay as they are and were only drawn under older specs."""
    values = {"ids": list(held), "spec_id": spec_id}
    missing = list(connection.scalars(_WITHOUT_GRID, values))
    copy_grids(connection, {i: held[i] for i in missing}, spec_id)


def _change(
    file: FileReading,
    held: _Held | None,
    block: BlockReading | None,
    after_ids: Sequence[int],
    facts: Mapping[int, Facts],
) -> BlockChange:
    row = dict(zip(STRUCTURE_COLUMNS, held.values, strict=True)) if held else {}
    now = dict(zip(STRUCTURE_COLUMNS, structure_row(block), strict=True)) if block else {}
    before = tuple(facts[i] for i in _complexes(held))
    after = tuple(facts[i] for i in dict.fromkeys(after_ids))
    return compare(file.name, row, now, before, after)
