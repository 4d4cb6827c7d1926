"""Engine: the SQLAlchemy engine of the embedded database or of a given server."""

import os
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from psycopg.pq import Conninfo
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from screening.config import Settings
from screening.errors import DatabaseError, InputError, SchemaVersionError
from screening.store import migrate
from screening.store.embedded import EmbeddedServer
from screening.store.failures import explain

_DRIVER = "postgresql+psycopg"
_SCHEMES = ("postgresql", "postgres", _DRIVER)
_OPTIONS: Final = frozenset(option.keyword.decode() for option in Conninfo.get_defaults())
_LIMITS: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that vanished without a word is noticed within a minute, unless the URL says otherwise;
keepalives mean nothing to a unix socket."""
_SECRETS: Final = ("sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret")


def open_database(settings: Settings) -> Engine:
    """Connect to the database that *settings* name, and make sure that its schema is ours.

    The embedded database is started, and brought up to this program's schema, by itself.

    Raises:
        SchemaVersionError: a given server holds an older, a newer or no smmdb schema.
        DatabaseError: the server cannot be reached or started.
    """
    engine = connect(database_url(settings))
    try:
        _meet_schema(engine, may_upgrade=settings.database_url is None)
    except BaseException:
        engine.dispose()
        raise
    return engine


def database_url(settings: Settings) -> str:
    """The SQLAlchemy URL of the database; starts the embedded server when there is no other.

    The URL may hold a password: hand it to processes, print `printable_url`.
    """
    if settings.database_url is None:
        return EmbeddedServer(settings.home).ensure_running()
    return parse_url(settings.database_url).render_as_string(hide_password=False)


def connect(url: str) -> Engine:
    """An engine on *url* whose connections are never used across a fork."""
    given = make_url(url).query
    engine = create_engine(
        url,
        connect_args={
            **{name: value for name, value in _LIMITS.items() if name not in given},
            "application_name": "smmdb",
            "client_encoding": "utf8",
            # Every statement is planned for the tables as they are: a plan that was kept since
            # they were empty reads them from end to end in a long ingest.
            "prepare_threshold": None,
            "options": session_options(make_url(url)),
        },
        pool_pre_ping=True,
    )
    _guard_against_fork(engine)
    return engine


def parse_url(text: str) -> URL:
    """Read postgresql:// or postgres://; a password may hold any character but an unquoted `?`.

    Raises:
        InputError: it is no such URL, or has an option that PostgreSQL does not know; the message
            does not repeat it, for its password's sake.
    """
    scheme, separator, rest = text.strip().partition("://")
    place, question, query = rest.partition("?")
    user, at, host = place.rpartition("@")
    name, colon, password = user.partition(":")
    clean = f"{_quoted(name)}{colon}{_quoted(password)}{at}{host}{question}{query}"
    if scheme not in _SCHEMES or not separator:
        raise InputError(
            "SMMDB_DATABASE_URL is not a PostgreSQL URL. It looks like"
            " postgresql://user:password@host:5432/database"
        )
    try:
        url = make_url(f"{_DRIVER}://{clean}")
    except (ArgumentError, ValueError):
        raise InputError(
            "SMMDB_DATABASE_URL cannot be read. It looks like"
            " postgresql://user:password@host:5432/database, special characters as %40, %2F, ..."
        ) from None  # the cause would show the password
    unknown = sorted(set(url.query) - _OPTIONS)
    if unknown:
        # An unquoted `?` in the password would show a part of it here.
        named = "" if "@" in query else f": {', '.join(unknown)}"
        raise InputError(
            f"SMMDB_DATABASE_URL has an option that PostgreSQL does not know{named}. Options follow"
            " the `?`, such as ?sslmode=require; a `?` in a password is written %3F."
        )
    return _password_in_its_place(url)


def _password_in_its_place(url: URL) -> URL:
    """A password may also stand in the query: from here on there is one place to hide."""
    given = url.query.get("password")
    if given is None:
        return url
    password = given if isinstance(given, str) else given[-1]
    return url.difference_update_query(["password"]).set(password=password)


def without_secrets(url: URL) -> URL:
    """The URL without its password and without options that are secret too."""
    return url._replace(password=None).difference_update_query(_SECRETS)


def printable_url(url: str) -> str:
    """The URL for people: without the driver's name and with the password hidden."""
    shown = make_url(url).set(drivername="postgresql").difference_update_query(_SECRETS)
    return shown.render_as_string(hide_password=True)


def session_options(url: URL, role: str | None = None) -> str:
    """What libpq calls `options`: those of the URL, the role to act as, and the search path.

    Only `public` is searched: in a schema of the user's own name a stranger's table could stand
    in for one of ours.
    """
    given = url.query.get("options", ())
    options = [given] if isinstance(given, str) else list(given)
    if role is not None:
        options.append(f"-crole={role}")
    return " ".join([*options, "-csearch_path=public"])


def libpq_url(url: URL) -> str:
    """The URL as libpq reads it, password and all: it knows %20 for a blank, but not `+`."""
    user = quote(url.username or "", safe="")
    if url.password is not None:
        user += f":{quote(str(url.password), safe='')}"
    host = f"[{url.host}]" if url.host and ":" in url.host else url.host or ""
    port = f":{url.port}" if url.port else ""
    query = urlencode(url.query, doseq=True, quote_via=quote)
    return (
        f"postgresql://{user}{'@' if user else ''}{host}{port}/{quote(url.database or '')}"
        f"{'?' if query else ''}{query}"
    )


def _quoted(text: str) -> str:
    return quote(unquote(text), safe="")


def current_revision(engine: Engine) -> str | None:
    """The schema's revision, None where there is none; the first thing asked of a database.

    Raises:
        DatabaseError: the server cannot be reached, or the login may not read anything of smmdb.
    """
    try:
        return migrate.current(engine)
    except OperationalError as error:
        # The driver's message names host and user, never the password.
        raise DatabaseError(
            f"Cannot connect to {printable_url(str(engine.url))}: {error.orig}\n"
            "Check that the server runs and that SMMDB_DATABASE_URL is right."
        ) from None
    except DBAPIError as error:
        told = explain(error)
        if told is None:
            raise
        raise told from error


def _meet_schema(engine: Engine, *, may_upgrade: bool) -> None:
    found, head = current_revision(engine), migrate.head()
    if found == head:
        return
    migrate.refuse_newer(found)
    if not may_upgrade:
        raise SchemaVersionError(
            f"The database has {'no smmdb schema' if found is None else f'schema {found}'}, this"
            f" program needs {head}. Run: smmdb db upgrade"
        )
    migrate.upgrade(engine)


def _guard_against_fork(engine: Engine) -> None:
    """Replace a connection that a parent process opened: two processes would mix their answers."""

    @event.listens_for(engine, "connect")
    def remember(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["pid"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def compare(_connection: Any, entry: Any, proxy: Any) -> None:
        if entry.info["pid"] != os.getpid():
            entry.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("the connection belongs to another process")
