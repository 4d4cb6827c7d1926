"""Fork server: the process that others are forked from, so that they start at once.

A fresh interpreter: nothing of the command's connections or threads is shared. It loads modules
while the command goes on, and once for all that are forked. Imports nothing heavy itself.
"""

import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext


def start_fork_server(modules: Sequence[str]) -> ForkServerContext:
    """Start the server unless one runs, and do not wait for it; the context that forks from it.

    modules: what it loads. Python has one server for a process: one that runs already loads nothing
    more, and what is forked imports the rest itself. It ends with this process.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules])
    resource_tracker.ensure_running()  # else the server starts it, which lifts the block below
    # Ctrl-C is for the command, which then ends the others in their order; the server and what is
    # forked from it inherit what is blocked.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context
