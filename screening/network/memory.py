"""Memory: keep what the activations of one batch took for the next one."""

import ctypes
import platform
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8


def keep_memory() -> bool:
    """Tell glibc to keep freed memory; True when it does.

    glibc maps every activation anew and gives it back after use, which costs a CPU network a
    third of its speed, and more under the environment that Dask sets. Call before the first
    batch. Other C libraries are left as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = {_M_MMAP_THRESHOLD: 1 << 30, _M_TRIM_THRESHOLD: 2**31 - 1, _M_ARENA_MAX: 1}
    answers = [mallopt(name, value) for name, value in settings.items()]
    return answers == [1, 1, 1]
