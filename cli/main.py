"""`smmdb`: the command group; each command's module is imported when it is asked for."""

import importlib
import sys
from typing import Any, Final

import click

from screening import __version__
from screening.errors import SmmdbError

COMMANDS: Final = (
    "demo",
    "ingest",
    "reingest",
    "label",
    "property",
    "train",
    "evaluate",
    "model",
    "predict",
    "run",
    "find",
    "rank",
    "explain",
    "show",
    "db",
)

EPILOG = """\b
Start here:
  smmdb demo                     the whole way on synthetic structures
  smmdb ingest FOLDER            read your CIF files
  smmdb label template my.csv    an empty table for literature findings
\b
Exit codes: 0 done, 1 failed, 2 wrong input or option, 3 database schema is
behind or ahead, 4 database or cluster not reachable, 5 not found, 6 stored
bytes are damaged, 130 stopped with Ctrl-C.
"""


class LazyGroup(click.Group):
    """A group whose commands live in `cli.<name>`, and which turns our errors into exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"cli.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"cli.{cmd_name}.{cmd_name} is no click command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SmmdbError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(
                "Stopped. What was stored is kept; give the same command again to finish.", err=True
            )
            ctx.exit(130)
        except Exception as error:
            told = _explained(error)
            if told is None:
                raise
            click.echo(f"Error: {told}", err=True)
            ctx.exit(told.exit_code)


def _explained(error: Exception) -> SmmdbError | None:
    """What a driver's error means; told by its module, so that --help needs no driver."""
    if type(error).__module__.partition(".")[0] not in ("sqlalchemy", "psycopg"):
        return None
    from screening.store.failures import explain

    return explain(error)


@click.command(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="smmdb")
def smmdb() -> None:
    """From crystal structures and literature findings to molecules worth measuring.

    The database is PostgreSQL: an embedded server that starts by itself, or the
    one that SMMDB_DATABASE_URL names. SMMDB_HOME says where smmdb keeps its own
    things (by default your user data directory).
    """


def main() -> None:
    """Entry point of the `smmdb` program."""
    sys.exit(smmdb(prog_name="smmdb"))


if __name__ == "__main__":
    main()
