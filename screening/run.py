"""Run: the runs of `smmdb predict`, and how to end one from elsewhere."""

from typing import Any

from sqlalchemy import Connection, Engine

from screening.errors import InputError, NotFoundError
from screening.store import run_list
from screening.store.runs import close_dead_runs

_MOST = 2**31 - 1


def list_runs(engine: Engine, top: int) -> list[dict[str, Any]]:
    """The newest *top* runs, newest first; runs whose command died are closed as failed."""
    with engine.begin() as connection:
        close_dead_runs(connection)
        return run_list.list_runs(connection, top)


def show_run(engine: Engine, run_id: int) -> dict[str, Any]:
    """One run with its settings, what it measured, and the kinds of its failures.

    Raises:
        NotFoundError: there is none of this number.
    """
    with engine.begin() as connection:
        close_dead_runs(connection)
        return _read(connection, run_id)


def cancel_run(engine: Engine, run_id: int, by: str) -> dict[str, Any]:
    """Ask for the end of a run: its command stops after the batches that are under way.

    Raises:
        NotFoundError: there is none of this number.
        InputError: it has ended already.
    """
    with engine.begin() as connection:
        close_dead_runs(connection)
        run = _read(connection, run_id)
        if not run_list.request_cancel(connection, run_id, by):
            raise InputError(f"run {run_id} is not running: it is {run['status']}")
        return _read(connection, run_id)


def _read(connection: Connection, run_id: int) -> dict[str, Any]:
    run = run_list.read_run(connection, run_id) if run_id <= _MOST else None
    if run is None:
        raise NotFoundError(f"there is no run {run_id}; `smmdb run list` lists them")
    return run
