"""New file: what a command writes under a name that its user gives."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from screening.errors import InputError


def check_free(path: Path, *, overwrite: bool) -> None:
    """Raise InputError where *path* exists and is not to be overwritten; before any work."""
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists already and is left as it is (--overwrite replaces it)")


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write into; it takes its place at the end, not after a stop.

    Raises InputError where it cannot be made.
    """
    try:
        file = NamedTemporaryFile(  # noqa: SIM115 - closed below, before it takes its place
            dir=path.parent, prefix=path.name, delete=False
        )
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    made = Path(file.name)
    try:
        with file:
            yield file
        mask = os.umask(0)
        os.umask(mask)
        made.chmod(0o666 & ~mask)  # as any file that a program writes
        made.replace(path)
    finally:
        with suppress(FileNotFoundError):
            made.unlink()


def write_new(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file, whole or not at all.

    Raises InputError where *path* exists and is not to be overwritten, or cannot be written.
    """
    check_free(path, overwrite=overwrite)
    try:
        with new_file(path) as file:
            file.write(data)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
