"""Run the revisions: one at a time per database, all of a run or none, as the role that owns."""

import logging
import time

from alembic import context
from sqlalchemy import Connection, text

from screening.config import load_settings
from screening.errors import DatabaseError
from screening.schema import Base
from screening.store.engine import connect, database_url
from screening.store.migrate import VERSION_TABLE
from screening.store.roles import OWNER, grant_privileges, prepare_roles
from screening.views import create_views

ADVISORY_LOCK = 0x736D6D6462  # "smmdb"

HOLDERS = """
select string_agg(pid::text, ', ') from pg_locks
where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and (classid::bigint << 32) + objid::bigint = :key
"""


def take_turn(connection: Connection, lock_timeout: str) -> None:
    """Take the advisory lock: a second upgrade waits for the first, then has no work."""
    key = {"key": ADVISORY_LOCK}
    wanted = text("select extract(epoch from cast(:t as interval))")
    seconds = float(connection.execute(wanted, {"t": lock_timeout}).scalar_one())
    end = time.monotonic() + seconds
    told = False
    while not connection.execute(text("select pg_try_advisory_xact_lock(:key)"), key).scalar_one():
        holders = connection.execute(text(HOLDERS), key).scalar_one()
        if time.monotonic() > end:
            raise DatabaseError(
                f"Another session (server process {holders}) has kept its turn to change smmdb's"
                f" schema for {lock_timeout}; the database is unchanged. Let it finish, or end it"
                " (select pg_terminate_backend(...)), then run again: smmdb db upgrade"
            )
        if not told:
            # Without any set-up of logging this goes to standard error.
            logging.getLogger("smmdb").warning(
                "Another session (server process %s) is changing smmdb's schema: waiting up to %s.",
                holders,
                lock_timeout,
            )
            told = True
        time.sleep(0.1)


def run(connection: Connection) -> None:
    """One transaction holds the whole run: a failure half-way leaves the database as it was."""
    with connection.begin():
        prepare_roles(connection)
    with connection.begin():
        lock_timeout = context.config.attributes.get("lock_timeout", "30s")
        take_turn(connection, lock_timeout)
        connection.execute(text("select set_config('lock_timeout', :t, true)"), {"t": lock_timeout})
        connection.execute(text(f"set local role {OWNER}"))
        connection.execute(text("set local search_path = public"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            version_table=VERSION_TABLE,
            compare_server_default=True,
        )
        migrations = context.get_context()
        before = migrations.get_current_heads()
        context.run_migrations()
        after = migrations.get_current_heads()
        if after != before and after == context.get_head_revisions():
            create_views(connection)
            grant_privileges(connection, VERSION_TABLE)


if context.is_offline_mode():
    raise SystemExit("Migrations need a database; SQL scripts (--sql) are not supported.")

given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = connect(database_url(load_settings()))
    with engine.connect() as opened:
        run(opened)
    engine.dispose()
