"""Reader server: the process that reading processes are forked from, so that they start at once.

A fresh interpreter: nothing of the command's connections or threads is shared. It loads what reads
while the command still opens its database, and once for all readers. Imports nothing heavy itself.
"""

import multiprocessing
import signal
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from typing import Final

_PRELOADED: Final = ["screening.reading"]


def start_reader_server() -> ForkServerContext:
    """Start the server unless it runs, and do not wait for it; the context that forks from it.

    It ends with this process.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    resource_tracker.ensure_running()  # else the server starts it, which lifts the block below
    # Ctrl-C is for the command, which then ends the others; the server inherits what is blocked.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context
