"""Sources: the CIF files that folders, files and archives hold."""

import lzma
import os
import tarfile
import zipfile
import zlib
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
_PADDING_CHUNK: Final = 2**20
_RATIO_FREE_BYTES: Final = 2**20  # a small file may pack very well and harm nobody


_DAMAGE: Final = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)


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


def find_files(inputs: Sequence[Path]) -> tuple[list[Path], int]:
    """List the CIF files and archives under *inputs*, sorted; and count the files passed over.

    A file named directly is taken whatever its suffix; linked folders are entered once. A folder
    that cannot be read is listed itself, and ends as unreadable. Raises InputError for a missing
    path.
    """
    found: list[Path] = []
    passed_over = 0
    entered: set[tuple[int, int]] = set()
    for given in inputs:
        if not given.is_dir():
            if not given.exists():
                raise InputError(f"{given}: no such file or folder")
            found.append(given)
            continue
        unreadable: list[OSError] = []
        for folder, folders, names in os.walk(given, onerror=unreadable.append, followlinks=True):
            status = Path(folder).stat()
            if (status.st_dev, status.st_ino) in entered:
                folders.clear()
                continue
            entered.add((status.st_dev, status.st_ino))
            folders.sort()
            wanted = [name for name in sorted(names) if _is_wanted_file(name)]
            found += [Path(folder, name) for name in wanted]
            passed_over += len(names) - len(wanted)
        found += [Path(error.filename) for error in unreadable]
    return found, passed_over


def count_sources(files: Sequence[Path]) -> int | None:
    """How many sources `open_sources` will give; None when only unpacking could tell."""
    total = 0
    for path in files:
        if not is_archive(path):
            total += 1
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                total += sum(_is_wanted_member(name) for name in archive.namelist())
        except _DAMAGE:
            return None
    return total


def open_sources(files: Sequence[Path]) -> Iterator[Source]:
    """One Source a CIF file, archives unpacked member by member in memory, never onto the disk."""
    for path in files:
        name = _storable(path.as_posix())
        if not is_archive(path):
            yield _source_of_file(path, name)
        else:
            try:
                if zipfile.is_zipfile(path):
                    yield from _zip_members(path, name)
                else:
                    yield from _tar_members(path, name)
            except tarfile.ReadError:
                kind = "zip" if path.name.lower().endswith(".zip") else "tar"
                yield Source(name, problem=("bad_archive", f"no {kind} archive, or cut off"))
            except _DAMAGE as error:
                yield Source(name, problem=("bad_archive", f"archive cannot be read: {error}"))


def _storable(name: str) -> str:
    """File names are bytes; what is not UTF-8 in them, or is NUL, cannot be stored as text."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _source_of_file(path: Path, name: str) -> Source:
    try:
        size = path.stat().st_size
        if not path.is_file():
            kind = "the folder cannot be read" if path.is_dir() else "not a regular file"
            return Source(name, problem=("unreadable", kind))
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
            label = f"{name}!{_storable(member.filename)}"
            if member.is_dir() or not _is_wanted_member(member.filename):
                continue
            if is_archive(Path(member.filename)):
                yield _nested(label)
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
            except (*_DAMAGE, NotImplementedError) as error:
                yield Source(label, problem=("bad_archive", f"member cannot be read: {error}"))


def _tar_members(path: Path, name: str) -> Iterator[Source]:
    # The compressed size of a single member is unknown; the packed archive bounds them all.
    packed = path.stat().st_size
    unpacked = 0
    with tarfile.open(path) as archive:
        for member in archive:
            label = f"{name}!{_storable(member.name)}"
            unpacked += member.size
            problem = _size_problem(unpacked, packed)
            if problem is not None and problem[0] == "archive_bomb":
                yield Source(label, problem=problem)
                return
            if not _is_wanted_member(member.name) or member.isdir():
                continue
            if is_archive(Path(member.name)):
                yield _nested(label)
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
        if not _ends_in_zeros(archive):
            reason = "a damaged header hides what follows it in the archive"
            yield Source(name, problem=("bad_archive", reason))


def _ends_in_zeros(archive: tarfile.TarFile) -> bool:
    """Whether nothing but padding follows the last member.

    tarfile takes a damaged header for the end. Reading to the end also makes gzip, bzip2 and xz
    compare their checksums, which raises one of _DAMAGE.
    """
    stream = archive.fileobj
    assert stream is not None
    stream.seek(archive.offset)
    left = MAX_FILE_BYTES
    while left > 0 and (chunk := stream.read(_PADDING_CHUNK)):
        if chunk.strip(b"\0"):
            return False
        left -= len(chunk)
    return True


def _is_wanted_file(name: str) -> bool:
    return name.lower().endswith(CIF_SUFFIXES + ARCHIVE_SUFFIXES)


def _is_wanted_member(member: str) -> bool:
    # macOS adds a shadow file `._x.cif` for every member.
    return _is_wanted_file(member) and not Path(member).name.startswith("._")


def _nested(label: str) -> Source:
    return Source(label, problem=("nested_archive", "an archive inside an archive is not opened"))


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
