"""Nursery: the process that the workers of this machine are forked from; it knows torch by then."""

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import ForkServerContext
from pkgutil import resolve_name
from typing import Any, Final

from screening.errors import ClusterError
from screening.fork_server import start_fork_server

PARENT: Final = "SMMDB_NURSERY_PARENT"
"""Set only while a nursery starts: the process that it is to end with."""
_MODULES: Final = ("screening.inference.worker_imports",)


def open_nursery() -> ForkServerContext:
    """Start the process, unless it runs: it imports what workers need while this one goes on.

    It ends with this process. To be called early, and from a program that imports little itself.
    Where this process has read structures before, workers come from the reader server instead and
    import for themselves (see `fork_server`).
    """
    os.environ[PARENT] = str(os.getpid())
    try:
        return start_fork_server(_MODULES)
    finally:
        del os.environ[PARENT]


def ask(function: str, *arguments: Any) -> Any:
    """What *function* (`module:name`) answers in a process of the nursery, or the error it raises.

    For what only torch knows: importing it here too would take seconds and 200 MiB.

    Raises:
        ClusterError: the process could not be started, or was killed.
    """
    nursery = open_nursery()
    try:
        with ProcessPoolExecutor(1, mp_context=nursery) as process:
            return process.submit(_answer, function, *arguments).result()
    except (OSError, EOFError, BrokenProcessPool) as error:
        raise ClusterError(
            f"no process could be started here for a worker ({error or type(error).__name__});"
            " give the same command again"
        ) from error


def _answer(function: str, *arguments: Any) -> Any:
    return resolve_name(function)(*arguments)
