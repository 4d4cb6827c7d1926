"""The program in this process: what a command prints and how it exits, without its start-up."""

import subprocess

from click.testing import CliRunner

from cli.main import smmdb


def smmdb_here(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` of the program, for commands that start no processes of their own.

    Nor for `db psql`, which becomes another program.
    """
    done = CliRunner().invoke(smmdb, arguments, env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
