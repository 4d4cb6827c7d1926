"""The lock by which a run's driver shows that it lives."""

import time

import pytest
from factories import add_version

from screening.inference.held_run import HeldRun
from screening.store.patience import Patience
from screening.store.runs import close_dead_runs


@pytest.fixture
def run(engine):
    with engine.begin() as connection:
        version_id = add_version(connection)
    run = HeldRun(
        engine, Patience(print), version_id, asked=1, skipped=0, device="cpu", settings={}
    )
    yield run
    run.release()


def test_a_connection_that_the_server_has_not_given_up_holds_nobody_up(engine, run):
    lost, run._holder = run._holder, None
    run.keep()
    assert not run._holds
    lost.invalidate()
    lost.close()
    until = time.monotonic() + 60
    while not run._holds and time.monotonic() < until:
        run.keep()
    with engine.begin() as connection:
        assert close_dead_runs(connection) == 0


def test_a_run_whose_driver_let_go_is_closed(engine, run):
    run.release()
    until = time.monotonic() + 60
    closed = 0
    while not closed and time.monotonic() < until:
        with engine.begin() as connection:
            closed = close_dead_runs(connection)
    assert closed == 1
