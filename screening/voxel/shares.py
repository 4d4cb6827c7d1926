"""Shares: a batch cut into parts that threads work on beside each other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

from screening.errors import InputError

_SHARES_PER_THREAD: Final = 4  # so that a share of large molecules does not keep the others waiting


def in_shares(work: Callable[[int, int], None], n_items: int, threads: int) -> None:
    """Call `work(first, last)` on shares of *n_items* in this many threads; with one, here.

    Raises:
        InputError: for fewer than one thread.
    """
    if threads < 1:
        raise InputError(f"there must be at least one thread, not {threads}")
    if threads == 1:
        work(0, n_items)
        return
    n_shares = min(n_items, threads * _SHARES_PER_THREAD)
    ends = [n_items * share // n_shares for share in range(n_shares + 1)] if n_shares else []
    with ThreadPoolExecutor(threads) as pool:
        # Asked for one by one: an error of a thread is raised here.
        for _ in pool.map(lambda ends: work(*ends), pairwise(ends)):
            pass
