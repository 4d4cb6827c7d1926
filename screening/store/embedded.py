"""Embedded server: PostgreSQL on a unix socket, data under SMMDB_HOME, shared by all commands."""

import fcntl
import hashlib
import os
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import URL

from screening.errors import DatabaseError
from screening.store.cluster import SUPERUSER, Cluster
from screening.store.postmaster import live_postmaster
from screening.store.server_user import server_user

DATABASE = "smmdb"
PORT = 5432
START_SECONDS = 60
SOCKET_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What can be seen of the server without starting it."""

    running: bool
    pid: int | None
    data_dir: Path | None
    socket_dir: Path
    log_file: Path | None


class EmbeddedServer:
    """The PostgreSQL server of one SMMDB_HOME.

    It outlives the command that starts it; every later command finds it by its socket. Only the
    user who runs it may enter the socket directory, which is why connections need no password.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.user = server_user()
        # Path.resolve raises where links go round in a circle; the error comes where home is used.
        identity = f"{self.user.uid}:{os.path.realpath(home)}"
        self._code = hashlib.sha256(identity.encode()).hexdigest()[:16]
        self._cluster = Cluster(home, self.user, self._code)
        self._last_error = ""

    @property
    def bin_dir(self) -> Path:
        """Directory of the PostgreSQL programs that the server user can run."""
        return self._cluster.bin_dir

    @property
    def log_file(self) -> Path:
        """Where the server writes its log."""
        return self._cluster.log_file

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database, whether or not the server runs."""
        return URL.create(
            "postgresql+psycopg",
            username=SUPERUSER,
            database=DATABASE,
            query={"host": str(self.socket_dir), "port": str(PORT)},
        ).render_as_string()

    @property
    def socket_dir(self) -> Path:
        """In /tmp whatever SMMDB_HOME is: a socket path may have no more than 107 characters."""
        return Path(f"/tmp/smmdb-{self._code}")  # noqa: S108 - its owner is checked before use

    @property
    def _socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"

    def ensure_running(self) -> str:
        """Start the server if it does not run, make the database if it is missing.

        Returns:
            the SQLAlchemy URL of the database.

        Raises:
            DatabaseError: the server cannot be started, or not within 60 s.
        """
        with self._usable_home():
            if not self._answers():
                with self._lock():
                    if not self._answers():  # the command that held the lock may have started it
                        self._start()
        return self.url

    def stop(self) -> bool:
        """Stop the server cleanly; False when it was not running."""
        with self._usable_home():
            if not self.home.exists():
                return False
            with self._lock():
                data_dir = self._cluster.data_dir()
                if data_dir is None or live_postmaster(data_dir / "postmaster.pid") is None:
                    return False
                self._end()
                return True

    def status(self) -> ServerStatus:
        """Look, and change nothing."""
        with self._usable_home():
            data_dir = self._cluster.data_dir()
            pid = None if data_dir is None else live_postmaster(data_dir / "postmaster.pid")
            log_file = self.log_file if self.log_file.exists() else None
        return ServerStatus(pid is not None, pid, data_dir, self.socket_dir, log_file)

    def _answers(self) -> bool:
        """Whether the server of our data accepts connections; makes the database when it does."""
        data_dir = self._cluster.data_dir()
        if data_dir is None or live_postmaster(data_dir / "postmaster.pid") is None:
            return False
        if not os.path.exists(self._socket):  # noqa: PTH110 - Path.exists raises on a stranger's
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
        data_dir = self._cluster.data_dir() or self._cluster.make()
        self._cluster.check(data_dir)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.user.is_demoted and self.socket_dir.lstat().st_uid == 0:
            os.chown(self.socket_dir, self.user.uid, self.user.gid, follow_symlinks=False)
        self._check_socket_dir()
        lock = data_dir / "postmaster.pid"
        if self._is_cut_off(lock):
            self._end()
        crashed = lock.exists()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if live_postmaster(lock) is None:
                self._clear_the_way(lock)
                try:
                    self._launch()
                except DatabaseError:
                    # After a crash the old server's children hold its memory until they notice.
                    if not crashed or time.monotonic() > deadline:
                        raise
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"PostgreSQL did not answer within {START_SECONDS} s:"
                    f" {self._last_error or 'it opened no socket'}. Its log is {self.log_file}."
                )
            time.sleep(0.1)

    def _is_cut_off(self, lock: Path) -> bool:
        """Whether the server lives without a socket: whoever cleans /tmp may have removed it.

        One that was just started opens its socket within moments.
        """
        end = time.monotonic() + SOCKET_SECONDS
        while live_postmaster(lock) is not None and not self._socket.exists():
            if time.monotonic() > end:
                return True
            time.sleep(0.05)
        return False

    def _end(self) -> None:
        self._cluster.run("pg_ctl", "stop", "-s", "-w", "-m", "fast", "-t", str(START_SECONDS))

    def _launch(self) -> None:
        options = (
            f"-c listen_addresses= -c port={PORT} -c unix_socket_permissions=0700"
            f" -c unix_socket_directories={self.socket_dir}"
        )
        self._cluster.run("pg_ctl", "start", "-s", "-w", "-t", str(START_SECONDS), "-o", options)

    def _clear_the_way(self, lock: Path) -> None:
        """Remove locks of dead servers: PostgreSQL takes a zombie or a reused number for alive.

        A server that is alive at our socket, but not on our data, is one whose data directory was
        deleted under it: it is ended, since it would stay for another minute.
        """
        socket_lock = Path(f"{self._socket}.lock")
        orphan = live_postmaster(socket_lock)
        if orphan is not None:
            os.kill(orphan, signal.SIGQUIT)
            while live_postmaster(socket_lock) is not None:
                time.sleep(0.02)
        for stale in (lock, socket_lock):
            stale.unlink(missing_ok=True)

    @contextmanager
    def _usable_home(self) -> Iterator[None]:
        """A home that is unreadable, another user's or impossible is the user's to change."""
        try:
            yield
        except OSError as error:
            raise DatabaseError(
                f"Cannot use {self.home} for the database: {error}. Set SMMDB_HOME to a directory"
                " of yours."
            ) from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one command at a time start or stop the server."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "postgres.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _create_database(connection: psycopg.Connection) -> None:
    try:
        connection.execute(f"create database {DATABASE}")
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return  # another command was first
