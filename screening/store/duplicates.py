"""Near-duplicates: complexes that may be one determination under two names, linked as they come.

The writers of structures hold a lock, so that of two complexes that come at once the later one
finds the earlier; whatever comes first, the same pairs are linked.
"""

from __future__ import annotations

import re
from collections import defaultdict
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

_HYDROGEN = re.compile(r"\b[HD]\d*(?= |$) ?")

_KEYS = text("""
    select id, determination_key from complex
    where id = any(cast(:ids as bigint[])) and determination_key is not null""")

# Not two molecules of one crystal, and nothing real with something synthetic: `compound_id` tells.
_SAME_COMPOUND = text("""
    select a.id, b.id as other_id, a.cell, b.cell as other_cell, a.space_group,
        b.space_group as other_space_group, a.temperature_k, b.temperature_k as other_temperature_k
    from unnest(cast(:ids as bigint[]), cast(:keys as text[])) as near (id, key)
    join complex a on a.id = near.id
    cross join lateral (
        select b.id, b.cell, b.space_group, b.temperature_k
        from (select * from complex where determination_key = near.key offset 0) b
        where b.compound_id = a.compound_id and b.id <> a.id and b.superseded_at is null
            and not exists (
                select from structure_complex s join structure_complex t using (structure_id)
                where s.complex_id = a.id and t.complex_id = b.id)
        order by b.id limit :most) b""")
# `offset 0`: else a walk through the whole table in the order of ids may seem the cheapest.

# What else is in the crystal of each: other compounds, and counter-ions. The sets are asked for one
# after the other: before a table has statistics a join of all is planned anyhow.
_OTHER_COMPOUNDS = text("""
    with own as materialized (
        select complex_id, structure_id from structure_complex
        where complex_id = any(cast(:ids as bigint[]))
    ), beside as materialized (
        select complex_id, structure_id from structure_complex
        where structure_id = any(array(select structure_id from own))
    ), known as materialized (
        select id, compound_id, superseded_at from complex
        where id = any(array(select complex_id from beside))
    )
    select distinct a.id, b.compound_id
    from own join beside using (structure_id)
    join known a on a.id = own.complex_id join known b on b.id = beside.complex_id
    where b.compound_id <> a.compound_id and b.superseded_at is null""")

_COUNTER_IONS = text("""
    select c.id, part.formula
    from complex c
    cross join lateral jsonb_to_recordset(c.components) as part (formula text, kind text)
    where c.id = any(cast(:ids as bigint[])) and part.kind = 'counter-ion'""")

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
        cell = reduce_cell(row.cell, row.space_group)
        deviation = cell.deviation(reduce_cell(row.other_cell, row.other_space_group))
        if deviation <= SAME_CELL:
            reason = _cell_reason(deviation, row.temperature_k, row.other_temperature_k)
            reasons[_pair(row.id, row.other_id)] = reason
    return _without_other_salts(connection, reasons) if reasons else reasons


def _without_other_salts(connection: Connection, reasons: dict[_Pair, str]) -> dict[_Pair, str]:
    """Without pairs of which each crystal holds what the other does not.

    One of two may lack what is disordered in it, and hydrogens may be missing.
    """
    asked = {"ids": sorted({i for pair in reasons for i in pair})}
    beside: dict[int, set[int | str]] = defaultdict(set)
    for row in connection.execute(_OTHER_COMPOUNDS, asked):
        beside[row.id].add(row.compound_id)
    for row in connection.execute(_COUNTER_IONS, asked):
        beside[row.id].add(_HYDROGEN.sub("", row.formula).strip())
    return {
        pair: reason
        for pair, reason in reasons.items()
        if (one := beside[pair.complex_id]) <= (other := beside[pair.other_id]) or other <= one
    }


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
