"""Opening the database: its schema is checked or brought up, its password is kept."""

import os
import re
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text

from screening.config import Settings
from screening.errors import DatabaseError, SchemaVersionError
from screening.store import engine as engine_module
from screening.store import migrate
from screening.store.engine import connect, open_database

NO_HOME = Path("/nonexistent")


def external(url: str) -> Settings:
    return Settings(home=NO_HOME, database_url=url.replace("postgresql+psycopg", "postgres"))


def test_a_given_database_at_head_is_opened(database_url: str) -> None:
    engine = open_database(external(database_url))
    with engine.connect() as connection:
        assert connection.scalar(text("show application_name")) == "smmdb"
    engine.dispose()


def test_a_given_database_without_a_schema_is_not_touched(
    empty_database_url: str, empty_engine: Engine
) -> None:
    with pytest.raises(SchemaVersionError, match=r"has no smmdb schema.*Run: smmdb db upgrade"):
        open_database(external(empty_database_url))
    assert migrate.current(empty_engine) is None


def test_a_given_database_that_is_behind_is_named(
    empty_database_url: str, empty_engine: Engine
) -> None:
    migrate.upgrade(empty_engine, "0003")
    told = f"has schema 0003, this program needs {migrate.head()}. Run: smmdb db upgrade"
    with pytest.raises(SchemaVersionError, match=re.escape(told)) as caught:
        open_database(external(empty_database_url))
    assert caught.value.exit_code == 3


def test_a_newer_database_is_told_apart(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update smmdb_schema_version set version_num = '9999'"))
    with pytest.raises(SchemaVersionError, match="newer than this program: its schema is 9999"):
        open_database(external(database_url))


def test_an_unreachable_server_is_named_without_the_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database(external("postgresql://me:s3cret%40@127.0.0.1:1/db"))
    assert "127.0.0.1:1" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_embedded_database_is_brought_up_by_itself(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Running:
        def __init__(self, home: Path) -> None:
            assert home == tmp_path

        def ensure_running(self) -> str:
            return empty_database_url

    monkeypatch.setattr(engine_module, "EmbeddedServer", Running)
    engine = open_database(Settings(home=tmp_path, database_url=None))
    assert migrate.current(engine) == migrate.head()
    engine.dispose()


def test_a_password_with_every_special_character_opens_the_door(
    server_url: str, database_url: str
) -> None:
    password = "a%b@c:d/e#f?g h+i"
    administrator = connect(server_url)
    with administrator.begin() as connection:
        connection.execute(
            text(f"create user keeper password '{password.replace(':', chr(92) + ':')}'")
        )
        connection.execute(text("grant smmdb_writer to keeper"))
    url = make_url(database_url).set(username="keeper", password=password)
    engine = open_database(external(url.render_as_string(hide_password=False)))
    try:
        with engine.connect() as connection:
            assert connection.scalar(text("select current_user")) == "keeper"
            assert connection.scalar(text("select count(*) from complex")) == 0
    finally:
        engine.dispose()
        with administrator.begin() as connection:
            connection.execute(text("drop user keeper"))
        administrator.dispose()


def test_no_plan_is_kept(engine: Engine) -> None:
    """A plan that was made for an empty table would serve a long ingest to its end."""
    with engine.connect() as connection:
        for number in range(12):
            assert connection.scalar(text("select cast(:n as int)"), {"n": number}) == number
        assert connection.scalar(text("select count(*) from pg_prepared_statements")) == 0


def test_a_connection_is_not_used_across_a_fork(engine: Engine) -> None:
    query = text("select pg_backend_pid()")
    with engine.connect() as connection:
        parents = connection.scalar(query)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with engine.connect() as connection:
                os.write(write, str(connection.scalar(query)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as pipe:
        childs = int(pipe.read())
    assert childs != parents
    with engine.connect() as connection:
        assert connection.scalar(query) == parents


def test_a_server_that_went_away_is_connected_to_again(engine: Engine, server_url: str) -> None:
    with engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    plain = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as administrator:
        administrator.execute("select pg_terminate_backend(%s, 5000)", [pid])
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
