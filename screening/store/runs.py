"""Store screening runs: opened by a driver, closed with balanced books."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class RunBooks:
    """The counts of a run: asked = done + failed + skipped when its status is `done`."""

    id: int
    status: str
    asked: int
    done: int
    failed: int
    skipped: int


def open_run(
    connection: Connection,
    version_id: int,
    *,
    asked: int,
    skipped: int,
    device: str,
    settings: Mapping[str, Any],
) -> int:
    """Start a run over *asked* complexes of which *skipped* have their score already.

    Takes the run's lock until this connection closes, as a sign that its driver lives.
    """
    query = text("""
        insert into screening_run
            (model_version_id, status, asked, done, failed, skipped, device, settings)
        values (:version_id, 'running', :asked, 0, 0, :skipped, :device, :settings)
        returning id""")
    values = {"version_id": version_id, "asked": asked, "skipped": skipped, "device": device}
    run_id = connection.execute(query, values | {"settings": Jsonb(settings)}).scalar_one()
    hold = text("select pg_advisory_lock(hashtext('smmdb.screening_run'), :run_id)")
    connection.execute(hold, {"run_id": run_id})
    return int(run_id)


# A complex that failed once and was scored by a retried task counts as done.
_COUNTED = """
    select run.id,
        (select count(*) from prediction p where p.run_id = run.id) as done,
        (select count(*) from prediction_failure f where f.run_id = run.id and not exists (
            select from prediction p where p.complex_id = f.complex_id
                and p.model_version_id = run.model_version_id)) as failed
    from screening_run run"""


def close_dead_runs(connection: Connection) -> int:
    """Mark the runs whose driver died without a word as failed; how many there were."""
    query = text(f"""
        update screening_run r set status = 'failed', finished_at = now(),
            done = counted.done, failed = counted.failed
        from ({_COUNTED} where status = 'running') counted
        where counted.id = r.id
            and pg_try_advisory_xact_lock(hashtext('smmdb.screening_run'), r.id::int)""")  # noqa: S608 - constant text
    return connection.execute(query).rowcount


def close_run(connection: Connection, run_id: int, status: str, skipped: int) -> RunBooks:
    """End a run; done and failed are counted in the tables, *skipped* is what others scored.

    With status `done` the database refuses books that do not balance.
    """
    query = text(f"""
        update screening_run r set status = :status, finished_at = now(),
            done = counted.done, failed = counted.failed, skipped = :skipped
        from ({_COUNTED} where run.id = :run_id) counted
        where r.id = counted.id
        returning r.id, r.status, r.asked, r.done, r.failed, r.skipped""")  # noqa: S608 - constant text
    values = {"run_id": run_id, "status": status, "skipped": skipped}
    return RunBooks(*connection.execute(query, values).one())
