"""Sources: the CIF files that folders, files and archives hold."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from screening.crystal.archives import count_members, open_archive
from screening.crystal.source import Source, is_archive, is_wanted, storable, too_large
from screening.errors import InputError


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
            wanted = [name for name in sorted(names) if is_wanted(name)]
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
        members = count_members(path)
        if members is None:
            return None
        total += members
    return total


def open_sources(files: Sequence[Path]) -> Iterator[Source]:
    """One Source a CIF file, archives unpacked member by member in memory, never onto the disk."""
    for path in files:
        name = storable(path.as_posix())
        if is_archive(path):
            yield from open_archive(path, name)
        else:
            yield _source_of_file(path, name)


def _source_of_file(path: Path, name: str) -> Source:
    try:
        size = path.stat().st_size
        if not path.is_file():
            kind = "the folder cannot be read" if path.is_dir() else "not a regular file"
            return Source(name, problem=("unreadable", kind))
    except OSError as error:
        return Source(name, problem=("unreadable", error.strerror or str(error)))
    problem = too_large(size)
    return Source(name, problem=problem) if problem else Source(name, path=path)
