"""What all tests share: the real structures, and databases made by the migrations."""

import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from screening.store import migrate
from screening.store.embedded import EmbeddedServer
from screening.store.engine import connect, parse_url

REPOSITORY = Path(__file__).resolve().parents[1]

# Each core has a process of tests already: threads beyond that wait for each other, and burn what
# they wait. Programs that tests start inherit it.
THREADS = os.environ.setdefault("OMP_NUM_THREADS", "1")
# xdist asks for 80 signs a line, which tables then keep to.
os.environ.pop("COLUMNS", None)

Filling = Callable[[Engine], None]


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: tests wait half of their time, for a server, a process or a limit."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use, so that `-m 'not database'` needs no manners.

    Those marked `faults` take minutes: they run only where they are asked for.
    """
    if "faults" not in config.option.markexpr:
        long = [item for item in items if item.get_closest_marker("faults")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)
    for item in items:
        fixtures = getattr(item, "fixturenames", [])
        if {"server_url", "embedded_home"} & set(fixtures):
            item.add_marker("database")
        if "shared_data" in fixtures:
            item.add_marker("shared_data")


@pytest.fixture(autouse=True)
def _few_threads() -> Iterator[None]:
    """A Dask worker in this process sets torch's threads, and leaves them so."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(int(THREADS))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real structures and labels, which is no part of the repository."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real structures are not here: {folder} is absent")
    return folder


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """SQLAlchemy URL of a real server: SMMDB_TEST_DATABASE_URL, or an embedded one of our own."""
    given = os.environ.get("SMMDB_TEST_DATABASE_URL")
    if given:
        yield parse_url(given).render_as_string(hide_password=False)
        return
    home = Path(tempfile.mkdtemp(prefix="smmdb-test-"))
    home.chmod(0o755)  # the server user enters it
    server = EmbeddedServer(home)
    try:
        url = server.ensure_running()
        with _administrator(url) as connection:
            # Tests do not survive a crash anyway.
            connection.execute("alter system set fsync = off")
            connection.execute("alter system set autovacuum = off")
            connection.execute("select pg_reload_conf()")
        yield url
    finally:
        pid = server.status().pid
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)  # at once: nothing of it is kept
        while server.status().running:
            time.sleep(0.01)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(server.socket_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    """Name of a database that the migrations made, for copies that take milliseconds."""
    with _new_database(server_url) as url:
        engine = connect(url)
        migrate.upgrade(engine)
        engine.dispose()
        name = make_url(url).database
        assert name is not None
        yield name


@pytest.fixture(scope="module")
def fill_once(server_url: str, template_database: str) -> Iterator[Callable[[Filling], str]]:
    """Makes a migrated database for a module and fills it; gives the name to copy it by."""
    with ExitStack() as stack:

        def make(fill: Filling) -> str:
            url = stack.enter_context(_new_database(server_url, template_database))
            engine = connect(url)
            fill(engine)
            engine.dispose()
            return str(make_url(url).database)

        yield make


@pytest.fixture(scope="module")
def template(template_database: str) -> str:
    """Name of the database that tests get copies of; a module has its own from `fill_once`."""
    return template_database


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """SQLAlchemy URL of a database of this test's own, migrated and maybe filled."""
    with _new_database(server_url, template) as url:
        yield url


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """SQLAlchemy URL of a database in which nothing was ever made."""
    with _new_database(server_url) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a database of this test's own, migrated and maybe filled."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_engine(empty_database_url: str) -> Iterator[Engine]:
    """An engine on a database in which nothing was ever made."""
    engine = connect(empty_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def embedded_home() -> Iterator[Path]:
    """An SMMDB_HOME of this test's own, not there yet, whose path holds a blank."""
    top = Path(tempfile.mkdtemp(prefix="smmdb test "))
    top.chmod(0o755)  # the server user enters it
    home = top / "home"
    server = EmbeddedServer(home)
    yield home
    server.stop()
    shutil.rmtree(server.socket_dir, ignore_errors=True)
    shutil.rmtree(top)


@contextmanager
def _new_database(server_url: str, template: str = "template1") -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with _administrator(server_url) as connection:
        connection.execute(f"create database {name} template {template}")
    try:
        url = make_url(server_url).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with _administrator(server_url) as connection:
            connection.execute(f"drop database {name} with (force)")


def _administrator(url: str) -> psycopg.Connection:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
