"""`smmdb db`, as a user calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import factories as make
import pytest
from command_here import smmdb_here
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from screening.store import migrate
from screening.store.binaries import major_version
from screening.store.embedded import EmbeddedServer
from screening.store.engine import libpq_url


def smmdb(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        env={**os.environ, "SMMDB_DATABASE_URL": "", **environment},
        capture_output=True,
        check=False,
        text=True,
    )


def test_the_embedded_database_from_nothing_to_stopped(embedded_home: Path) -> None:
    home = str(embedded_home)
    before = json.loads(smmdb("db", "status", "--format", "json", SMMDB_HOME=home).stdout)
    assert (before["kind"], before["running"]) == ("embedded", False)
    assert not embedded_home.exists()

    asked = smmdb("db", "psql", "--", "-Atc", "select current_user", SMMDB_HOME=home)
    assert asked.stdout == "smmdb_analyst\n"

    seen = json.loads(smmdb("db", "status", "--format", "json", SMMDB_HOME=home).stdout)
    assert (seen["running"], seen["database_schema"]) == (True, migrate.head())
    assert seen["counts"]["complex"] == 0

    assert "stopped" in smmdb("db", "stop", SMMDB_HOME=home).stdout
    assert not EmbeddedServer(embedded_home).status().running


def test_a_given_server_is_upgraded_and_looked_at(empty_database_url: str) -> None:
    url = make_url(empty_database_url).set(drivername="postgresql", password="s3cret")
    given = {"SMMDB_DATABASE_URL": url.render_as_string(hide_password=False)}
    behind = smmdb("db", "psql", **given)
    assert behind.returncode == 3
    assert behind.stderr.strip().endswith("Run: smmdb db upgrade")
    assert smmdb_here("db", "upgrade", **given).stdout == (
        f"The schema is now {migrate.head()}; it was absent.\n"
    )
    status = smmdb_here("db", "status", **given).stdout
    assert "external" in status
    assert "s3cret" not in status


def test_the_url_serves_other_programs(database_url: str) -> None:
    url = make_url(database_url).set(password="s3c ret+")
    given = {"SMMDB_DATABASE_URL": url.render_as_string(hide_password=False)}
    plain = smmdb_here("db", "url", "--role", "writer", **given).stdout.strip()
    assert "s3c" not in plain
    full = smmdb_here("db", "url", "--role", "analyst", "--with-password", **given).stdout.strip()
    assert ":s3c%20ret%2B@" in full
    psql = Path(EmbeddedServer(Path("/nonexistent")).bin_dir, "psql")
    done = subprocess.run(
        [psql, full, "-Atc", "select current_user"], capture_output=True, check=True, text=True
    )
    assert done.stdout == "smmdb_analyst\n"
    notebook = create_engine(full.replace("postgresql:", "postgresql+psycopg:"))
    with notebook.connect() as connection:
        assert connection.scalar(text("select current_user")) == "smmdb_analyst"
        assert connection.scalar(text("show search_path")) == "public"
    notebook.dispose()


def test_a_given_server_is_not_ours_to_stop(database_url: str) -> None:
    done = smmdb_here("db", "stop", SMMDB_DATABASE_URL=database_url)
    assert done.returncode == 4
    assert "stop it where it runs" in done.stderr


def test_a_backup_is_restored_on_another_database(
    engine: Engine, database_url: str, empty_database_url: str, empty_engine: Engine, tmp_path: Path
) -> None:
    """As docs/database.md says."""
    with engine.begin() as connection:
        server = connection.scalar(text("show server_version")).partition(".")[0]
        if server != major_version():
            pytest.skip(f"pg_restore of this installation is not for PostgreSQL {server}")
        version = make.add_version(connection)
        run = make.add_run(connection, version)
        make.add_prediction(connection, run, make.add_complex(connection), 0.5)
    programs = EmbeddedServer(Path("/nonexistent")).bin_dir
    urls = [libpq_url(make_url(url)) for url in (database_url, empty_database_url)]
    dump = tmp_path / "smmdb.dump"
    subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, urls[0]], check=True)
    migrate.upgrade(empty_engine)
    subprocess.run(
        [
            programs / "pg_restore",
            *("--clean", "--if-exists", "--single-transaction", "-d", urls[1], dump),
        ],
        check=True,
    )
    with empty_engine.connect() as connection:
        connection.execute(text("set role smmdb_analyst"))
        assert connection.execute(text("select identifier, score from candidates")).all() == [
            ("ABCDEF", 0.5)
        ]
        connection.execute(text("reset role"))
        with pytest.raises(DBAPIError, match="never changed"):
            connection.execute(text("delete from prediction"))


SLOW_COMMAND = """
import sys
import click
from cli.main import LazyGroup
from screening.config import load_settings
from screening.store.engine import open_database
from sqlalchemy import text

@click.group(cls=LazyGroup)
def group(): pass

def slow():
    engine = open_database(load_settings())
    with engine.begin() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
        print(pid, flush=True)
        sys.stdin.readline()
        connection.execute(text("select 1"))

LazyGroup.get_command = lambda *_: click.Command("slow", callback=slow)
group(["slow"])
"""


def test_a_server_lost_in_the_middle_is_said_in_a_sentence(
    database_url: str, engine: Engine
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_COMMAND],
        env={**os.environ, "SMMDB_DATABASE_URL": database_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pid = int(process.stdout.readline())
    with engine.begin() as connection:
        connection.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    _, told = process.communicate("go on\n")
    assert process.returncode == 4
    assert told.startswith("Error: The database was lost: ")
    assert "the same command goes on when it is back" in told
    assert told.count("\n") == 1


def test_a_database_ahead_of_the_program_is_no_case_for_an_upgrade(
    engine: Engine, database_url: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text("update smmdb_schema_version set version_num = '9999'"))
    status = smmdb_here("db", "status", SMMDB_DATABASE_URL=database_url).stdout
    assert "9999 (newer than this program" in status
    assert "db upgrade" not in status


def test_secrets_in_the_query_are_not_shown(database_url: str) -> None:
    url = make_url(database_url).update_query_dict({"password": "s3cret", "sslpassword": "s3cret"})
    given = {"SMMDB_DATABASE_URL": url.render_as_string(hide_password=False)}
    for arguments in (["db", "status"], ["db", "url"]):
        done = smmdb_here(*arguments, **given)
        assert done.returncode == 0, done.stderr
        assert "s3cret" not in done.stdout + done.stderr
    assert ":s3cret@" in smmdb_here("db", "url", "--with-password", **given).stdout


@pytest.mark.parametrize("command", ["url", "status", "stop"])
def test_an_impossible_home_is_named(command: str) -> None:
    done = smmdb_here("db", command, SMMDB_DATABASE_URL="", SMMDB_HOME=f"/tmp/{'x' * 300}")
    assert done.returncode == 4
    assert "Set SMMDB_HOME to a directory of yours" in done.stderr
    assert done.stderr.count("\n") == 1
