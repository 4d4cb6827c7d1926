"""FileReading: all that one file of structures gives.

Apart from `reading`, so that the process that stores it loads none of what computes it.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import zstandard

from screening.chemistry.description import Description
from screening.crystal.complex import BlockVerdict, Complex, Rejected
from screening.crystal.source import Source, stem

_COMPRESSOR: Final = zstandard.ZstdCompressor(level=1)  # one for all: making it takes long


@dataclass(frozen=True, slots=True)
class ComplexReading:
    """A complex, what chemistry says of it, and its voxel blob.

    chemistry_key: hash of all that is stored of it but for its grid: two readings that agree in it
    are the same row.
    """

    complex: Complex
    description: Description
    chemistry_key: str
    blob: bytes
    n_clipped: int


@dataclass(frozen=True, slots=True)
class BlockReading:
    """A block's verdict, with one ComplexReading for each complex of an accepted block."""

    verdict: BlockVerdict
    complexes: tuple[ComplexReading, ...]


@dataclass(frozen=True, slots=True)
class FileReading:
    """One file: identity, bytes as read (zstd) and what became of each block.

    sha256: of the bytes; of a file that could not be read, of its name and the reason, so that
    the same bytes are read again when they come again.
    `blocks` is None when the file was known already and not read again.
    """

    name: str
    sha256: str
    n_bytes: int
    content: bytes
    blocks: tuple[BlockReading, ...] | None


def unreadable(source: Source, code: str, reason: str) -> FileReading:
    """A file that ends as one rejected block: its bytes cannot be had, or crash the reader."""
    verdict = BlockVerdict(
        position=0, name=stem(source.file_name), line=None, outcome=Rejected(code, reason)
    )
    digest = hashlib.sha256(f"{source.name}\0{code}\0{reason}".encode()).hexdigest()
    return FileReading(source.name, digest, 0, compress(b""), (BlockReading(verdict, ()),))


def compress(data: bytes) -> bytes:
    """The bytes as a zstd frame."""
    return _COMPRESSOR.compress(data)
