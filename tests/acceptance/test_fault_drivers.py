"""`smmdb predict` as a process of its own that is killed, and the scheduler it works with."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from faults import FILLED, Orders, audit, audit_books, count, fill, own_server, sessions
from faulty_worker import ORDERS
from processes import environment, free_port, kill_hard, run_smmdb, smmdb_command, wait_until
from sqlalchemy import text

from screening.store.engine import connect

COMPLEXES = 128


@pytest.fixture(scope="module")
def server():
    with own_server() as server:
        fill(server, COMPLEXES)
        yield server


@pytest.fixture
def engine(server):
    """A copy of the filled database."""
    server.run(f"create database faults template {FILLED}")
    engine = connect(server.url("faults"))
    yield engine
    engine.dispose()
    server.run("drop database faults with (force)")


@pytest.fixture
def orders(tmp_path):
    return Orders(tmp_path / "orders.json")


@pytest.fixture
def env(server, orders):
    """For processes whose workers are slow until `finish`."""
    orders.give(slow=0.1)
    return environment(
        SMMDB_DATABASE_URL=server.url("faults").replace("+psycopg", ""),
        DASK_DISTRIBUTED__WORKER__PRELOAD=str([str(Path(__file__).with_name("faulty_worker.py"))]),
        **{f"DASK_{ORDERS.upper().replace('-', '_').replace('.', '__')}": str(orders.path)},
    )


class Cluster:
    """A scheduler and a worker, each a process of its own as on a cluster."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self._folder = folder
        self.scheduler = self._start(env, "scheduler", "--host", "127.0.0.1", "--port", port)
        self.worker = self._start(
            env, "worker", self.address, "--nthreads", "2", "--local-directory", str(folder)
        )

    def _start(self, env: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
        with (self._folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )


@pytest.fixture
def cluster(env, tmp_path):
    with ExitStack() as stack:
        cluster = Cluster(env, tmp_path)
        for process in (cluster.scheduler, cluster.worker):
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
        yield cluster


def start_predict(engine, env, *arguments):
    """The command in mid-run; its standard error is a pipe."""
    driver = subprocess.Popen(
        smmdb_command("predict", "--model", "faulty", *arguments),
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: count(engine, "prediction") > 0 or driver.poll() is not None, 120)
    assert driver.poll() is None, driver.communicate()[1]
    return driver


def finish(engine, env, orders, *arguments):
    """The same command again does the rest."""
    assert 0 < count(engine, "prediction") < COMPLEXES
    orders.give()
    again = run_smmdb("predict", "--model", "faulty", *arguments, env=env)
    assert again.returncode == 0, again.stderr
    audit(engine)


def test_of_a_killed_driver_nothing_stays_on_the_cluster(engine, env, orders, cluster):
    """The same command then does the rest; what the dead one's workers still do is refused."""
    scheduler = ("--scheduler", cluster.address)
    driver = start_predict(engine, env, *scheduler)
    kill_hard(driver)
    driver.communicate()
    wait_until(lambda: sessions(engine) == 0, 30)
    finish(engine, env, orders, *scheduler)


def test_a_killed_driver_takes_its_own_workers_along(engine, env, orders):
    driver = start_predict(engine, env, "--workers", "1")
    kill_hard(driver)
    driver.communicate()
    wait_until(lambda: sessions(engine) == 0, 30)
    scored = count(engine, "prediction")
    finish(engine, env, orders, "--workers", "1")
    with engine.connect() as connection:
        books = connection.execute(
            text("select status, asked, done, failed, skipped from screening_run order by id")
        ).all()
    assert [tuple(row) for row in books] == [
        ("failed", COMPLEXES, scored, 0, 0),
        ("done", COMPLEXES, COMPLEXES - scored, 0, scored),
    ]


def test_a_killed_scheduler_ends_the_run_and_its_worker(engine, env, orders, cluster):
    driver = start_predict(engine, env, "--scheduler", cluster.address)
    cluster.scheduler.kill()
    _, told = driver.communicate(timeout=120)
    assert (driver.returncode, "Traceback" in told) == (4, False), told
    assert "the Dask scheduler was lost; what was scored is kept" in told
    cluster.worker.wait(60)
    audit_books(engine)
    finish(engine, env, orders, "--workers", "1")


@pytest.fixture
def _heard_ctrl_c():
    """A script's background jobs, and so their tests, are born deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard_ctrl_c")
def test_ctrl_c_ends_a_run_cleanly(engine, env):
    driver = start_predict(engine, env, "--workers", "1")
    below = psutil.Process(driver.pid).children(recursive=True)
    os.kill(driver.pid, signal.SIGINT)
    _, told = driver.communicate(timeout=60)
    assert driver.returncode == 130, told
    _, alive = psutil.wait_procs(below, timeout=30)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    assert 0 < count(engine, "prediction") < COMPLEXES
    audit_books(engine)
    assert sessions(engine) == 0
