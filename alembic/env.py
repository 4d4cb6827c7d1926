"""Run the revisions: one at a time per database, all of a run or none, as the role that owns."""

from alembic import context
from sqlalchemy import Connection, text

from screening.config import load_settings
from screening.schema import Base
from screening.store.engine import connect, database_url
from screening.store.migrate import VERSION_TABLE
from screening.store.roles import OWNER, grant_privileges, prepare_roles
from screening.views import create_views

ADVISORY_LOCK = 0x736D6D6462  # "smmdb"


def run(connection: Connection) -> None:
    """One transaction holds the whole run: a failure half-way leaves the database as it was."""
    with connection.begin():
        prepare_roles(connection)
    with connection.begin():
        # Taken before the timeout is set: a second upgrade waits for the first, then has no work.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        lock_timeout = context.config.attributes.get("lock_timeout", "30s")
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
