"""`smmdb predict` while workers die, the database goes away, the disk fills up.

After each fault, and the same command given again where it stopped: every complex has one score or
one recorded failure, the books are true, nobody is left connected.
"""

import os
import subprocess
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import dask
import psutil
import pytest
from distributed import LocalCluster
from distributed.utils import get_mp_context
from faults import (
    FILLED,
    Orders,
    audit,
    audit_books,
    children,
    count,
    fill,
    ids,
    own_server,
    sessions,
)
from faulty_worker import ORDERS
from processes import wait_until
from sqlalchemy import text

from screening.errors import ClusterError, DatabaseError
from screening.predict import predict
from screening.store.engine import connect
from screening.store.patience import Patience

COMPLEXES = 64
PRELOAD = str(Path(__file__).with_name("faulty_worker.py"))


@pytest.fixture(scope="module")
def server():
    with own_server() as server:
        fill(server, COMPLEXES)
        yield server


@pytest.fixture
def engine(server, request):
    """A copy of the filled database."""
    name = "faults"
    server.run(f"create database {name} template {FILLED}")
    engine = connect(server.url(name))
    yield engine
    engine.dispose()
    server.run(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    """What workers do wrong; all workers of this module obey it."""
    orders = Orders(tmp_path_factory.mktemp("orders") / "orders.json")
    faulty = {
        "distributed.worker.preload": [PRELOAD],
        "distributed.worker.multiprocessing-method": "forkserver",
        "distributed.deploy.lost-worker-timeout": "1s",
        ORDERS: str(orders.path),
    }
    with dask.config.set(faulty):
        # A worker forks from a process that has imported torch: it is back within moments.
        get_mp_context().set_forkserver_preload(["distributed", "screening.inference.scorer"])
        yield orders


@pytest.fixture(scope="module")
def cluster(orders):
    """Two workers in processes of their own that outlive a run."""
    quiet = {"silence_logs": 60, "dashboard_address": "127.0.0.1:0"}
    scheduler = {"allowed_failures": 0}
    with LocalCluster(2, threads_per_worker=2, scheduler_kwargs=scheduler, **quiet) as cluster:
        yield cluster


@pytest.fixture
def workers(cluster, orders):
    """The cluster, both workers alive and without orders."""
    orders.give()
    cluster.scale(2)
    cluster.wait_for_workers(2, timeout=60)
    return cluster


@pytest.fixture(autouse=True)
def _many_tasks(monkeypatch):
    """Else every thread has its only task, and nothing is left to do when the first one ends."""
    monkeypatch.setattr("screening.inference.drive.MIN_ROWS", 4)


class Running(threading.Thread):
    """A predict in a thread of its own; `end` gives its summary or raises its error."""

    def __init__(self, engine, cluster):
        super().__init__()
        self._engine, self._address = engine, cluster.scheduler_address
        self._summary = self._error = None
        self.start()
        wait_until(lambda: count(engine, "prediction") > 0 or not self.is_alive())

    def run(self):
        try:
            self._summary = predict(self._engine, "faulty", scheduler=self._address)
        except Exception as error:  # noqa: BLE001 - it is raised again in `end`
            self._error = error

    def end(self):
        self.join(120)
        assert not self.is_alive()
        if self._error is not None:
            raise self._error
        return self._summary


def worker_processes(cluster):
    return [psutil.Process(nanny.pid) for nanny in cluster.workers.values() if nanny.pid]


@pytest.mark.parametrize("mode", ["sys.exit", "graceful", "segfault"])
def test_workers_die_by_dask_own_chaos(engine, orders, mode):
    """In a cluster of the run's own, which brings back those that ended by themselves too."""
    before = children()
    orders.give(slow=0.03, kill=[mode, 0.2, 3])
    summary = predict(engine, "faulty", workers=2)
    assert len(orders.deaths) == 3
    assert summary.lost_workers >= 1  # one that dies without a task is not missed
    audit(engine)
    wait_until(lambda: children() <= before, 10)


def test_a_worker_is_killed_in_mid_batch(engine, workers, orders):
    orders.give(slow=0.03)
    running = Running(engine, workers)
    worker_processes(workers)[0].kill()
    running.end()
    audit(engine)


def test_a_structure_that_kills_its_worker_is_found_and_recorded(engine, orders):
    """In a cluster of the run's own: a Dask nanny whose worker dies at its start gives it up."""
    poison = ids(engine)[37]
    orders.give(poison=[poison])
    summary = predict(engine, "faulty", workers=2)
    assert (summary.books.done, summary.books.failed) == (COMPLEXES - 1, 1)
    audit(engine, failed={poison})
    with engine.connect() as connection:
        failure = connection.execute(text("select code, reason from prediction_failure")).one()
    assert failure == (
        "worker_died",
        "the worker process died each time it scored this complex",
    )


def test_a_structure_that_raises_is_found_and_the_next_run_scores_it(engine, workers, orders):
    bad = set(ids(engine)[40:42])
    orders.give(**{"raise": list(bad)})
    predict(engine, "faulty", scheduler=workers.scheduler_address)
    audit(engine, failed=bad)
    with engine.connect() as connection:
        reasons = set(connection.scalars(text("select reason from prediction_failure")))
    assert reasons == {"RuntimeError: this structure is too much"}
    orders.give()
    predict(engine, "faulty", scheduler=workers.scheduler_address)
    audit(engine)


def test_workers_that_fail_whatever_they_score_end_the_run(engine, workers, orders):
    orders.give(**{"raise": ids(engine)})
    with pytest.raises(ClusterError, match=r"fail whatever they score.*too much"):
        predict(engine, "faulty", scheduler=workers.scheduler_address)
    assert count(engine, "prediction") == 0
    audit_books(engine)


def test_the_database_crashes_and_restarts(engine, server, workers, orders):
    orders.give(slow=0.03)
    running = Running(engine, workers)
    server.crash()
    server.start()
    running.end()
    audit(engine)


@pytest.mark.parametrize("seconds", [2, pytest.param(30, marks=pytest.mark.faults)])
def test_the_database_refuses_connections_for_a_while(engine, server, workers, orders, seconds):
    orders.give(slow=0.03)
    running = Running(engine, workers)
    server.stop()
    time.sleep(seconds)
    server.start()
    running.end()
    audit(engine)
    assert count(engine, "screening_run") == 1


def test_a_database_that_stays_away_ends_the_run(engine, server, workers, orders, monkeypatch):
    monkeypatch.setattr("screening.predict.Patience", partial(Patience, seconds=1.0))
    orders.give(slow=0.03)
    running = Running(engine, workers)
    server.stop()
    try:
        with pytest.raises(DatabaseError, match=r"The same command|Waited 1 s") as told:
            running.end()
    finally:
        server.start()
    assert told.value.exit_code == 4
    monkeypatch.undo()
    predict(engine, "faulty", scheduler=workers.scheduler_address)
    audit(engine)


def test_a_database_set_to_read_only_ends_the_run(engine, server, workers, orders):
    orders.give(slow=0.03)
    running = Running(engine, workers)
    server.run("alter database faults set default_transaction_read_only = on")
    server.run("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'faults'")
    with pytest.raises(DatabaseError, match="takes no changes now") as told:
        running.end()
    assert told.value.exit_code == 4
    server.run("alter database faults reset default_transaction_read_only")
    engine.dispose()
    assert 0 < count(engine, "prediction") < COMPLEXES
    predict(engine, "faulty", scheduler=workers.scheduler_address)
    audit(engine)


@pytest.fixture
def small_disk(server, engine):
    """A disk of 64 MiB that holds the database; what fills it up."""
    disk = server.socket_dir.parent / f"{server.socket_dir.name}-disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        disk.rmdir()
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    os.chown(disk, server.user.uid, server.user.gid)
    server.run(f"create tablespace small location '{disk}'")
    server.run("alter database faults set tablespace small")
    yield disk / "ballast"
    wait_until(lambda: sessions(engine) == 0, 10)
    engine.dispose()
    server.run("alter database faults set tablespace pg_default")
    server.run("drop tablespace small")
    subprocess.run(["umount", disk], check=True)
    disk.rmdir()


def fill_up(ballast):
    with suppress(OSError), ballast.open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(8192))


def test_a_full_disk_ends_the_run(engine, small_disk, workers, orders):
    orders.give(slow=0.1)
    with engine.begin() as connection:
        # A page of rows would hold all scores of so few complexes.
        connection.execute(text("alter table prediction set (fillfactor = 10)"))
    running = Running(engine, workers)
    fill_up(small_disk)
    with pytest.raises(DatabaseError, match="No space left") as told:
        running.end()
    assert told.value.exit_code == 4
    assert 0 < count(engine, "prediction") < COMPLEXES
    small_disk.unlink()
    predict(engine, "faulty", scheduler=workers.scheduler_address)
    audit(engine)
