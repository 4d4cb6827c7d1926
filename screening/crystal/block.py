"""Text to data blocks: parsing that keeps the good neighbours of a bad block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import cast

import gemmi

from screening.crystal.column import Column, Loop, read_column
from screening.crystal.complaint import complaint, shown, why_no_block
from screening.crystal.embedded import without_embedded
from screening.crystal.mending import mend
from screening.crystal.numbers import number
from screening.crystal.verdict import RefusalError
from screening.crystal.version_2 import without_version_2

_FIRST_MARK = re.compile(r"(;|[ \t]*data_[^\s]*)", re.IGNORECASE)
_MARK = re.compile(rf"\n{_FIRST_MARK.pattern}", re.IGNORECASE)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_NEW_QUOTES = re.compile(r"'''|\"\"\"")
_UNKNOWN = frozenset({"", "?", "."})
_NEWER = "CIF 2.0: lists, tables and texts of several lines in triple quotes are passed over"


@dataclass(slots=True)
class Block:
    """One data block: its values by data name, or what is wrong with its text.

    columns: by data name (lower case, dots of newer dictionaries as underscores); the column of a
    name that stands outside loops has one value. Quotes are taken off; `?` and `.` stay.
    conflicts: names given again with other values; the first one counts.
    preamble: what stands in the file before its first data block. mended: what was no CIF in it.
    """

    name: str
    line: int | None
    problem: RefusalError | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    preamble: str = ""
    mended: tuple[str, ...] = ()
    _read: dict[str, list[str]] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """Return the first known value among *names*, or None."""
        for name in names:
            if (values := self.column(name)) and (value := values[0].strip()) not in _UNKNOWN:
                return value
        return None

    def column(self, *names: str) -> list[str] | None:
        """Return the first column present among *names*, or None."""
        for name in names:
            if name in self.columns:
                if name not in self._read:
                    self._read[name] = read_column(self.columns[name])
                return self._read[name]
        return None


def parse(text: str) -> list[Block]:
    """Split a text into its data blocks; a block that is no CIF carries its problem.

    Raises RefusalError when the text holds no data block at all.
    """
    is_newer = _is_cif2(text) and _NEW_QUOTES.search(text) is not None
    document = _document(text) if not is_newer else None
    is_newer = is_newer or (document is None and _is_cif2(text))
    if is_newer:
        text = without_version_2(text)
        document = _document(text)
    # of one block, as most files hold, only the start of this one is asked for
    starts = list(islice(_starts(text), 1 if document is not None and len(document) == 1 else None))
    blocks = _blocks(document, starts) if document is not None else _salvage(text, starts)
    preamble = text[: starts[0][0]] if starts else ""
    for block in blocks:
        block.preamble = preamble
        if is_newer:
            block.mended = (_NEWER, *block.mended)
    return blocks


def _is_cif2(text: str) -> bool:
    return text.lstrip("\ufeff").startswith("#\\#CIF_2.0")


def _document(text: str) -> gemmi.cif.Document | None:
    """Parse the whole text; None where a part of it is no CIF."""
    if "\0" in text:
        return None
    try:
        return gemmi.cif.read_string(without_embedded(text), 0)
    except (ValueError, RuntimeError):
        return None


def _blocks(document: gemmi.cif.Document, starts: list[tuple[int, int, str]]) -> list[Block]:
    if len(document) == 0:
        raise RefusalError("empty", "the file holds no data block")
    lines: list[int | None] = [line for _, line, _ in starts]
    if len(lines) != len(document):
        lines = [None] * len(document)
    return [_values(b, line) for b, line in zip(document, lines, strict=True)]


def _salvage(text: str, starts: list[tuple[int, int, str]]) -> list[Block]:
    """Parse the pieces of a broken text one by one; each tells its own problem."""
    if not starts:
        if "\0" in text:
            raise RefusalError("nul_bytes", "the file holds NUL bytes and no data block")
        if not text.strip():
            raise RefusalError("empty", "the file is empty")
        raise RefusalError("syntax", why_no_block(text))
    return list(_pieces(text, starts))


def _starts(text: str, *, in_fields: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield (offset, line, name) of each data_ line, outside text fields unless told."""
    inside = False
    line, counted = 1, 0
    for match in _marks(text):
        if match.group(1) == ";":
            inside = not inside
        elif in_fields or not inside:
            start = match.start(1)
            line += text.count("\n", counted, start)
            counted = start
            yield start, line, match.group(1).strip()[len("data_") :]


