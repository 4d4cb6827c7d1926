"""Source: one file of structures, or a part of one, wherever it lies."""

import lzma
import os
import re
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CIF_SUFFIXES: Final = (".cif", ".mcif")
PACKINGS: Final = (".gz", ".xz", ".bz2")
"""Endings of compressed files, of crystals and of molecules."""
MOLECULE_KINDS: Final = {
    "xyz": "xyz",
    "extxyz": "xyz",
    "mol2": "mol2",
    "sdf": "sdf",
    "sd": "sdf",
    "mol": "sdf",
}
"""Endings of files of molecules, and the format each means."""
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
MAX_PACKING_RATIO: Final = 200
"""What unpacks to more than this many times its packed size is taken for a bomb."""
_RATIO_FREE_BYTES: Final = 2**20  # a small file may pack very well and harm nobody

_MOLECULE = re.compile(rf"\.({'|'.join(MOLECULE_KINDS)})(?:\.(gz|xz|bz2))?", re.IGNORECASE)
ENDING: Final = (
    rf"[.]({'|'.join([*(end[1:] for end in CIF_SUFFIXES), *MOLECULE_KINDS])})"
    rf"([.]({'|'.join(end[1:] for end in PACKINGS)}))?$|[.][a-z]+$"
)
"""What `stem` takes off, in whatever case; PostgreSQL reads it the same way."""
_ENDING = re.compile(ENDING, re.IGNORECASE)
_PART = re.compile(r"!(\d{6,})-\d{6,}$")

DAMAGE: Final = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)
"""What the libraries that unpack raise for damaged bytes."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: on disk (path), or taken from an archive (data), or unreadable (problem).

    Of a file of many molecules each part is a source, with the numbers of its molecules in the
    name: `many.xyz!000251-000500`.
    """

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

    def size(self) -> int:
        """How many bytes `read` gives; 0 where it gives none."""
        if self.data is not None:
            return len(self.data)
        try:
            return self.path.stat().st_size if self.path is not None else 0
        except OSError:
            return 0

    @property
    def file_name(self) -> str:
        """The last part of the name: of the file, or of the member of an archive."""
        return _PART.sub("", self.name).rpartition("!")[2].rpartition("/")[2]

    @property
    def first(self) -> int:
        """Number of the first molecule in the file, from 1."""
        part = _PART.search(self.name)
        return int(part.group(1)) if part else 1


def stem(file_name: str) -> str:
    """The name of a file without its folders and ending: Dy2.100K of a/Dy2.100K.cif.gz."""
    last = file_name.rpartition("/")[2]
    return _ENDING.sub("", last) or last


def is_archive(path: Path) -> bool:
    """Whether the name says archive."""
    return path.name.lower().endswith(ARCHIVE_SUFFIXES)


def molecule_format(name: str) -> tuple[str | None, str | None]:
    """("xyz", "mol2" or "sdf", compression) by the ending of *name*; (None, None) for others."""
    match = _MOLECULE.search(name)
    if match is None or match.end() != len(name):
        return None, None
    packing = match.group(2)
    return MOLECULE_KINDS[match.group(1).lower()], packing and packing.lower()


def holds_many(path: Path) -> bool:
    """Whether the name says that one file may give many sources."""
    return is_archive(path) or molecule_format(path.name)[0] is not None


def is_wanted(name: str) -> bool:
    """Whether the name says CIF, molecules or archive."""
    lower = name.lower()
    plain = next((lower.removesuffix(end) for end in PACKINGS if lower.endswith(end)), lower)
    is_crystal = plain.endswith(CIF_SUFFIXES) or lower.endswith(ARCHIVE_SUFFIXES)
    return is_crystal or molecule_format(name)[0] is not None


def storable(name: str) -> str:
    """File names are bytes; what is not UTF-8 in them, or is NUL, cannot be stored as text."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def bomb(size: int, packed: int) -> tuple[str, str] | None:
    """The problem of what unpacks to *size* bytes from *packed*, if that is far too many."""
    if size > _RATIO_FREE_BYTES and size > MAX_PACKING_RATIO * max(packed, 1):
        times = f"unpacks to {size / max(packed, 1):,.0f} times its packed size"
        limit = f"the limit is {MAX_PACKING_RATIO}; if that is right, unpack it yourself"
        return ("archive_bomb", f"{times}, {limit}")
    return None


def too_large(size: int) -> tuple[str, str] | None:
    """The problem of a file of *size* bytes, if it is over the limit."""
    if size <= MAX_FILE_BYTES:
        return None
    limit = MAX_FILE_BYTES // 2**20
    return ("too_large", f"{size / 2**20:,.0f} MiB is more than the limit of {limit} MiB")
