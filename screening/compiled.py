"""Compiled: inner loops, turned into machine code by numba."""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numba

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _hidden(package: str) -> "Iterator[None]":
    """Let imports of *package* fail, unless it is there already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment] # as the import system has it
    try:
        yield
    finally:
        del sys.modules[package]


# numba would look for the BLAS of scipy.linalg, whose import takes longer than all else that a
# first call does; our loops multiply no matrices.
with _hidden("scipy.linalg"):
    import numba.np.arraymath


def compiled(function: Callable[..., Any]) -> Any:
    """Compile *function* at its first call, and keep the code on disk where that is possible."""
    # Workers of a pool each meet this: the cache on disk spares them the seconds of compiling.
    # An install that nobody may write to, with no home either, has no place for a cache.
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)