def _marks(text: str) -> Iterator[re.Match[str]]:
    # a search that begins with a line end is many times faster than one that begins with ^
    if (first := _FIRST_MARK.match(text)) is not None:
        yield first
    yield from _MARK.finditer(text)


def _pieces(text: str, starts: list[tuple[int, int, str]]) -> Iterator[Block]:
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    for (start, line, name), end in zip(starts, ends, strict=True):
        piece = text[start:end]
        block = _parse_piece(piece, line, name)
        inner = list(_starts(piece, in_fields=True)) if block.problem else []
        if len(inner) > 1:  # an open text field swallowed the neighbours: cut at every data_ line
            cuts = [offset for offset, _, _ in inner[1:]] + [len(piece)]
            for (offset, inner_line, inner_name), cut in zip(inner, cuts, strict=True):
                yield _parse_piece(piece[offset:cut], line + inner_line - 1, inner_name)
        else:
            yield block


def _parse_piece(piece: str, line: int, name: str) -> Block:
    if "\0" in piece:
        at = line + piece.count("\n", 0, piece.index("\0"))
        problem = RefusalError("nul_bytes", f"NUL byte in line {at}")
        return Block(shown(name), line, problem)
    try:
        document = gemmi.cif.read_string(piece, 0)
    except (ValueError, RuntimeError):
        return _parse_mended(piece, line, name)
    return _values(document[0], line)


def _parse_mended(piece: str, line: int, name: str) -> Block:
    """Parse what is no CIF with its slips mended; else the block tells its problem."""
    for text, notes in _mended(piece, line):
        try:
            document = gemmi.cif.read_string(text, 0)
        except (ValueError, RuntimeError):
            continue
        block = _values(document[0], line)
        if block.columns:
            block.mended = notes
            return block
    return Block(shown(name), line, RefusalError("syntax", complaint(piece, line)))


def _mended(piece: str, line: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    piece += "\n"  # a name at the very end without one is no CIF
    yield mend(piece, line)
    if not piece.isascii():
        piece = piece.translate(_DASHES)
        text, notes = mend(piece.encode("ascii", "replace").decode("ascii"), line)
        yield text, (*notes, "characters outside ASCII are read as ?")


def _values(parsed: gemmi.cif.Block, line: int | None) -> Block:
    block = Block(shown(parsed.name), line)
    for tag, column in _columns(parsed):
        name = _plain_name(tag)
        known = block.columns.setdefault(name, column)
        if known is not column:
            _add_again(block, name, known, column)
    return block


def _columns(parsed: gemmi.cif.Block) -> Iterator[tuple[str, Column]]:
    for item in parsed:
        if (pair := item.pair) is not None:
            yield cast("tuple[str, str]", pair)  # the stubs say object
        elif (table := item.loop) is not None:
            loop = Loop(table)
            for i, tag in enumerate(loop.tags):
                yield tag, (loop, i)


@lru_cache(maxsize=4096)
def _plain_name(tag: str) -> str:
    return tag.lower().replace(".", "_")


def _add_again(block: Block, name: str, known: Column, column: Column) -> None:
    before, again = read_column(known), read_column(column)
    if before == again:
        return
    if len(before) == len(again) == 1:
        first, second = before[0].strip(), again[0].strip()
        if first in _UNKNOWN:
            block.columns[name] = column
        if first in _UNKNOWN or second in _UNKNOWN or _are_equal(first, second):
            return
    block.conflicts.add(name)


def _are_equal(first: str, second: str) -> bool:
    """Whether two values are one number, with and without its uncertainty."""
    value = number(first)
    return value is not None and value == number(second)
