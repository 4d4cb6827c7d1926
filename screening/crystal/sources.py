"""Sources: the CIF files that folders, files and archives hold."""

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from screening.errors import InputError

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
MAX_ARCHIVE_RATIO: Final = 200
"""A member that unpacks to more than this many times its packed size is taken for a bomb."""
_RATIO_FREE_BYTES: Final = 2**20  # a small file may pack very well and harm nobody


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
    def fallback_digest(self) -> str:
        """sha256 that stands for a file whose bytes cannot be had: of its name and problem."""
        return hashlib.sha256(f"{self.name}\0{self.problem}".encode()).hexdigest()


def is_archive(path: Path) -> bool:
    """Whether the name says archive."""
    return path.name.lower().endswith(ARCHIVE_SUFFIXES)


def find_files(inputs: Sequence[Path]) -> tuple[list[Path], int]:
    """List the CIF files and archives under *inputs*, sorted; and count the files passed over.

    A file named directly is taken whatever its suffix. Raises InputError for a missing path.
    """
    found: list[Path] = []
    passed_over = 0
    for given in inputs:
        if given.is_dir():
            for folder, folders, names in os.walk(given):
                folders.sort()
                for name in sorted(names):
                    if name.lower().endswith(CIF_SUFFIXES + ARCHIVE_SUFFIXES):
                        found.append(Path(folder, name))
                    else:
                        passed_over += 1
        elif given.exists():
            found.append(given)
        else:
            raise InputError(f"{given}: no such file or folder")
    return found, passed_over


def open_sources(files: Sequence[Path]) -> Iterator[Source]:
    """One Source a CIF file, archives unpacked member by member in memory, never onto the disk."""
    for path in files:
        # File names are bytes; what is not UTF-8 in them cannot be stored as text.
        name = os.fsencode(path.as_posix()).decode("utf-8", "replace")
        if not is_archive(path):
            yield _source_of_file(path, name)
        else:
            try:
                if zipfile.is_zipfile(path):
                    yield from _zip_members(path, name)
                else:
                    yield from _tar_members(path, name)
            except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
                yield Source(name, problem=("bad_archive", f"archive cannot be read: {error}"))


def _source_of_file(path: Path, name: str) -> Source:
    try:
        size = path.stat().st_size
        if not path.is_file():
            return Source(name, problem=("unreadable", "not a regular file"))
    except OSError as error:
        return Source(name, problem=("unreadable", error.strerror or str(error)))
    if size > MAX_FILE_BYTES:
        return Source(name, problem=("too_large", _too_large(size)))
    return Source(name, path=path)


def _too_large(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB is more than the limit of {MAX_FILE_BYTES // 2**20} MiB"


def _zip_members(path: Path, name: str) -> Iterator[Source]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            label = f"{name}!{member.filename}"
            if member.is_dir() or not _wanted(member.filename):
                continue
            if member.flag_bits & 0x1:
                yield Source(label, problem=("encrypted", "the archive member is encrypted"))
                continue
            problem = _size_problem(member.file_size, member.compress_size)
            if problem is not None:
                yield Source(label, problem=problem)
                continue
            try:
                with archive.open(member) as stream:
                    yield _source_of_stream(stream, label)
            except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
                yield Source(label, problem=("bad_archive", f"member cannot be read: {error}"))


def _tar_members(path: Path, name: str) -> Iterator[Source]:
    # The compressed size of a single member is unknown; the packed archive bounds them all.
    packed = path.stat().st_size
    unpacked = 0
    with tarfile.open(path) as archive:
        for member in archive:
            label = f"{name}!{member.name}"
            unpacked += member.size
            problem = _size_problem(unpacked, packed)
            if problem is not None and problem[0] == "archive_bomb":
                yield Source(label, problem=problem)
                return
            if not _wanted(member.name) or member.isdir():
                continue
            if not member.isreg():
                yield Source(label, problem=("not_a_file", "a link or device in the archive"))
                continue
            problem = _size_problem(member.size, member.size)
            if problem is not None:
                yield Source(label, problem=problem)
                continue
            stream = archive.extractfile(member)
            if stream is not None:
                with stream:
                    yield _source_of_stream(stream, label)


def _wanted(member: str) -> bool:
    # macOS adds a shadow file `._x.cif` for every member.
    return member.lower().endswith(CIF_SUFFIXES) and not Path(member).name.startswith("._")


def _size_problem(size: int, packed: int) -> tuple[str, str] | None:
    if size > _RATIO_FREE_BYTES and size > MAX_ARCHIVE_RATIO * max(packed, 1):
        return ("archive_bomb", f"unpacks to {size / max(packed, 1):,.0f} times its packed size")
    if size > MAX_FILE_BYTES:
        return ("too_large", _too_large(size))
    return None


def _source_of_stream(stream: IO[bytes], label: str) -> Source:
    # The declared size may lie, so the read itself is bounded too.
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        return Source(label, problem=("too_large", _too_large(len(data))))
    return Source(label, data=data)
