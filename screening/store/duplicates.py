"""Near-duplicates: complexes that may be one determination under two names, linked as they come.

The writers of structures hold a lock, so that of two complexes that come at once the later one
finds the earlier; whatever comes first, the same pairs are linked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, text

from screening.chemistry.identity.determination import near_determinations
from screening.chemistry.identity.reduced_cell import SAME_CELL, reduce_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ONE_CRYSTAL = 0.002
"""Relative difference of two reduced cells that repeated measurement alone does not exceed."""
_ONE_TEMPERATURE = 5.0
"""Kelvin."""
_MOST = 200
"""Complexes of one key that a complex is compared with, the first to come; so that a compound
measured ten thousand times costs no more than ten thousand times this."""

_KEYS = text("""
    select id, determination_key from complex
    where id = any(cast(:ids as bigint[])) and determination_key is not null""")

# What else is in the crystal: other compounds, and counter-ions without their hydrogens.
_REST = """array(
        select cast(m.compound_id as text) from structure_complex s
            join structure_complex t using (structure_id) join complex m on m.id = t.complex_id
            where s.complex_id = {0}.id and m.compound_id <> {0}.compound_id
                and m.superseded_at is null
        union
        select trim(regexp_replace(i.formula, '\\m[HD]\\d*\\M ?', '', 'g'))
            from jsonb_to_recordset({0}.components) as i (formula text, kind text)
            where i.kind = 'counter-ion')"""

# Not two molecules of one crystal, and nothing real with something synthetic: `compound_id` tells.
_SAME_COMPOUND = text(f"""
    select a.id, b.id as other_id, a.cell, b.cell as other_cell, a.space_group,
        b.space_group as other_space_group, a.temperature_k, b.temperature_k as other_temperature_k,
        {_REST.format("a")} as rest, b.rest as other_rest
    from unnest(cast(:ids as bigint[]), cast(:keys as text[])) as near (id, key)
    join complex a on a.id = near.id
    cross join lateral (
        select b.id, b.cell, b.space_group, b.temperature_k, {_REST.format("b")} as rest
        from complex b
        where b.determination_key = near.key and b.compound_id = a.compound_id and b.id <> a.id
            and b.superseded_at is null
            and not exists (
                select from structure_complex s join structure_complex t using (structure_id)
                where s.complex_id = a.id and t.complex_id = b.id)
        order by b.id limit :most) b""")  # noqa: S608 - fixed words

# Of two compounds in one crystal each has its match in the family's other crystals: those that
# have none differ, as by disorder or a lost solvent.
_SAME_NAME = text("""
    select a.id, b.id as other_id, a.refcode, b.refcode as other_refcode
    from complex a
    cross join lateral (
        select b.id, b.refcode from complex b
        where a.refcode is not null
            and b.refcode between left(a.refcode, 6) and left(a.refcode, 6) || '99'
            and (b.refcode = a.refcode or b.compound_id <> a.compound_id)
            and b.metals = a.metals and b.nuclearity = a.nuclearity
            and b.is_synthetic = a.is_synthetic and b.id <> a.id and b.superseded_at is null
            and not exists (
                select from structure_complex s join structure_complex t using (structure_id)
                join complex m on m.id = t.complex_id
                where s.complex_id = a.id and b.compound_id <> a.compound_id
                    and m.compound_id = b.compound_id)
            and not exists (
                select from structure_complex s join structure_complex t using (structure_id)
                join complex m on m.id = t.complex_id
                where s.complex_id = b.id and b.compound_id <> a.compound_id
                    and m.compound_id = a.compound_id)
            and not exists (
                select from structure_complex s join structure_complex t using (structure_id)
                where s.complex_id = a.id and t.complex_id = b.id)
        order by b.id limit :most) b
    where a.id = any(cast(:ids as bigint[]))""")

_LINK = text("""
    insert into near_duplicate (complex_id, other_id, reason)
    select * from unnest(
        cast(:ids as bigint[]), cast(:others as bigint[]), cast(:reasons as text[]))
    on conflict do nothing""")


class _Pair(NamedTuple):
    complex_id: int
    other_id: int


def link_near_duplicates(connection: Connection, complex_ids: Iterable[int]) -> int:
    """Link each of *complex_ids* with the current complexes that may be the same; how many links.

    To be called when their structures are stored, in the same transaction. What is linked already
    stays as it is.
    """
    ids = list(complex_ids)
    reasons = _by_name(connection, ids) | _by_cell(connection, ids)
    values = {
        "ids": [pair.complex_id for pair in reasons],
        "others": [pair.other_id for pair in reasons],
        "reasons": list(reasons.values()),
    }
    return connection.execute(_LINK, values).rowcount


def count_linked(connection: Connection, ids: Sequence[int], others: Sequence[int]) -> int:
    """How many of the complexes *ids* are linked as a near-duplicate with one of *others*."""
    values = {"ids": list(ids), "others": list(others)}
    return int(connection.execute(_LINKED, values).scalar_one())


def _by_cell(connection: Connection, ids: Sequence[int]) -> dict[_Pair, str]:
    near = [
        (row.id, key)
        for row in connection.execute(_KEYS, {"ids": list(ids)})
        for key in near_determinations(row.determination_key)
    ]
    values = {"ids": [i for i, _ in near], "keys": [key for _, key in near], "most": _MOST}
    reasons = {}
    for row in connection.execute(_SAME_COMPOUND, values):
        if _is_another_salt(set(row.rest), set(row.other_rest)):
            continue
        cell = reduce_cell(row.cell, row.space_group)
        deviation = cell.deviation(reduce_cell(row.other_cell, row.other_space_group))
        if deviation <= SAME_CELL:
            reason = _cell_reason(deviation, row.temperature_k, row.other_temperature_k)
            reasons[_pair(row.id, row.other_id)] = reason
    return reasons


def _is_another_salt(one: set[str], other: set[str]) -> bool:
    """Whether each crystal holds what the other does not; only one may lack what is disordered."""
    return bool(one - other) and bool(other - one)


def _cell_reason(deviation: float, one: float | None, other: float | None) -> str:
    cells = f"same compound, reduced cells within {100 * deviation:.2f} %"
    if one is not None and other is not None and abs(one - other) > _ONE_TEMPERATURE:
        low, high = sorted((one, other))
        return f"{cells}: one phase at {low:g} and {high:g} K"
    if deviation > _ONE_CRYSTAL:
        return f"{cells}: perhaps one phase, measured twice"
    return f"{cells}: perhaps one crystal twice"


def _by_name(connection: Connection, ids: Sequence[int]) -> dict[_Pair, str]:
    reasons = {}
    for row in connection.execute(_SAME_NAME, {"ids": list(ids), "most": _MOST}):
        if row.refcode == row.other_refcode:
            reason = f"same refcode {row.refcode}"
        else:
            reason = f"refcode family {row.refcode[:6]}, but another connectivity was read"
        reasons[_pair(row.id, row.other_id)] = reason
    return reasons


def _pair(one: int, other: int) -> _Pair:
    return _Pair(min(one, other), max(one, other))


_LINKED = text("""
    select count(*) from unnest(cast(:ids as bigint[])) as asked (id)
    where exists (select from near_duplicate n
            where n.complex_id = asked.id and n.other_id = any(cast(:others as bigint[])))
        or exists (select from near_duplicate n
            where n.other_id = asked.id and n.complex_id = any(cast(:others as bigint[])))""")
