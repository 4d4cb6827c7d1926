"""Real logins: an analyst, a writer, one without any right, and who may create roles."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_here import smmdb_here
from factories import add_complex, add_grid
from small_crystals import write_findings, write_small_crystals
from sqlalchemy import Engine, make_url, text

from screening.learning.recipe import Recipe
from screening.learning.train import TrainingConfig
from screening.network.resnet3d import ResNet3dConfig
from screening.store.embedded import EmbeddedServer
from screening.store.engine import connect
from screening.train import train


def smmdb(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    starts_processes = arguments[0] in ("ingest", "predict") or arguments[:2] == ("db", "psql")
    if not starts_processes:
        return smmdb_here(*arguments, SMMDB_DATABASE_URL=url)
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        env={**os.environ, "SMMDB_DATABASE_URL": url},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture
def login(engine: Engine) -> Iterator[str]:
    """Name of a user who may connect, and nothing else yet."""
    name = f"anna_{uuid.uuid4().hex}"
    with engine.begin() as connection:
        connection.execute(text(f"create user {name} password 'secret'"))
    yield name
    with engine.begin() as connection:
        connection.execute(text(f"drop user {name}"))


@pytest.fixture
def login_url(login: str, database_url: str) -> str:
    url = make_url(database_url).set(username=login, password="secret")
    return url.render_as_string(hide_password=False)


def grant(engine: Engine, role: str, login: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"grant smmdb_{role} to {login}"))


def test_an_analyst_opens_a_shell_and_looks(engine: Engine, login: str, login_url: str) -> None:
    grant(engine, "analyst", login)
    asked = smmdb(
        login_url, "db", "psql", "--", "-Atc", "select current_user, count(*) from complexes"
    )
    assert asked.stdout == "smmdb_analyst|0\n", asked.stderr
    for arguments in (["db", "url"], ["db", "url", "--role", "analyst"], ["db", "status"]):
        done = smmdb(login_url, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    assert "rows of" not in done.stdout  # those tables are not for this login


def test_a_right_that_is_lacking_is_said_in_a_sentence(
    engine: Engine, login: str, login_url: str
) -> None:
    none = smmdb(login_url, "db", "status")
    grant(engine, "analyst", login)
    ranked = smmdb(login_url, "rank")
    for done in (none, ranked):
        assert done.returncode == 4
        assert done.stderr.startswith("Error: The login lacks a right: permission denied")
        assert done.stderr.count("\n") == 1
    other = smmdb(login_url, "db", "psql", "--role", "writer")
    assert other.returncode == 4
    assert f"grant smmdb_writer to {login}" in other.stderr


def test_a_writer_can_do_all_the_work(
    engine: Engine, login: str, login_url: str, tmp_path: Path
) -> None:
    grant(engine, "writer", login)
    names = write_small_crystals(tmp_path / "cif", 32)
    write_findings(tmp_path / "findings.csv", names[:30])
    paper = tmp_path / "paper.csv"
    paper.write_text(
        "identifier,behaviour,doi,year\n"
        f"{names[30]},smm_zero_field,10.1000/one,\n"
        f"{names[31]},no_signal_observed,10.1000/two,2020\n"
    )
    dated = tmp_path / "dated.csv"
    dated.write_text(
        f"identifier,behaviour,doi,year\n{names[30]},smm_field_induced,10.1000/one,2021\n"
    )
    for arguments in (
        ["ingest", str(tmp_path / "cif"), "--workers", "1"],
        ["label", "import", str(tmp_path / "findings.csv"), "--by", "anna"],
        ["label", "import", str(paper), "--by", "anna"],
        ["label", "import", str(dated), "--by", "anna"],  # the paper gains its year
    ):
        done = smmdb(login_url, *arguments)
        assert done.returncode == 0, done.stderr
    write_small_crystals(tmp_path / "more", 34)
    done = smmdb(login_url, "ingest", str(tmp_path / "more"), "--workers", "1")
    assert done.returncode == 0, done.stderr

    writer = connect(login_url)
    train(
        writer,
        "small",
        synthetic=True,
        recipe=Recipe(
            config=TrainingConfig(epochs=1, seed=1, turns="cube"),  # looks at the stored grids
            network=ResNet3dConfig(width=4, blocks=(1,)),
            rotations=1,
        ),
    )
    writer.dispose()
    with engine.begin() as connection:
        assert connection.scalar(text("select min(year) from publication")) == 2020
        damaged = add_complex(connection, identifier="damaged")
        spec_id = connection.scalar(text("select id from voxel_spec"))
        add_grid(connection, damaged, spec_id, blob=b"not a grid")
    scored = smmdb(login_url, "predict", "--model", "small", "--workers", "1")
    assert scored.returncode == 0, scored.stderr
    assert "done 34 + failed 1" in scored.stdout
    shown = smmdb(login_url, "show", "damaged")
    assert "Could not be scored:" in shown.stdout, shown.stderr
    assert "small:1" in shown.stdout.partition("Could not be scored:")[2]
    assert "Could not be scored" not in smmdb(login_url, "show", names[0]).stdout
    assert smmdb(login_url, "rank").returncode == 0


def test_who_may_create_roles_opens_every_shell(embedded_home: Path) -> None:
    """As docs/server.md says: createuser --createrole, createdb --owner, smmdb db upgrade."""
    given = make_url(EmbeddedServer(embedded_home).ensure_running())
    administrator = connect(given.render_as_string())
    with administrator.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("create user maker createrole"))
        connection.execute(text("create database made owner maker"))
    administrator.dispose()
    url = given.set(username="maker", database="made").render_as_string()
    upgraded = smmdb(url, "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    for role in ("analyst", "writer", "owner"):
        asked = smmdb(url, "db", "psql", "--role", role, "--", "-Atc", "select current_user")
        assert asked.stdout == f"smmdb_{role}\n", asked.stderr


def test_a_table_in_the_users_own_schema_does_not_stand_in_for_ours(
    engine: Engine, login: str, login_url: str
) -> None:
    grant(engine, "writer", login)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {login} authorization {login}"))
        connection.execute(text(f"create table {login}.complexes as select 'mine' as identifier"))
        connection.execute(text(f"grant select on {login}.complexes to {login}, smmdb_writer"))
    try:
        writer = connect(login_url)
        with writer.connect() as connection:
            assert connection.scalar(text("select count(*) from complexes")) == 0
        writer.dispose()
        counted = ["--", "-Atc", "select count(*) from complexes"]
        asked = smmdb(login_url, "db", "psql", "--role", "writer", *counted)
        assert asked.stdout == "0\n", asked.stderr
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"drop schema {login} cascade"))
