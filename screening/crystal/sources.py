"""Sources: the files of structures that folders, files and archives hold."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from screening.crystal.archives import count_members, open_archive
from screening.crystal.parts import count_parts, open_parts
from screening.crystal.source import (
    Source,
    is_archive,
    is_wanted,
    molecule_format,
    storable,
    too_large,
)
from screening.errors import InputError

_MAX_ENDING: Final = 12
_MAX_COUNTED_BYTES: Final = 64 * 2**20
"""Of one file of molecules: up to here it is worth reading it twice to know how many parts."""


def find_files(inputs: Sequence[Path]) -> tuple[list[Path], Counter[str]]:
    """List the files of structures and archives under *inputs*, sorted; count others by ending.

    A file named directly is taken whatever its suffix; linked folders are entered once. A folder
    that cannot be read is listed itself, and ends as unreadable. Raises InputError for a missing
    path.
    """
    found: list[Path] = []
    passed_over: Counter[str] = Counter()
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
            if len(wanted) < len(names):
                passed_over.update(_ending(name) for name in names if not is_wanted(name))
        found += [Path(error.filename) for error in unreadable]
    return found, passed_over


def _ending(name: str) -> str:
    return storable(Path(name).suffix.lower()[:_MAX_ENDING]) or "no ending"


def count_sources(files: Sequence[Path]) -> int | None:
    """How many sources `open_sources` will give; None when only unpacking could tell."""
    total = 0
    for path in files:
        if is_archive(path):
            number = count_members(path)
        elif molecule_format(path.name)[0] is not None:
            number = _count_in_file(path)
        else:
            number = 1
        if number is None:
            return None
        total += number
    return total


def _count_in_file(path: Path) -> int | None:
    try:
        if path.stat().st_size > _MAX_COUNTED_BYTES:
            return None
        with path.open("rb") as stream:
            return count_parts(stream, path.name)
    except OSError:
        return 1


def open_sources(files: Sequence[Path]) -> Iterator[Source]:
    """One Source a CIF file or part of a file of molecules.

    Archives are unpacked member by member in memory, never onto the disk.
    """
    for path in files:
        name = storable(path.as_posix())
        if is_archive(path):
            yield from open_archive(path, name)
        else:
            yield from _sources_of_file(path, name)


def _sources_of_file(path: Path, name: str) -> Iterator[Source]:
    try:
        size = path.stat().st_size
        if not path.is_file():
            kind = "the folder cannot be read" if path.is_dir() else "not a regular file"
            yield Source(name, problem=("unreadable", kind))
        elif molecule_format(path.name)[0] is not None:
            with path.open("rb") as stream:
                yield from open_parts(stream, name, size)
        elif problem := too_large(size):
            yield Source(name, problem=problem)
        else:
            yield Source(name, path=path)
    except OSError as error:
        yield Source(name, problem=("unreadable", error.strerror or str(error)))
