"""Store properties, withdrawn: values that count no more and stay, with who, when and why."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from screening.errors import InputError, NotFoundError
from screening.evidence.cells import printable
from screening.store.property_definitions import Definition
from screening.store.property_list import ORIGIN_FIELDS, STATED_FIELDS


def withdraw_value(
    connection: Connection, definition: Definition, value_id: int, *, by: str, reason: str
) -> int:
    """Let a value count no more; how many were withdrawn: 1, or 0 where it was before.

    It stays for everybody to see. Raises NotFoundError where the property has no such value.
    """
    _check_value(connection, definition, value_id)
    asked = {"property": definition.id, "id": value_id, "source": None}
    return _change(connection, connection.scalars(_STANDING, asked).all(), "withdrawn", by, reason)


def withdraw_source(
    connection: Connection, definition: Definition, source: str, *, by: str, reason: str
) -> int:
    """Let all that *source* says of a property count no more; how many values that are.

    Raises NotFoundError where the source never said anything of it.
    """
    _check_source(connection, definition, source)
    asked = {"property": definition.id, "id": None, "source": source}
    return _change(connection, connection.scalars(_STANDING, asked).all(), "withdrawn", by, reason)


def reinstate_value(
    connection: Connection, definition: Definition, value_id: int, *, by: str, reason: str | None
) -> int:
    """Let a withdrawn value count again; 1, or 0 where it counts. Raises as `withdraw_value`.

    InputError where the same source has said something else of the structure since.
    """
    _check_value(connection, definition, value_id)
    asked = {"property": definition.id, "id": value_id}
    ids = connection.scalars(_WITHDRAWN_VALUE, asked).all()
    return _reinstate(connection, ids, by, reason)


def reinstate_source(
    connection: Connection, definition: Definition, source: str, *, by: str, reason: str | None
) -> int:
    """Take the latest withdrawal of what *source* says back; how many values count again.

    What was withdrawn before that, for a reason of its own, stays withdrawn. Raises as
    `withdraw_source` and `reinstate_value`.
    """
    _check_source(connection, definition, source)
    asked = {"property": definition.id, "source": source}
    ids = connection.scalars(_LATEST_OF_SOURCE, asked).all()
    return _reinstate(connection, ids, by, reason)


def list_withdrawn(connection: Connection, definition: Definition) -> list[dict[str, Any]]:
    """The withdrawn values as rows with the keys `WITHDRAWN_FIELDS`, in the order of entry."""
    rows = connection.execute(_WITHDRAWN, {"property": definition.id})
    return [dict(row) for row in rows.mappings()]


WITHDRAWN_FIELDS = (*STATED_FIELDS, "withdrawn_at", "withdrawn_by", "reason", *ORIGIN_FIELDS)
"""The keys of the rows of `list_withdrawn`."""


def _check_value(connection: Connection, definition: Definition, value_id: int) -> None:
    asked = {"property": definition.id, "id": value_id}
    if not connection.scalar(_HAS_VALUE, asked):
        raise NotFoundError(
            f"{definition.name} has no value {value_id}; `smmdb property show {definition.name}"
            " COMPLEX` and `smmdb property export` show their ids"
        )


def _check_source(connection: Connection, definition: Definition, source: str) -> None:
    sources = connection.scalars(_SOURCES, {"property": definition.id}).all()
    if source not in sources:
        raise NotFoundError(
            f"{source!r} never said anything of {definition.name}; its sources: "
            f"{'; '.join(sources)}"
        )


def _reinstate(connection: Connection, ids: Sequence[int], by: str, reason: str | None) -> int:
    if taken := connection.execute(_TAKEN, {"ids": ids}).all():
        first = taken[0]
        more = f" (and {len(taken) - 1} more)" if len(taken) > 1 else ""
        raise InputError(
            f"{first.source} has said {first.given} of {first.identifier} since, value"
            f" {first.id}{more}: withdraw that first"
        )
    return _change(connection, ids, "reinstated", by, reason)


def _change(
    connection: Connection, ids: Sequence[int], event: str, by: str, reason: str | None
) -> int:
    said = {
        "ids": ids,
        "event": event,
        "by": printable(by),
        "reason": None if reason is None else printable(reason),
    }
    # Before the change itself: the guard of the table asks for it.
    connection.execute(_RECORD, said)
    connection.execute(_WITHDRAW if event == "withdrawn" else _REINSTATE, {"ids": ids})
    return len(ids)


_HAS_VALUE = text("""
    select exists (select from property_value where property_id = :property and id = :id)""")
_SOURCES = text(
    "select distinct source from property_value where property_id = :property order by 1"
)
_STANDING = text("""
    select id from property_value
    where property_id = :property and withdrawn_at is null
        and (cast(:id as bigint) is null or id = :id)
        and (cast(:source as text) is null or source = :source)
    order by id""")
_WITHDRAWN_VALUE = text("""
    select id from property_value
    where property_id = :property and id = :id and withdrawn_at is not null""")
_LATEST_OF_SOURCE = text("""
    select id from (
        select id, withdrawn_at, max(withdrawn_at) over () as latest from property_value
        where property_id = :property and source = :source
    ) as v
    where withdrawn_at = latest order by id""")
_TAKEN = text("""
    select o.id, o.identifier, o.given, o.source from property_value o
    join property_value v on v.property_id = o.property_id and v.source = o.source
        and v.name = o.name and v.of_file is not distinct from o.of_file
    where v.id = any(cast(:ids as bigint[])) and o.withdrawn_at is null
    order by o.id""")
_RECORD = text("""
    insert into property_event (value_id, event, by, reason)
    select unnest(cast(:ids as bigint[])), :event, :by, :reason""")
_WITHDRAW = text("""
    update property_value set withdrawn_at = now() where id = any(cast(:ids as bigint[]))""")
_REINSTATE = text("""
    update property_value set withdrawn_at = null where id = any(cast(:ids as bigint[]))""")
_WITHDRAWN = text("""
    select v.id as value_id, v.identifier, v.value, v.given, v.withdrawn_at, e.by as withdrawn_by,
        e.reason, v.source, v.method, v.of_file, v.source_name, v.source_row, v.source_sha256,
        v.entered_by, v.entered_at
    from property_value v
    join lateral (
        select by, reason from property_event
        where value_id = v.id and event = 'withdrawn' order by id desc limit 1
    ) as e on true
    where v.property_id = :property and v.withdrawn_at is not null
    order by v.id""")
