"""Parts: a file of many molecules cut into pieces that are stored and read each by itself."""

import bz2
import gzip
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, Protocol

from screening.crystal.source import DAMAGE, Source, bomb, molecule_format

PART_MOLECULES: Final = 250
PART_BYTES: Final = 2 * 2**20
"""A part ends with the molecule in which it reaches this size, if not before by number."""
MAX_MOLECULE_BYTES: Final = 16 * 2**20
_CHUNK: Final = 2**20

# Where a molecule begins. An xyz frame: at a line that is a whole number, see `molecule.xyz`.
_STARTS: Final = {
    "xyz": re.compile(rb"^[ \t]*\d{1,9}[ \t]*\r?$", re.MULTILINE),
    "mol2": re.compile(rb"^@<TRIPOS>MOLECULE", re.MULTILINE),
    "sdf": re.compile(rb"^\$\$\$\$[^\n]*\n", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Molecules *first* to *last* of a file, from 1, and their bytes."""

    first: int
    last: int
    data: bytes


def open_parts(stream: IO[bytes], name: str, packed: int | None) -> Iterator[Source]:
    """Sources of the molecules of *stream*, unpacked as its name says, cut into parts.

    packed: compressed size, over which a stream that unpacks to too much counts as a bomb; None
    where the caller guards. A file of one part keeps its name; the parts of others are called by
    the numbers of their molecules: `name!000001-000250`. Damage ends the file with a problem;
    what came before it is read.
    """
    kind, compression = molecule_format(name)
    assert kind is not None
    held: _Part | None = None  # the first part's name depends on whether a second one follows
    n_parts = 0
    problem: tuple[str, str] | None = None
    cutter = _Cutter(kind)
    try:
        for chunk in _chunks(_unpacked(stream, compression), packed):
            for part in cutter.feed(chunk):
                if held is not None:
                    yield _source(name, held, alone=False)
                held, n_parts = part, n_parts + 1
    except DAMAGE as error:
        problem = ("bad_archive", f"the file is damaged or cut off: {error}")
    except _TooMuchError as error:
        problem = error.problem
    rest = cutter.rest()
    if held is not None:
        yield _source(name, held, alone=n_parts == 1 and rest is None)
    if rest is not None and (problem is None or problem[0] == "bad_archive"):
        yield _source(name, rest, alone=n_parts == 0)
    elif held is None and problem is None:
        yield Source(name, data=b"")
    if problem is not None:
        yield Source(name, problem=problem)


def count_parts(stream: IO[bytes], name: str) -> int:
    """How many sources `open_parts` will give; reads all of the stream."""
    return sum(1 for _ in open_parts(stream, name, None))


def _source(name: str, part: _Part, *, alone: bool) -> Source:
    label = name if alone else f"{name}!{part.first:06d}-{part.last:06d}"
    return Source(label, data=part.data)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _unpacked(stream: IO[bytes], compression: str | None) -> _Readable:
    if compression == "gz":
        return gzip.open(stream)
    if compression == "xz":
        return lzma.open(stream)
    if compression == "bz2":
        return bz2.open(stream)
    return stream


class _TooMuchError(Exception):
    def __init__(self, problem: tuple[str, str]) -> None:
        self.problem = problem


def _chunks(stream: _Readable, packed: int | None) -> Iterator[bytes]:
    total = 0
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        problem = None if packed is None else bomb(total, packed)
        if problem is not None:
            raise _TooMuchError(problem)
        yield chunk


class _Cutter:
    """Cuts what it is fed where molecules begin; the cuts do not depend on the chunks."""

    def __init__(self, kind: str) -> None:
        self._is_xyz, self._is_sdf = kind == "xyz", kind == "sdf"
        self._start = _STARTS[kind]
        self._buffer = bytearray()
        self._scanned = 0  # up to here the starts are known
        self._comment = -1  # offset of the comment line of the last xyz frame
        self._done = 0  # molecules of the parts given out
        self._starts: list[int] = [0] if self._is_sdf else []

    def feed(self, chunk: bytes) -> Iterator[_Part]:
        """Give out the parts that are complete."""
        self._buffer += chunk
        end = self._buffer.rfind(b"\n") + 1
        self._scan(end)
        while (cut := self._cut()) is not None:
            yield self._take(cut)
        last = self._starts[-1] if self._starts else 0
        if len(self._buffer) - last > MAX_MOLECULE_BYTES:
            what = f"molecule {self._done + len(self._starts)}"
            limit = MAX_MOLECULE_BYTES // 2**20
            raise _TooMuchError(
                ("too_large", f"{what} is more than {limit} MiB of text; the rest is not read")
            )

    def rest(self) -> _Part | None:
        """What is left at the end, if it is not blank."""
        self._scan(len(self._buffer))
        data = bytes(self._buffer)
        while len(self._starts) > 1 and not data[self._starts[-1] :].strip():
            self._starts.pop()
        if not data.strip():
            return None
        return _Part(self._done + 1, self._done + max(1, len(self._starts)), data)

    def _scan(self, end: int) -> None:
        for match in self._start.finditer(self._buffer, self._scanned, end):
            begin = match.end() if self._is_sdf else match.start()
            if self._is_xyz:
                if begin == self._comment:
                    continue
                self._comment = match.end() + 1
            self._starts.append(begin)
        self._scanned = end

    def _cut(self) -> int | None:
        """Index of the start that ends the first part, when it is known."""
        for i in range(1, len(self._starts)):
            if i == PART_MOLECULES or self._starts[i] >= PART_BYTES:
                return i
        return None

    def _take(self, cut: int) -> _Part:
        size = self._starts[cut]
        part = _Part(self._done + 1, self._done + cut, bytes(self._buffer[:size]))
        del self._buffer[:size]
        self._starts = [start - size for start in self._starts[cut:]]
        self._scanned -= size
        self._comment -= size
        self._done += cut
        return part
