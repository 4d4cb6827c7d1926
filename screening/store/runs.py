"""Store screening runs: opened by a driver, closed with balanced books."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from screening.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class RunBooks:
    """The counts of a run: asked = done + failed + skipped when its status is `done`."""

    id: int
    status: str
    asked: int
    done: int
    failed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class RunState:
    """Whether a run is open, and who asked to stop it, if anyone did."""

    status: str
    cancelled_by: str | None


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

    It counts as dead unless `hold_run` follows in the same transaction.
    """
    query = text("""
        insert into screening_run
            (model_version_id, status, asked, done, failed, skipped, device, settings)
        values (:version_id, 'running', :asked, 0, 0, :skipped, :device, :settings)
        returning id""")
    values = {"version_id": version_id, "asked": asked, "skipped": skipped, "device": device}
    return int(connection.execute(query, values | {"settings": Jsonb(settings)}).scalar_one())


def hold_run(connection: Connection, run_id: int) -> bool:
    """Take the run's lock until this connection closes, as a sign that its driver lives.

    False while another connection has it: one that the driver lost and the server still holds for
    alive, or one that looks whether the driver lives.
    """
    hold = text("select pg_try_advisory_lock(hashtext('smmdb.screening_run'), :run_id)")
    return bool(connection.scalar(hold, {"run_id": run_id}))


def read_state(connection: Connection, run_id: int) -> RunState:
    """What the driver of a run looks at again and again."""
    query = text("select status, cancel_requested_by from screening_run where id = :run_id")
    return RunState(*connection.execute(query, {"run_id": run_id}).one())


def require_running(connection: Connection, run_id: int) -> None:
    """Make sure that the run is open, and stays so until this transaction ends.

    Raises:
        IntegrityError: it is closed; what a forgotten worker adds now would not be in its books.
    """
    query = text("""
        select 1 from screening_run where id = :run_id and status = 'running' for share""")
    if connection.execute(query, {"run_id": run_id}).one_or_none() is None:
        raise IntegrityError(f"run {run_id} is closed and takes no more scores")


def record_measured(
    connection: Connection,
    run_id: int,
    *,
    settings: Mapping[str, Any],
    measured: Mapping[str, Any],
) -> None:
    """Add *settings* that were chosen on the way to those of the run, and what it measured."""
    query = text("""
        update screening_run set settings = settings || :settings, measured = :measured
        where id = :run_id""")
    values = {"settings": Jsonb(settings), "measured": Jsonb(measured), "run_id": run_id}
    connection.execute(query, values)


# A complex that failed once and was scored by a retried task counts as done.
_CLOSE = text("""
    update screening_run r set status = :status, finished_at = now(),
        skipped = coalesce(:skipped, r.skipped),
        done = (select count(*) from prediction p where p.run_id = r.id),
        failed = (
            select count(*) from prediction_failure f where f.run_id = r.id and not exists (
                select from prediction p
                where p.run_id = f.run_id and p.complex_id = f.complex_id))
    where r.id = :run_id
    returning r.id, r.status, r.asked, r.done, r.failed, r.skipped""")


def close_dead_runs(connection: Connection) -> int:
    """Mark the runs whose driver died without a word as failed; how many there were.

    A database that takes no changes keeps them as they are.
    """
    if connection.scalar(text("show transaction_read_only")) == "on":
        return 0
    query = text("""
        select id from screening_run
        where status = 'running'
            and pg_try_advisory_xact_lock(hashtext('smmdb.screening_run'), id::int)
        order by id for update""")
    dead = connection.scalars(query).all()
    for run_id in dead:
        connection.execute(_CLOSE, {"run_id": run_id, "status": "failed", "skipped": None})
    return len(dead)


def close_run(connection: Connection, run_id: int, status: str, skipped: int) -> RunBooks:
    """End a run; done and failed are counted in the tables, *skipped* is what others scored.

    With status `done` the database refuses books that do not balance.
    """
    # Batches under way end first; only a statement that begins after them sees their rows.
    waits = text("select id from screening_run where id = :run_id for update")
    connection.execute(waits, {"run_id": run_id})
    values = {"run_id": run_id, "status": status, "skipped": skipped}
    return RunBooks(*connection.execute(_CLOSE, values).one())
