"""Embedded server: PostgreSQL on a unix socket, data under SMMDB_HOME, shared by all commands."""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
from sqlalchemy import URL

from screening.errors import DatabaseError
from screening.store import binaries
from screening.store.server_user import ServerUser, server_user

DATABASE = "smmdb"
SUPERUSER = "smmdb"
PORT = 5432
START_SECONDS = 60

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


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What can be seen of the server without starting it."""

    running: bool
    pid: int | None
    data_dir: Path | None
    socket_dir: Path
    log_file: Path


class EmbeddedServer:
    """The PostgreSQL server of one SMMDB_HOME.

    It outlives the command that starts it; every later command finds it by its socket. Only the
    user who runs it may enter the socket directory, which is why connections need no password.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.user: ServerUser = server_user()
        self.log_file = home / "postgres.log"
        self._last_error = ""

    @cached_property
    def bin_dir(self) -> Path:
        """Directory of the PostgreSQL programs that the server user can run."""
        return binaries.bin_dir(self.user)

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database, whether or not the server runs."""
        return URL.create(
            "postgresql+psycopg",
            username=SUPERUSER,
            database=DATABASE,
            query={"host": str(self.socket_dir), "port": str(PORT)},
        ).render_as_string()

    @cached_property
    def socket_dir(self) -> Path:
        """In /tmp whatever SMMDB_HOME is: a socket path may have no more than 107 characters."""
        return Path(f"/tmp/smmdb-{self._digest}")  # noqa: S108 - its owner is checked before use

    @property
    def _socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(f"{self.user.uid}:{self.home.resolve()}".encode()).hexdigest()[:16]

    def ensure_running(self) -> str:
        """Start the server if it does not run, make the database if it is missing.

        Returns:
            the SQLAlchemy URL of the database.

        Raises:
            DatabaseError: the server cannot be started, or not within 60 s.
        """
        if not self._answers():
            with self._lock():
                if not self._answers():  # the command that held the lock may have started it
                    self._start()
        return self.url

    def stop(self) -> bool:
        """Stop the server cleanly; False when it was not running."""
        if not self.home.exists():
            return False
        with self._lock():
            data_dir = self._data_dir()
            if data_dir is None or _live_postmaster(data_dir / "postmaster.pid") is None:
                return False
            self._run("pg_ctl", "stop", "-s", "-w", "-m", "fast", "-t", str(START_SECONDS))
            return True

    def status(self) -> ServerStatus:
        """Look, and change nothing."""
        data_dir = self._data_dir()
        pid = None if data_dir is None else _live_postmaster(data_dir / "postmaster.pid")
        return ServerStatus(pid is not None, pid, data_dir, self.socket_dir, self.log_file)

    def _data_dir(self) -> Path | None:
        """The directory of the cluster, or None when there is none yet."""
        place = self.home / "postgres"
        data_dir = place.resolve() / "data"
        if os.path.exists(data_dir):  # noqa: PTH110 - Path.exists raises where we may not look
            return data_dir
        if place.is_symlink() and not place.exists():
            raise DatabaseError(
                f"The database directory {place.readlink()}, to which {place} points, is gone."
                f" Bring it back, or remove {place} to begin with an empty database."
            )
        return None

    def _answers(self) -> bool:
        """Whether the server of our data accepts connections; makes the database when it does."""
        data_dir = self._data_dir()
        if data_dir is None or _live_postmaster(data_dir / "postmaster.pid") is None:
            return False
        if not os.path.exists(self._socket):  # noqa: PTH110 - as above
            return False
        self._check_socket_dir()
        try:
            with psycopg.connect(
                host=str(self.socket_dir),
                port=PORT,
                user=SUPERUSER,
                dbname="postgres",
                connect_timeout=5,
                autocommit=True,
            ) as connection:
                found = connection.execute(
                    "select 1 from pg_database where datname = %s", [DATABASE]
                ).fetchone()
                if found is None:
                    _create_database(connection)
        except psycopg.OperationalError as error:
            self._last_error = str(error).strip()
            return False
        return True

    def _check_socket_dir(self) -> None:
        """In /tmp anybody may have made this name first, to be taken for our server."""
        status = self.socket_dir.lstat()
        if (
            not stat.S_ISDIR(status.st_mode)
            or status.st_uid != self.user.uid
            or stat.S_IMODE(status.st_mode) != 0o700
        ):
            raise DatabaseError(
                f"{self.socket_dir} is not a private directory of the user {self.user.name}."
                " Remove it, then run the command again."
            )

    def _start(self) -> None:
        data_dir = self._data_dir() or self._initialise()
        self._check_version(data_dir)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.user.is_demoted and self.socket_dir.lstat().st_uid == 0:
            os.chown(self.socket_dir, self.user.uid, self.user.gid, follow_symlinks=False)
        self._check_socket_dir()
        lock = data_dir / "postmaster.pid"
        crashed = lock.exists()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if _live_postmaster(lock) is None:
                self._clear_the_way(lock)
                try:
                    self._launch()
                except DatabaseError:
                    # After a crash the old server's children hold its memory until they notice.
                    if not crashed or time.monotonic() > deadline:
                        raise
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"PostgreSQL did not answer within {START_SECONDS} s: {self._last_error}."
                    f" Its log is {self.log_file}."
                )
            time.sleep(0.1)

    def _launch(self) -> None:
        options = (
            f"-c listen_addresses= -c port={PORT} -c unix_socket_permissions=0700"
            f" -c unix_socket_directories={self.socket_dir}"
        )
        self._run("pg_ctl", "start", "-s", "-w", "-t", str(START_SECONDS), "-o", options)

    def _initialise(self) -> Path:
        """Make the cluster beside its place and rename it: a killed initdb leaves no half one."""
        place = self._make_place()
        if (place / "data").exists():
            return place / "data"  # SMMDB_HOME was made anew, the data elsewhere are still there
        half = place / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        settings = [part for item in _SETTINGS.items() for part in ("-c", "=".join(item))]
        self._run(
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
        place = self.home / "postgres"
        try:
            if not place.exists() and not self.user.reaches(self.home):
                binaries.make_system_dir()
                place.symlink_to(binaries.SYSTEM_DIR / self._digest)
                (binaries.SYSTEM_DIR / self._digest).mkdir(mode=0o700, exist_ok=True)
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

    def _check_version(self, data_dir: Path) -> None:
        self._check_owner(data_dir)
        found = (data_dir / "PG_VERSION").read_text().strip()
        ours = binaries.major_version()
        if found != ours:
            raise DatabaseError(
                f"{data_dir} was made by PostgreSQL {found}; this installation brings {ours}."
                " Dump it with the old version and restore it, or install that version again."
            )

    def _clear_the_way(self, lock: Path) -> None:
        """Remove locks of dead servers: PostgreSQL takes a zombie or a reused number for alive.

        A server that is alive at our socket, but not on our data, is one whose data directory was
        deleted under it: it is ended, since it would stay for another minute.
        """
        socket_lock = Path(f"{self._socket}.lock")
        orphan = _live_postmaster(socket_lock)
        if orphan is not None:
            os.kill(orphan, signal.SIGQUIT)
            while _live_postmaster(socket_lock) is not None:
                time.sleep(0.02)
        for stale in (lock, socket_lock):
            stale.unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str, data_dir: Path | None = None) -> None:
        data_dir = data_dir or self._data_dir()
        if data_dir is None:
            raise DatabaseError(f"There is no database under {self.home}.")
        with self.log_file.open("ab") as log:
            start = log.tell()
            done = self.user.run([str(self.bin_dir / program), *arguments], data_dir, log)
        if done.returncode != 0:
            with self.log_file.open("rb") as log:
                log.seek(start)
                told = log.read()[-2000:].decode(errors="replace").strip()
            raise DatabaseError(f"{program} failed:\n{told}\nThe log is {self.log_file}.")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one command at a time start or stop the server."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            file = (self.home / "postgres.lock").open("ab")
        except OSError as error:
            raise DatabaseError(
                f"Cannot write in {self.home}: {error}. Set SMMDB_HOME to a directory of yours."
            ) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _create_database(connection: psycopg.Connection) -> None:
    try:
        connection.execute(f"create database {DATABASE}")
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return  # another command was first


def _live_postmaster(lock: Path) -> int | None:
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
