"""Server user: the account that runs the embedded server."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from screening.errors import DatabaseError


@dataclass(frozen=True, slots=True)
class ServerUser:
    """An operating system account; `is_demoted` when root runs the server as somebody else."""

    name: str
    uid: int
    gid: int
    is_demoted: bool

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter the directories above *path* and read *path* itself.

        Judged by mode bits, so that nothing has to be run as the user.
        """
        if not self.is_demoted:
            return True
        resolved = path.resolve()
        if not self._may(resolved.stat(), stat.S_IROTH):
            return False
        return all(self._may(parent.stat(), stat.S_IXOTH) for parent in resolved.parents)

    def _may(self, status: os.stat_result, bit: int) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & (bit << 6))
        if status.st_gid == self.gid:
            return bool(status.st_mode & (bit << 3))
        return bool(status.st_mode & bit)

    def run(
        self, command: Sequence[str], data_dir: Path, output: IO[bytes]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a PostgreSQL program as this user, both its outputs going to *output*.

        The programs read PGDATA, PGPORT and the locale from the environment: they get ours, not
        the caller's. A session of its own keeps the terminal's Ctrl-C away from the server.
        """
        return subprocess.run(  # noqa: S603 - the command is ours, without a shell
            command,
            env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(data_dir)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            user=self.uid if self.is_demoted else None,
            group=self.gid if self.is_demoted else None,
            extra_groups=[] if self.is_demoted else None,
        )


def server_user() -> ServerUser:
    """The caller; for root, whom PostgreSQL refuses, the user `postgres` or else `nobody`."""
    uid = os.geteuid()
    if uid != 0:
        return ServerUser(str(uid), uid, os.getegid(), is_demoted=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, entry.pw_uid, entry.pw_gid, is_demoted=True)
    raise DatabaseError(
        "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as."
        " Run smmdb as an ordinary user, or give a server with SMMDB_DATABASE_URL."
    )
