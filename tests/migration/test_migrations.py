"""The revisions on a real server: up, down, twice at once, and against a lock."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url, text

from screening.errors import DatabaseError, SchemaVersionError
from screening.schema import Base
from screening.store import migrate
from screening.store.embedded import EmbeddedServer
from screening.store.engine import connect
from screening.store.roles import roles_sql
from screening.views import VIEWS

REPOSITORY = Path(__file__).resolve().parents[2]

CATALOGUE = {
    "relations": """
        select c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relacl::text,
               obj_description(c.oid, 'pg_class'), pg_get_viewdef(c.oid)
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind <> 't'""",
    "columns": """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attstorage, a.attacl::text, col_description(c.oid, a.attnum),
               pg_get_expr(d.adbin, d.adrelid)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped""",
    "indexes": "select indexdef from pg_indexes where schemaname = 'public'",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace""",
    "triggers": "select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    "functions": """
        select proname, pg_get_functiondef(oid) from pg_proc
        where pronamespace = 'public'::regnamespace""",
    "types": """
        select typname from pg_type t where typnamespace = 'public'::regnamespace
        and typtype in ('e', 'd')""",
}


VERSION_KEY = f"{migrate.VERSION_TABLE}_pkc"


def catalogue(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(query))), key=repr)
            for name, query in CATALOGUE.items()
        }


def revisions() -> list[str]:
    scripts = ScriptDirectory(str(migrate.migrations_dir()))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_base_to_head_gives_what_the_schema_says(engine: Engine) -> None:
    assert migrate.current(engine) == migrate.head()
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": migrate.VERSION_TABLE, "compare_server_default": True},
        )
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("kind", ["constraints", "indexes"])
def test_what_autogenerate_does_not_compare_is_the_same(
    engine: Engine, empty_engine: Engine, kind: str
) -> None:
    """Texts of check constraints and indexes, as the server reads them back."""
    with empty_engine.begin() as connection:
        Base.metadata.create_all(connection)
    ours = {row for row in catalogue(engine)[kind] if migrate.VERSION_TABLE not in str(row)}
    assert ours == set(catalogue(empty_engine)[kind])


def test_each_revision_goes_up_down_and_up_to_the_same(empty_engine: Engine) -> None:
    before = "base"
    for revision in revisions():
        migrate.upgrade(empty_engine, revision)
        once = catalogue(empty_engine)
        migrate.downgrade(empty_engine, before)
        migrate.upgrade(empty_engine, revision)
        assert catalogue(empty_engine) == once, revision
        before = revision


def test_the_way_down_leaves_no_trace(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine)
    migrate.downgrade(empty_engine, "base")
    left = catalogue(empty_engine)
    assert [row[0] for row in left.pop("relations")] == [migrate.VERSION_TABLE, VERSION_KEY]
    assert {row[0] for row in left.pop("columns")} == {migrate.VERSION_TABLE, VERSION_KEY}
    assert {row[0] for row in left.pop("constraints")} == {migrate.VERSION_TABLE}
    assert len(left.pop("indexes")) == 1
    assert all(rows == [] for rows in left.values()), left


def test_views_are_made_again_after_a_step_back(engine: Engine) -> None:
    before = catalogue(engine)
    migrate.downgrade(engine, "0005")
    with engine.connect() as connection:
        assert (
            connection.scalar(text("select count(*) from pg_views where schemaname='public'")) == 0
        )
    migrate.upgrade(engine)
    assert catalogue(engine) == before


def test_everything_belongs_to_the_owner_role(engine: Engine) -> None:
    assert {row[2] for row in catalogue(engine)["relations"]} == {"smmdb_owner"}


def test_every_view_column_that_holds_a_unit_says_it(engine: Engine) -> None:
    described = {(row[0], row[1]): row[7] for row in catalogue(engine)["columns"]}
    for (relation, column), comment in described.items():
        if relation in VIEWS and column.endswith(("_k", "_oe", "_hz", "_s", "distance", "mass")):
            assert comment, f"{relation}.{column}"


def test_compressed_blobs_are_not_compressed_again(engine: Engine) -> None:
    storage = {(row[0], row[1]): row[5] for row in catalogue(engine)["columns"]}
    for column in (
        ("source_file", "content"),
        ("voxel_grid", "blob"),
        ("model_version", "weights"),
    ):
        assert storage[column] in ("e", b"e")


def start_upgrade(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from cli.main import main; main()", "db", "upgrade"],
        env={**os.environ, "SMMDB_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_upgrades_at_once_both_succeed(empty_engine: Engine, empty_database_url: str) -> None:
    processes = [start_upgrade(empty_database_url) for _ in range(2)]
    told = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    assert migrate.current(empty_engine) == migrate.head()


def test_a_lock_stops_the_upgrade_and_nothing_has_changed(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine, "0005")
    before = catalogue(empty_engine)
    with empty_engine.begin() as blocker:
        blocker.execute(text("lock table prediction in row exclusive mode"))
        with pytest.raises(DatabaseError, match="Another session holds a lock"):
            migrate.upgrade(empty_engine, lock_timeout="200ms")
    assert catalogue(empty_engine) == before
    migrate.upgrade(empty_engine)
    assert migrate.current(empty_engine) == migrate.head()


def test_a_killed_upgrade_leaves_nothing_half_done(
    empty_engine: Engine, empty_database_url: str
) -> None:
    migrate.upgrade(empty_engine, "0004")
    before = catalogue(empty_engine)
    with empty_engine.begin() as blocker:
        blocker.execute(text("lock table metric in row exclusive mode"))
        process = start_upgrade(empty_database_url)
        wait_for_blocked(empty_engine)
        process.kill()
        process.communicate()
    assert catalogue(empty_engine) == before
    migrate.upgrade(empty_engine)
    assert migrate.current(empty_engine) == migrate.head()


def test_a_turn_that_never_comes_is_said_at_once_and_has_an_end(
    empty_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with empty_engine.begin() as holder:
        pid = holder.scalar(text("select pg_backend_pid()"))
        holder.execute(text(f"select pg_advisory_xact_lock({0x736D6D6462})"))
        with pytest.raises(DatabaseError, match=rf"server process {pid}\) has kept its turn"):
            migrate.upgrade(empty_engine, lock_timeout="200ms")
        (told,) = [record.getMessage() for record in caplog.records if record.name == "smmdb"]
        assert told.startswith(f"Another session (server process {pid}) is changing smmdb's schema")
    assert migrate.current(empty_engine) is None
    migrate.upgrade(empty_engine)


@pytest.mark.parametrize(
    "made",
    [
        "create table complex (a int)",
        "create table labels (a int)",
        "create view candidates as select 1 as a",
    ],
)
def test_a_strangers_table_is_named_and_left_alone(empty_engine: Engine, made: str) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text(made))
    before = catalogue(empty_engine)
    with pytest.raises(DatabaseError, match=rf"names that smmdb needs: {made.split()[2]}\. Give"):
        migrate.upgrade(empty_engine)
    assert migrate.current(empty_engine) is None
    assert {row[0] for row in before["relations"]} == {made.split()[2]}
    assert catalogue(empty_engine) == before


def wait_for_blocked(engine: Engine) -> None:
    deadline = time.monotonic() + 30
    blocked = text(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        " and datname = current_database()"
    )
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(blocked):
                return
        time.sleep(0.05)
    pytest.fail("the upgrade never came to the lock")


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update smmdb_schema_version set version_num = '9999'"))
    with pytest.raises(SchemaVersionError, match=r"newer than this program.*9999"):
        migrate.upgrade(engine)


@pytest.fixture
def plain_user_engine(server_url: str, empty_database_url: str) -> Iterator[Engine]:
    """An engine on an empty database as a user without any rights beyond connecting."""
    administrator = connect(server_url)
    with administrator.begin() as connection:
        connection.execute(text("""create user "plain user" password 'a%b@c'"""))
    url = make_url(empty_database_url).set(username="plain user", password="a%b@c")
    engine = connect(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    owner = connect(empty_database_url)
    with owner.begin() as connection:
        connection.execute(text("""drop owned by "plain user" """))
        connection.execute(text("""drop user "plain user" """))
    owner.dispose()
    administrator.dispose()


def test_a_user_without_rights_learns_what_the_administrator_has_to_run(
    plain_user_engine: Engine, empty_engine: Engine
) -> None:
    with pytest.raises(DatabaseError) as caught:
        migrate.upgrade(plain_user_engine)
    told = str(caught.value)
    assert roles_sql("plain user") in told
    run_as_administrator(empty_engine, told[told.index("do $$") :])
    migrate.upgrade(plain_user_engine)
    assert {row[2] for row in catalogue(empty_engine)["relations"]} == {"smmdb_owner"}


def test_the_administrators_file_says_the_same() -> None:
    file = (REPOSITORY / "docker" / "roles.sql").read_text()
    commands = "".join(line for line in file.splitlines(True) if not line.startswith("--"))
    assert commands == roles_sql("USER").replace('"USER"', ':"user"')


def test_a_user_who_owns_the_database_and_may_create_roles_needs_nobody(
    embedded_home: Path,
) -> None:
    """On a server of its own, where the roles do not exist yet."""
    url = make_url(EmbeddedServer(embedded_home).ensure_running())
    administrator = connect(url.render_as_string())
    with administrator.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("create user maker createrole"))
        connection.execute(text("create database one owner maker"))
        connection.execute(text("create database two owner maker"))
    administrator.dispose()
    urls = [url.set(username="maker", database=name).render_as_string() for name in ("one", "two")]
    processes = [start_upgrade(url) for url in urls]
    told = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told


def run_as_administrator(engine: Engine, commands: str) -> None:
    with engine.begin() as connection:
        connection.connection.cursor().execute(commands)
