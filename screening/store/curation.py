"""Store what curators decide: matches, withdrawals, and the history of each finding."""

from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from screening.errors import InputError, NotFoundError
from screening.evidence.cells import printable
from screening.schema import FindingEventRow, FindingRow
from screening.store.findings import lock_evidence


def decide(
    connection: Connection, finding_id: int, complex_id: int, *, by: str, reason: str | None
) -> bool:
    """Say which complex a finding speaks of; False where that was decided already.

    Raises NotFoundError for an unknown finding, InputError for a withdrawn one.
    """
    finding = _live(connection, finding_id)
    if finding.decided_complex_id == complex_id:
        return False
    details = {"complex_id": complex_id, "before": finding.decided_complex_id}
    _record(connection, finding_id, "decided", by=by, reason=reason, details=details)
    _change(connection, finding_id, decided_complex_id=complex_id)
    return True


def undecide(connection: Connection, finding_id: int, *, by: str, reason: str | None) -> bool:
    """Take a decision back; False where there is none. Raises as `decide`."""
    finding = _live(connection, finding_id)
    if finding.decided_complex_id is None:
        return False
    details = {"before": finding.decided_complex_id}
    _record(connection, finding_id, "undecided", by=by, reason=reason, details=details)
    _change(connection, finding_id, decided_complex_id=None)
    return True


def withdraw(
    connection: Connection,
    finding_id: int,
    *,
    by: str,
    reason: str,
    replaced_by: int | None = None,
) -> bool:
    """Let a finding count no more; False where it is withdrawn already.

    It stays, with its match, for everybody to see. Raises NotFoundError.
    """
    if _find(connection, finding_id).withdrawn_at is not None:
        return False
    details = {} if replaced_by is None else {"replaced_by": replaced_by}
    _record(connection, finding_id, "withdrawn", by=by, reason=reason, details=details)
    _change(connection, finding_id, withdrawn_at=text("now()"))
    return True


def reinstate(connection: Connection, finding_id: int, *, by: str, reason: str | None) -> bool:
    """Let a withdrawn finding count again; False where it counts. Raises NotFoundError."""
    if _find(connection, finding_id).withdrawn_at is None:
        return False
    _record(connection, finding_id, "reinstated", by=by, reason=reason, details={})
    _change(connection, finding_id, withdrawn_at=None)
    return True


def decided_complex(connection: Connection, finding_id: int) -> int | None:
    """The complex that somebody decided on, if any. Raises NotFoundError."""
    complex_id: int | None = _find(connection, finding_id).decided_complex_id
    return complex_id


def read_history(connection: Connection, finding_id: int) -> list[dict[str, Any]]:
    """What happened to a finding, from its entry on, as rows (at, event, by, reason, details)."""
    return [dict(row) for row in connection.execute(_HISTORY, {"id": finding_id}).mappings()]


def _find(connection: Connection, finding_id: int) -> Any:
    lock_evidence(connection)
    query = select(FindingRow.decided_complex_id, FindingRow.withdrawn_at)
    finding = connection.execute(query.where(FindingRow.id == finding_id)).one_or_none()
    if finding is None:
        raise NotFoundError(f"There is no finding {finding_id}; `smmdb label list` shows their ids")
    return finding


def _live(connection: Connection, finding_id: int) -> Any:
    finding = _find(connection, finding_id)
    if finding.withdrawn_at is not None:
        raise InputError(
            f"Finding {finding_id} is withdrawn; `smmdb label withdraw {finding_id} --undo` takes"
            " that back"
        )
    return finding


def _record(
    connection: Connection,
    finding_id: int,
    event: str,
    *,
    by: str,
    reason: str | None,
    details: dict[str, Any],
) -> None:
    # Before the change itself: the guard of the table asks for it.
    values = {
        "finding_id": finding_id,
        "event": event,
        "by": printable(by),
        "reason": None if reason is None else printable(reason),
        "details": details,
    }
    connection.execute(insert(FindingEventRow).values(values))


def _change(connection: Connection, finding_id: int, **values: Any) -> None:
    connection.execute(update(FindingRow).where(FindingRow.id == finding_id).values(values))


_HISTORY = text("""
    select at, event, by, reason, details from (
    select 0 as place, f.entered_at as at, 'entered' as event, f.entered_by as by, null as reason,
        jsonb_build_object('file', f.source_name, 'row', f.source_row)
            || case when f.replaces is null then '{}'::jsonb
               else jsonb_build_object('replaces', f.replaces) end as details
    from finding f where f.id = :id
    union all
    select e.id, e.at, e.event, e.by, e.reason,
        e.details || case when c.id is null then '{}'::jsonb
            else jsonb_build_object('complex', c.identifier || ' (' || c.formula || ')') end
    from finding_event e
    left join complex c on c.id = (e.details ->> 'complex_id')::bigint
    where e.finding_id = :id
    ) as happened order by place""")
