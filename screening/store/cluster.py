"""Cluster: the data directory of the embedded server, and the programs that work on it."""

import os
import shutil
from functools import cached_property
from pathlib import Path

from screening.errors import DatabaseError
from screening.store import binaries
from screening.store.server_user import ServerUser

SUPERUSER = "smmdb"

# Written into postgresql.conf once, by initdb, so that an administrator may change them there.
_SETTINGS = {
    "cluster_name": "smmdb",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "log_checkpoints": "off",
    "jit": "off",  # queries are short: compiling costs more than it saves
}


class Cluster:
    """The data directory under one SMMDB_HOME.

    code: names the directory where the server user cannot enter SMMDB_HOME.
    """

    def __init__(self, home: Path, user: ServerUser, code: str) -> None:
        self.place = home / "postgres"
        self.log_file = home / "postgres.log"
        self.user = user
        self._home = home
        self._code = code

    @cached_property
    def bin_dir(self) -> Path:
        """Directory of the PostgreSQL programs that the server user can run."""
        return binaries.bin_dir(self.user)

    def data_dir(self) -> Path | None:
        """The directory of the cluster, or None when there is none yet."""
        data_dir = Path(os.path.realpath(self.place)) / "data"
        if os.path.exists(data_dir):  # noqa: PTH110 - Path.exists raises where we may not look
            return data_dir
        if self.place.is_symlink() and not self.place.exists():
            raise DatabaseError(
                f"The database directory {self.place.readlink()}, to which {self.place} points, is"
                f" gone. Bring it back, or remove {self.place} to begin with an empty database."
            )
        return None

    def make(self) -> Path:
        """Make the cluster beside its place and rename it: a killed initdb leaves no half one."""
        place = self._make_place()
        if (place / "data").exists():
            return place / "data"  # SMMDB_HOME was made anew, the data elsewhere are still there
        half = place / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        settings = [part for item in _SETTINGS.items() for part in ("-c", "=".join(item))]
        self.run(
            "initdb",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *settings,
            data_dir=half,
        )
        return half.rename(place / "data")

    def _make_place(self) -> Path:
        """Make SMMDB_HOME/postgres, or what it points to where the server user cannot go."""
        place = self.place
        try:
            if not place.exists() and not self.user.reaches(self._home):
                binaries.make_system_dir()
                elsewhere = binaries.SYSTEM_DIR / self._code
                elsewhere.mkdir(mode=0o700, exist_ok=True)
                place.symlink_to(elsewhere)
            place.mkdir(mode=0o700, exist_ok=True)
            resolved = place.resolve()
            if self.user.is_demoted and resolved.stat().st_uid == 0:
                os.chown(resolved, self.user.uid, self.user.gid)
        except OSError as error:
            raise DatabaseError(f"Cannot make the database directory {place}: {error}") from error
        self._check_owner(resolved)
        return resolved

    def _check_owner(self, directory: Path) -> None:
        if directory.stat().st_uid != self.user.uid:
            raise DatabaseError(
                f"{directory} belongs to another user than {self.user.name}. Run smmdb as its"
                " owner, or set SMMDB_HOME to another directory."
            )

    def check(self, data_dir: Path) -> None:
        """Raise DatabaseError when *data_dir* is another user's or another major version's."""
        self._check_owner(data_dir)
        found = (data_dir / "PG_VERSION").read_text().strip()
        ours = binaries.major_version()
        if found != ours:
            raise DatabaseError(
                f"{data_dir} was made by PostgreSQL {found}; this installation brings {ours}."
                " Dump it with the old version and restore it, or install that version again."
            )

    def run(self, program: str, *arguments: str, data_dir: Path | None = None) -> None:
        """Run a PostgreSQL program as the server user; DatabaseError shows what it said."""
        data_dir = data_dir or self.data_dir()
        if data_dir is None:
            raise DatabaseError(f"There is no database under {self._home}.")
        with self.log_file.open("ab") as log:
            start = log.tell()
            done = self.user.run([str(self.bin_dir / program), *arguments], data_dir, log)
        if done.returncode != 0:
            with self.log_file.open("rb") as log:
                log.seek(start)
                told = log.read()[-2000:].decode(errors="replace").strip()
            raise DatabaseError(f"{program} failed:\n{told}\nThe log is {self.log_file}.")
