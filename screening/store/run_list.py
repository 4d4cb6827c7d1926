"""Store: screening runs as people ask for them, and the wish that one ends."""

from typing import Any

from sqlalchemy import Connection, text

_RUNS = """
    select r.id, v.name || ':' || v.version as model, r.status, r.asked,
        case when r.status = 'running' then (
            select count(*) from prediction p where p.run_id = r.id) else r.done end as done,
        case when r.status = 'running' then (
            select count(*) from prediction_failure f where f.run_id = r.id)
            else r.failed end as failed,
        r.skipped, r.device, r.started_at, r.finished_at,
        extract(epoch from coalesce(r.finished_at, now()) - r.started_at)::float8 as seconds,
        r.cancel_requested_at, r.cancel_requested_by, r.settings, r.measured
    from screening_run r
    join model_version v on v.id = r.model_version_id"""

_LIST = text(f"{_RUNS} order by r.id desc limit :top")
_ONE = text(f"{_RUNS} where r.id = :run_id")

_REASONS = text("""
    select code, count(*) as n, min(reason) as example from prediction_failure
    where run_id = :run_id group by code order by n desc, code""")

_CANCEL = text("""
    update screening_run set
        cancel_requested_at = coalesce(cancel_requested_at, now()),
        cancel_requested_by = coalesce(cancel_requested_by, :by)
    where id = :run_id and status = 'running'""")


def list_runs(connection: Connection, top: int) -> list[dict[str, Any]]:
    """The newest *top* runs, newest first; of a running one the counts are those of now."""
    return [dict(row) for row in connection.execute(_LIST, {"top": top}).mappings()]


def read_run(connection: Connection, run_id: int) -> dict[str, Any] | None:
    """One run with the kinds of its failures, each with a count and an example."""
    row = connection.execute(_ONE, {"run_id": run_id}).mappings().one_or_none()
    if row is None:
        return None
    reasons = connection.execute(_REASONS, {"run_id": run_id}).mappings()
    return {**row, "failures": [dict(reason) for reason in reasons]}


def request_cancel(connection: Connection, run_id: int, by: str) -> bool:
    """Ask the driver of a run to end it; False when the run has ended. The first wish counts."""
    return connection.execute(_CANCEL, {"run_id": run_id, "by": by}).rowcount == 1
