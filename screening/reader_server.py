"""Reader server: the process that reading processes are forked from, so that they start at once.

It loads what reads while the command still opens its database. Imports nothing heavy itself.
"""

from multiprocessing.context import ForkServerContext
from typing import Final

from screening.fork_server import start_fork_server

_MODULES: Final = ("screening.reading",)


def start_reader_server() -> ForkServerContext:
    """Start the server unless it runs; see `fork_server`."""
    return start_fork_server(_MODULES)
