"""Archives: the files in them, unpacked in memory under limits, never onto the disk."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from screening.crystal import source as limits
from screening.crystal.parts import open_parts
from screening.crystal.source import (
    DAMAGE,
    Source,
    bomb,
    is_archive,
    is_wanted,
    molecule_format,
    storable,
    too_large,
)

_PADDING_CHUNK: Final = 2**20


def open_archive(path: Path, name: str) -> Iterator[Source]:
    """One Source a CIF member, or part of a member of molecules.

    What is damaged, nested or too much ends as a problem.
    """
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
    """How many sources `open_archive` will give; None when only unpacking could tell."""
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [name for name in archive.namelist() if _is_wanted_member(name)]
            return None if any(molecule_format(name)[0] for name in wanted) else len(wanted)
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
            problem = bomb(member.file_size, member.compress_size) or _too_large(
                member.filename, member.file_size
            )
            if problem is not None:
                yield Source(label, problem=problem)
                continue
            try:
                with archive.open(member) as stream:
                    yield from _sources_of_stream(stream, label, member.compress_size)
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
            problem = bomb(unpacked, packed)
            if problem is not None:
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
            problem = _too_large(member.name, member.size)
            if problem is not None:
                yield Source(label, problem=problem)
                continue
            stream = archive.extractfile(member)
            if stream is not None:
                with stream:
                    yield from _sources_of_stream(stream, label, member.size)
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
    reason = "an archive inside an archive is not opened: take it out, and name it itself"
    return Source(label, problem=("nested_archive", reason))


def _too_large(member: str, size: int) -> tuple[str, str] | None:
    # Files of molecules come in parts, so their size has no limit.
    return None if molecule_format(member)[0] else too_large(size)


def _sources_of_stream(stream: IO[bytes], label: str, packed: int) -> Iterator[Source]:
    if molecule_format(label)[0] is not None:
        yield from open_parts(stream, label, packed)
        return
    # The declared size may lie, so the read itself is bounded too.
    data = stream.read(limits.MAX_FILE_BYTES + 1)
    problem = too_large(len(data))
    yield Source(label, problem=problem) if problem else Source(label, data=data)
