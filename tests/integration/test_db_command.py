"""`smmdb db`, as a user calls it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from screening.store import migrate
from screening.store.embedded import EmbeddedServer


def smmdb(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        env={**os.environ, "SMMDB_DATABASE_URL": "", **environment},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture
def embedded_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="smmdb-test-"))
    home.chmod(0o755)
    yield home
    server = EmbeddedServer(home)
    server.stop()
    shutil.rmtree(home)
    shutil.rmtree(server.socket_dir, ignore_errors=True)


def test_the_embedded_database_from_nothing_to_stopped(embedded_home: Path) -> None:
    home = str(embedded_home)
    before = json.loads(smmdb("db", "status", "--format", "json", SMMDB_HOME=home).stdout)
    assert (before["kind"], before["running"]) == ("embedded", False)
    assert list(embedded_home.iterdir()) == []

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
    assert smmdb("db", "upgrade", **given).stdout == (
        f"The schema is now {migrate.head()}; it was absent.\n"
    )
    status = smmdb("db", "status", **given).stdout
    assert "external" in status
    assert "s3cret" not in status


def test_the_url_serves_other_programs(database_url: str) -> None:
    url = make_url(database_url).set(password="s3c ret+")
    given = {"SMMDB_DATABASE_URL": url.render_as_string(hide_password=False)}
    plain = smmdb("db", "url", "--role", "writer", **given).stdout.strip()
    assert "s3c" not in plain
    full = smmdb("db", "url", "--role", "analyst", "--with-password", **given).stdout.strip()
    assert ":s3c%20ret%2B@" in full
    psql = Path(EmbeddedServer(Path("/nonexistent")).bin_dir, "psql")
    done = subprocess.run(
        [psql, full, "-Atc", "select current_user"], capture_output=True, check=True, text=True
    )
    assert done.stdout == "smmdb_analyst\n"


def test_a_given_server_is_not_ours_to_stop(database_url: str) -> None:
    done = smmdb("db", "stop", SMMDB_DATABASE_URL=database_url)
    assert done.returncode == 4
    assert "stop it where it runs" in done.stderr
