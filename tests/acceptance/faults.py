"""What the fault tests share: a server to mistreat, something to score, and the audit after."""

import hashlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import torch
from factories import add_version
from processes import wait_until
from sqlalchemy import Engine, make_url, text
from tiny_model import add_grids

from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import to_bytes
from screening.store import migrate
from screening.store.embedded import EmbeddedServer
from screening.store.engine import connect
from screening.voxel.palette import UNIQUE_RGB

FILLED = "filled"


class Server:
    """A PostgreSQL of the tests' own, to be stopped and crashed at will."""

    def __init__(self, home: Path) -> None:
        self._embedded = EmbeddedServer(home)
        self._url = make_url(self._embedded.ensure_running())
        self.user = self._embedded.user
        self.socket_dir = self._embedded.socket_dir

    def url(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    def run(self, statement: str) -> list:
        plain = self._url.set(drivername="postgresql", database="postgres")
        with psycopg.connect(plain.render_as_string(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: every session is cut; it recovers on the next start."""
        pid = self._embedded.status().pid
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not self._embedded.status().running)

    def stop(self) -> None:
        self._embedded.stop()

    def start(self) -> None:
        self._embedded.ensure_running()


@contextmanager
def own_server() -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="smmdb-faults-"))
    home.chmod(0o755)  # the server user enters it
    server = Server(home)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(server.socket_dir, ignore_errors=True)


def fill(server: Server, complexes: int) -> None:
    """Make the database FILLED, to be copied: complexes with grids of noise, a tiny network."""
    server.run(f"create database {FILLED}")
    engine = connect(server.url(FILLED))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        spec_id = add_grids(connection, complexes)
        add_network(connection, spec_id, "faulty")
    engine.dispose()


def add_network(connection, spec_id: int, name: str, seed: int = 0) -> int:
    """An untrained network: what it says does not matter here, but every time it says the same."""
    torch.manual_seed(seed)
    network = ResNet3d(ResNet3dConfig(width=4, blocks=(1,)))
    weights, sha256 = to_bytes([network])
    assert hashlib.sha256(weights).hexdigest() == sha256
    return add_version(
        connection,
        name,
        spec_id=spec_id,
        palette=UNIQUE_RGB.name,
        architecture=network.config.to_json(),
        weights=weights,
        weights_sha256=sha256,
        card={"rotations": 1},
        trained_on_synthetic=True,
    )


class Orders:
    """The file that tells workers with the preload `faulty_worker` what to do wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.give()

    @property
    def deaths(self) -> list[Path]:
        """The tickets that workers took to die."""
        return list(self.path.parent.glob("*.death-*"))

    def give(self, **orders: object) -> None:
        for death in self.deaths:
            death.unlink()
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(orders))
        draft.replace(self.path)  # a worker reads all of it or the one before


def ids(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(text("select complex_id from voxel_grid order by 1")))


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(text(f"select count(*) from {table}"))


def audit(engine: Engine, failed: set[int] = frozenset()) -> None:
    """Every complex scored once or, if in *failed*, recorded; all books true; nobody connected."""
    with engine.connect() as connection:
        scored = list(connection.scalars(text("select complex_id from prediction")))
        assert sorted(scored) == sorted(set(scored))
        assert set(scored) | failed == set(ids(engine))
        assert set(scored) & failed == set()
        last = connection.execute(
            text("select status, asked, done, failed, skipped from screening_run order by id desc")
        ).first()
        assert last.status == "done"
        assert last.asked == last.done + last.failed + last.skipped == len(scored) + len(failed)
        assert last.failed == len(failed)
    audit_books(engine)
    wait_until(lambda: sessions(engine) == 0, 10)


def audit_books(engine: Engine) -> None:
    """What closed runs say of themselves is what the tables hold."""
    with engine.connect() as connection:
        wrong = connection.execute(
            text("""
                select r.id, r.status, r.done, r.failed from screening_run r
                where r.done <> (select count(*) from prediction p where p.run_id = r.id)
                    or r.failed <> (select count(*) from prediction_failure f
                        where f.run_id = r.id and not exists (select from prediction p
                            where p.run_id = f.run_id and p.complex_id = f.complex_id))
                    or r.finished_at is null or r.status = 'running'""")
        ).all()
    assert wrong == []


def sessions(engine: Engine) -> int:
    """Connections to this database that are not ours."""
    engine.dispose()
    with engine.connect() as connection:
        return connection.scalar(
            text("""
                select count(*) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                    and backend_type = 'client backend'""")
        )


def children() -> set[int]:
    """Processes below this one that live, without those that Python keeps to start others."""
    helpers = ("resource_tracker", "forkserver")
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            is_helper = child.ppid() == os.getpid() and any(
                helper in word for word in child.cmdline() for helper in helpers
            )
            if child.status() != psutil.STATUS_ZOMBIE and not is_helper:
                found.add(child.pid)
    return found
