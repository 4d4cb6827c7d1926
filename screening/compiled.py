"""Compiled: inner loops, turned into machine code by numba."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Any:
    """Compile *function* at its first call, and keep the code on disk where that is possible."""
    # Workers of a pool each meet this: the cache on disk spares them the seconds of compiling.
    # An install that nobody may write to, with no home either, has no place for a cache.
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)
