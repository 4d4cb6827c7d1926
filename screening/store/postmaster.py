"""Postmaster: the process of a PostgreSQL server, known by its lock file."""

import os
from pathlib import Path


def live_postmaster(lock: Path) -> int | None:
    """The process number in a lock file of PostgreSQL when it is a server, else None.

    A process counts when it is called postgres and is not a zombie: after kill -9 the number
    stays in the lock file, as a zombie where nobody reaps, or as an unrelated process later.
    """
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self").exists() or not _exists(pid) else pid
    return pid if name == "postgres" and not rest.strip().startswith(("Z", "X")) else None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
