"""Archives: their CIF files, unpacked in memory under limits, never onto the disk."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from screening.crystal import source as limits
from screening.crystal.source import Source, is_archive, is_wanted, storable, too_large

MAX_ARCHIVE_RATIO: Final = 200
"""A member that unpacks to more than this many times its packed size is taken for a bomb."""
_PADDING_CHUNK: Final = 2**20
_RATIO_FREE_BYTES: Final = 2**20  # a small file may pack very well and harm nobody

DAMAGE: Final = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)
"""What the archive libraries raise for damaged bytes."""


def open_archive(path: Path, name: str) -> Iterator[Source]:
    """One Source a CIF member; what is damaged, nested or too much ends as a problem."""
    try:
        if zipfile.is_zipfile(path):
            yield from _zip_members(path, name)
        else:
            yield from _tar_members(path, name)
    except tarfile.ReadError:
        kind = "zip" if path.name.lower().endswith(".zip") else "tar"
        yield Source(name, problem=("bad_archive", f"no {kind} archive, or cut off"))
    except DAMAGE as error:
        yield Source(name, problem=("bad_archive", f"archive cannot be read: {error}"))


def count_members(path: Path) -> int | None:
    """How many members `open_archive` will give; None when only unpacking could tell."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(_is_wanted_member(name) for name in archive.namelist())
    except DAMAGE:
        return None


def _zip_members(path: Path, name: str) -> Iterator[Source]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            label = f"{name}!{storable(member.filename)}"
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
            except (*DAMAGE, NotImplementedError) as error:
                yield Source(label, problem=("bad_archive", f"member cannot be read: {error}"))


def _tar_members(path: Path, name: str) -> Iterator[Source]:
    # The compressed size of a single member is unknown; the packed archive bounds them all.
    packed = path.stat().st_size
    unpacked = 0
    with tarfile.open(path) as archive:
        for member in archive:
            label = f"{name}!{storable(member.name)}"
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
    compare their checksums, which raises one of DAMAGE.
    """
    stream = archive.fileobj
    assert stream is not None
    stream.seek(archive.offset)
    left = limits.MAX_FILE_BYTES
    while left > 0 and (chunk := stream.read(_PADDING_CHUNK)):
        if chunk.strip(b"\0"):
            return False
        left -= len(chunk)
    return True


def _is_wanted_member(member: str) -> bool:
    # macOS adds a shadow file `._x.cif` for every member.
    return is_wanted(member) and not Path(member).name.startswith("._")


def _nested(label: str) -> Source:
    return Source(label, problem=("nested_archive", "an archive inside an archive is not opened"))


def _size_problem(size: int, packed: int) -> tuple[str, str] | None:
    if size > _RATIO_FREE_BYTES and size > MAX_ARCHIVE_RATIO * max(packed, 1):
        return ("archive_bomb", f"unpacks to {size / max(packed, 1):,.0f} times its packed size")
    return too_large(size)


def _source_of_stream(stream: IO[bytes], label: str) -> Source:
    # The declared size may lie, so the read itself is bounded too.
    data = stream.read(limits.MAX_FILE_BYTES + 1)
    problem = too_large(len(data))
    return Source(label, problem=problem) if problem else Source(label, data=data)
