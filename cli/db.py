"""`smmdb db`: the database."""

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.output import Column, Format, output_options, print_rows

if TYPE_CHECKING:
    from screening.database import DatabaseStatus, Role

_ROLE = click.Choice(["analyst", "writer", "owner"])


@click.group(short_help="The database: state, schema, SQL shell.")
def db() -> None:
    """The database: its state, its schema, a SQL shell on it.

    Without SMMDB_DATABASE_URL smmdb runs its own PostgreSQL with the data under
    SMMDB_HOME; every command starts it when it does not run, and it goes on running.
    """


@db.command(short_help="Bring the tables to what this version of smmdb needs.")
def upgrade() -> None:
    """Bring the tables to what this version of smmdb needs; all of it or nothing."""
    from screening.config import load_settings
    from screening.database import upgrade_database

    before, after = upgrade_database(load_settings())
    if before == after:
        click.echo(f"The schema is up to date: {after}.")
    else:
        click.echo(f"The schema is now {after}; it was {before or 'absent'}.")


@db.command(
    short_help="Show where the database is and what it holds.",
    epilog="""\b
Examples:
  smmdb db status
  smmdb db status --format json
""",
)
@output_options
def status(output_format: Format) -> None:
    """Show where the database is, whether it runs, and what it holds; starts nothing."""
    from screening.config import load_settings
    from screening.database import database_status

    seen = database_status(load_settings())
    if output_format == "json":
        click.echo(json.dumps(asdict(seen), indent=2))
        return
    columns = [Column("item", "item"), Column("value", "value", max_width=100)]
    print_rows(_status_rows(seen), columns, output_format)


def _status_rows(seen: "DatabaseStatus") -> list[dict[str, object]]:
    schema = seen.database_schema or "absent"
    if seen.schema_state == "newer":
        schema += f" (newer than this program, which knows {seen.program_schema}: update smmdb)"
    elif seen.schema_state != "current":
        schema += f" (this program needs {seen.program_schema}: smmdb db upgrade)"
    items: dict[str, object] = {
        "database": seen.kind,
        "url": seen.url,
        "running": seen.running,
        "data": seen.data_dir,
        "log": seen.log_file,
    }
    if seen.running:
        items |= {"PostgreSQL": seen.server_version, "schema": schema}
        items["size"] = None if seen.size_bytes is None else f"{seen.size_bytes / 1e6:.1f} MB"
        items |= {f"rows of {table}": f"{count:,}" for table, count in seen.counts.items()}
    return [{"item": item, "value": value} for item, value in items.items() if value is not None]


@db.command(
    short_help="Print the address of the database for other tools.",
    epilog="""\b
Examples:
  psql "$(smmdb db url --role analyst)"
  smmdb db url --role analyst --with-password    for a notebook
""",
)
@click.option("--role", type=_ROLE, help="Act as this role.  [default: as the user of the URL]")
@click.option(
    "--with-password",
    is_flag=True,
    help="Print the password of SMMDB_DATABASE_URL too; without it libpq asks, or reads ~/.pgpass.",
)
def url(role: "Role | None", with_password: bool) -> None:
    """Print the address of the database for psql, notebooks and other tools."""
    from screening.config import load_settings
    from screening.database import shell_url

    click.echo(shell_url(load_settings(), role, with_password=with_password))


@db.command(
    epilog="""\b
Examples:
  smmdb db psql
  smmdb db psql -- -c "select * from candidates where 'Dy' = any (metals)"
"""
)
@click.option(
    "--role",
    type=_ROLE,
    default="analyst",
    show_default=True,
    help="Act as this role; the analyst reads the views and can change nothing.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- PSQL OPTIONS]")
def psql(role: "Role", arguments: tuple[str, ...]) -> None:
    """Open a SQL shell on the views."""
    from screening.config import load_settings
    from screening.database import shell_command

    command, environment = shell_command(load_settings(), role, arguments)
    os.execve(command[0], command, environment)  # noqa: S606 - psql takes over the terminal


@db.command(short_help="Stop the embedded server cleanly.")
def stop() -> None:
    """Stop the embedded server cleanly; the next command starts it again."""
    from screening.config import load_settings
    from screening.database import stop_database

    stopped = stop_database(load_settings())
    click.echo("The server is stopped." if stopped else "The server was not running.")
