"""Source: one CIF file, wherever it lies."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CIF_SUFFIXES: Final = (".cif", ".cif.gz", ".mcif")
ARCHIVE_SUFFIXES: Final = (
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tar.xz",
    ".txz",
)
MAX_FILE_BYTES: Final = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """One CIF file: on disk (path), or taken from an archive (data), or unreadable (problem)."""

    name: str
    path: Path | None = None
    data: bytes | None = None
    problem: tuple[str, str] | None = None  # (rejection code, reason)

    def read(self) -> bytes:
        """The bytes; OSError when the file cannot be read."""
        if self.data is not None:
            return self.data
        if self.path is None:
            return b""
        return self.path.read_bytes()

    @property
    def file_name(self) -> str:
        """The last part of the name: of the file, or of the member of an archive."""
        return self.name.rpartition("!")[2].rpartition("/")[2]


def is_archive(path: Path) -> bool:
    """Whether the name says archive."""
    return path.name.lower().endswith(ARCHIVE_SUFFIXES)


def is_wanted(name: str) -> bool:
    """Whether the name says CIF or archive."""
    return name.lower().endswith(CIF_SUFFIXES + ARCHIVE_SUFFIXES)


def storable(name: str) -> str:
    """File names are bytes; what is not UTF-8 in them, or is NUL, cannot be stored as text."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def too_large(size: int) -> tuple[str, str] | None:
    """The problem of a file of *size* bytes, if it is over the limit."""
    if size <= MAX_FILE_BYTES:
        return None
    limit = MAX_FILE_BYTES // 2**20
    return ("too_large", f"{size / 2**20:,.0f} MiB is more than the limit of {limit} MiB")
