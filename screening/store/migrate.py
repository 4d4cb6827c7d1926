"""Migrate: bring the schema of a database up with the alembic revisions that ship with smmdb.

Each command looks whether the schema is its own. That needs no alembic, whose import would be a
good part of a command's start.
"""

from __future__ import annotations

import logging
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import Engine, String, column, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from screening.errors import DatabaseError, SchemaVersionError
from screening.schema import Base
from screening.store.roles import OWNER, roles_sql
from screening.views import VIEWS

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

VERSION_TABLE = "smmdb_schema_version"
"""Our own name: other tools that use alembic may share the database."""
_VERSION = table(VERSION_TABLE, column("version_num", String))


def upgrade(engine: Engine, revision: str = "head", *, lock_timeout: str = "30s") -> None:
    """Bring the schema to *revision*, or leave it as it was.

    Raises:
        DatabaseError: another session holds a lock for longer than *lock_timeout*, or the user
            lacks rights.
        SchemaVersionError: the database is newer than this program.
    """
    refuse_newer(current(engine))
    _run(engine, "upgrade", revision, lock_timeout)


def downgrade(engine: Engine, revision: str, *, lock_timeout: str = "30s") -> None:
    """Take the schema, and what the tables hold, back to *revision* (`base`: nothing is left)."""
    _run(engine, "downgrade", revision, lock_timeout)


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None when smmdb was never set up in it."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.scalar(select(_VERSION.c.version_num))


def head() -> str:
    """The newest revision that this program brings: they are numbered, as their files are named."""
    scripts = migrations_dir().joinpath("versions").glob("[0-9]*_*.py")
    revisions = [script.name.partition("_")[0] for script in scripts]
    if not revisions:
        raise DatabaseError(f"There are no migrations in {migrations_dir()}.")
    return max(revisions)


def refuse_newer(revision: str | None) -> None:
    """Raise SchemaVersionError when this program does not know the database's *revision*."""
    if not knows(revision):
        raise SchemaVersionError(
            f"The database is newer than this program: its schema is {revision}, this smmdb knows"
            f" {head()}. Install the smmdb that made it, or a later one."
        )


def knows(revision: str | None) -> bool:
    """Whether this program brings *revision* (None, no schema yet, it knows too)."""
    from alembic.util import CommandError  # noqa: PLC0415 - see above

    if revision is None:
        return True
    try:
        return _scripts().get_revision(revision) is not None
    except CommandError:
        return False


def migrations_dir() -> Path:
    """screening/migrations in an installed wheel, alembic/ beside the package in a checkout."""
    package = Path(str(files("screening")))
    for candidate in (package / "migrations", package.parent / "alembic"):
        if (candidate / "env.py").exists():
            return candidate
    raise DatabaseError("The migrations are missing from this installation. Install smmdb again.")


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    return ScriptDirectory.from_config(_config())


def _run(engine: Engine, verb: str, revision: str, lock_timeout: str) -> None:
    from alembic import command  # noqa: PLC0415 - see above

    config = _config()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        with engine.connect() as connection:
            config.attributes.update(connection=connection, lock_timeout=lock_timeout)
            getattr(command, verb)(config, revision)
    except DBAPIError as error:
        raise _explained(error, engine) from error


_STRANGERS = text("""
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relname = any(:names)
        and pg_get_userbyid(relowner) <> :owner
    order by relname""")


def _strangers(engine: Engine) -> list[str]:
    """What stands in the schema under a name that smmdb needs, and is not smmdb's."""
    names = [*Base.metadata.tables, *VIEWS, VERSION_TABLE]
    with engine.connect() as connection:
        return list(connection.scalars(_STRANGERS, {"names": names, "owner": OWNER}))


def _explained(error: DBAPIError, engine: Engine) -> Exception:
    if isinstance(error.orig, psycopg.errors.LockNotAvailable):
        return DatabaseError(
            "Another session holds a lock on a table of smmdb; the database is unchanged. End that"
            " session (select * from pg_stat_activity), then run again: smmdb db upgrade"
        )
    if isinstance(error.orig, psycopg.ProgrammingError) and (strangers := _strangers(engine)):
        return DatabaseError(
            f"The database has tables or views of somebody else's under names that smmdb needs:"
            f" {', '.join(strangers)}. Give smmdb a database of its own (createdb) and name it in"
            " SMMDB_DATABASE_URL; this one is unchanged."
        )
    if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
        user = engine.url.username or "USER"
        return DatabaseError(
            f"The user {user} may not set smmdb up in this database ({error.orig}). Let an"
            f" administrator run this in it, then run again: smmdb db upgrade\n{roles_sql(user)}"
        )
    return DatabaseError(f"The database refused: {error.orig}")
