"""Mending: slips of CIF syntax that leave no doubt what is meant, or that touch nothing asked for.

Files written by hand, or edited after a program wrote them, hold them often: a value with blanks
but without quotes, a quote that is not closed, a broken table of bond lengths.
"""

import re
from dataclasses import dataclass, field
from typing import Final

_MAX_TEXT: Final = 16 * 2**20
"""Characters of a block that are looked through."""
_RESERVED: Final = "$]"
"""Signs with which no value begins that has no quotes."""
_MAX_SLIPS: Final = 30
"""Lines of a block that are mended; a text with more of them is something else."""
_ODD_BLANKS: Final = dict.fromkeys(
    [*range(1, 9), *range(0xB, 0x20), 0x7F, 0x85, 0xA0, 0x200B, 0xFEFF], " "
)
"""Control characters and blanks that are none in a CIF, such as a form feed."""
_CLOSING: Final = {quote: re.compile(rf"{quote}(?=\s|$)") for quote in "'\""}
_WORD: Final = re.compile(r"\S+")
_HEADER: Final = re.compile(r"data_", re.IGNORECASE)
_KEYWORD: Final = re.compile(r"data_|save_|loop_$|stop_$|global_$", re.IGNORECASE)
_NAME: Final = re.compile(r"\s*(?:_\w|loop_\s*$|data_|save_)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?\d*\.\d")
_COORDINATES: Final = 3
_MAX_PASSED: Final = 5
"""Lines of a block that are passed over; more of them are no slip."""


def mend(text: str, line: int) -> tuple[str, tuple[str, ...]]:
    """Return the text of one block with its slips mended, and what was done about each.

    line: of the file, at which the text begins. Every line keeps its number.
    """
    if len(text) > _MAX_TEXT:
        return text, ()
    mender = _Mender(line)
    plain = text.translate(_ODD_BLANKS)
    if plain != text:
        mender.notes.append("control characters and odd blanks are read as blanks")
    try:
        mended = mender.mend(plain)
    except _UnclearError:
        return text, ()
    return mended, tuple(mender.notes)


class _UnclearError(Exception):
    """What is meant cannot be told."""


def quoted(value: str) -> str:
    """Write a value of one line so that it is read as one."""
    for quote, closing in _CLOSING.items():
        if not closing.search(value):
            return f"{quote}{value}{quote}"
    return "'" + value.replace("'", "") + "'"


def _words(text: str) -> list[str]:
    """Values and names of a line, without its comment."""
    found: list[str] = []
    is_closed_later = {"'": True, '"': True}
    at = 0
    while (match := _WORD.search(text, at)) is not None:
        first = text[match.start()]
        if first == "#":
            break
        at = match.end()
        if is_closed_later.get(first):
            closing = _CLOSING[first].search(text, match.start() + 1)
            is_closed_later[first] = closing is not None
            at = closing.end() if closing is not None else at
        found.append(text[match.start() : at])
    return found


@dataclass(slots=True)
class _Loop:
    """A table: the line where it begins, its names, and how many values follow."""

    start: int
    names: list[str] = field(default_factory=list)
    n_values: int = 0

    def is_broken(self) -> bool:
        return bool(self.names) and self.n_values % len(self.names) != 0

    def is_asked_for(self) -> bool:
        """Whether the crystal is in it; what is not may be passed over."""
        return any(is_essential(name) for name in self.names)


_ESSENTIAL: Final = (
    "_cell_length_",
    "_cell_angle_",
    "_symmetry_equiv_pos_",
    "_symmetry_space_group_name_",
    "_symmetry_int_tables_number",
    "_space_group_symop_",
    "_space_group_name_",
    "_space_group_it_number",
    "_atom_site_",
)


def is_essential(name: str) -> bool:
    """Whether the crystal is read from this data name: cell, symmetry, atom sites."""
    plain = name.lower().replace(".", "_")
    return plain.startswith(_ESSENTIAL) and not plain.startswith("_atom_site_aniso_")


class _Mender:
    """Goes through the lines of a block and mends those that need it."""

    def __init__(self, line: int) -> None:
        self.notes: list[str] = []
        self._first = line
        self._lines: list[str] = []
        self._loop: _Loop | None = None
        self._n_waiting = 0  # names that stand alone in their lines, so that values may follow
        self._n_passed = 0
        self._name = ""

    def mend(self, text: str) -> str:
        """Return the text with its slips mended; `notes` says which. Raises _UnclearError."""
        self._lines = text.split("\n")
        opened: int | None = None
        for i, line in enumerate(self._lines):
            if line.startswith(";"):
                opened = i if opened is None else None
                if opened is not None:
                    self._count_value()
            elif opened is None and line.strip():
                self._look_at(i, line)
        if opened is not None:
            self._close(opened)
        self._end_loop(len(self._lines))
        return "\n".join(self._lines)

    def _close(self, opened: int) -> None:
        """Close a text that the end of the block cuts off, if nothing in it looks like a CIF."""
        swallowed = any(_NAME.match(line) for line in self._lines[opened + 1 :])
        is_asked_for = self._loop.is_asked_for() if self._loop else is_essential(self._name)
        if swallowed or is_asked_for:
            raise _UnclearError
        self._lines[-1] += "\n;\n"
        self._note(opened, "a text that is cut off by the end of the block")

    def _note(self, i: int, what: str) -> None:
        if len(self.notes) >= _MAX_SLIPS:
            raise _UnclearError
        self.notes.append(f"line {self._first + i}: {what}")

    def _count_value(self) -> None:
        self._n_waiting = 0
        if self._loop is not None:
            self._loop.n_values += 1

    def _look_at(self, i: int, line: str) -> None:
        words = _words(line)
        if not words:
            return
        if any(_KEYWORD.match(word) for word in words[1:]):
            raise _UnclearError
        if _HEADER.match(words[0]):
            self._end_loop(i)
            if len(words) > 1:
                self._lines[i] = "_".join(words)
                self._note(i, "a name of a block with blanks")
        elif words[0].lower() == "loop_":
            self._end_loop(i)
            self._loop, self._n_waiting = _Loop(i), 0
            self._fill_loop(words[1:])
        elif _KEYWORD.match(words[0]):
            self._end_loop(i)
        elif words[0].startswith("_") and (self._loop is None or self._loop.n_values):
            self._end_loop(i)
            self._look_at_pair(i, line, words)
        elif self._loop is not None:
            self._fill_loop(words)
        elif self._n_waiting == 1:
            self._n_waiting = 0
            self._mend_value(i, line, words, 0)
        else:
            self._pass_over(i, line, words)

    def _pass_over(self, i: int, line: str, words: list[str]) -> None:
        self._n_passed += 1
        # behind a name that matters the line may be more of its value; one of numbers is an atom
        is_atom = sum(_NUMBER.match(word) is not None for word in words) >= _COORDINATES
        is_asked_for = is_atom or is_essential(self._name)
        if self._n_waiting or self._n_passed > _MAX_PASSED or is_asked_for:
            raise _UnclearError
        self._lines[i] = "#" + line
        self._note(i, f"passed over, it is no CIF: {line.strip()[:60]}")

    def _look_at_pair(self, i: int, line: str, words: list[str]) -> None:
        self._name = words[0]
        if len(words) == 1:
            self._n_waiting += 1
            return
        if any(word.startswith("_") for word in words[1:]):
            raise _UnclearError
        self._n_waiting = 0
        self._mend_value(i, line, words[1:], line.index(words[0]) + len(words[0]))

    def _mend_value(self, i: int, line: str, words: list[str], start: int) -> None:
        """Make one value of the *words* of a line, which begin after *start*."""
        first = words[0]
        quote = first[0]
        is_whole = quote not in _CLOSING or (len(first) > 1 and first.endswith(quote))
        if len(words) == 1 and is_whole and quote not in _RESERVED:
            return
        value = " ".join(words)
        if quote not in _CLOSING:
            what = "a value that needs quotes"
        elif not is_whole:
            value, what = (
                line[start:].strip()[1:].rstrip(quote + ",;"),
                "a quote that is not closed",
            )
        elif value.endswith(quote):
            value, what = value[1:-1], "a quote inside a value"
        else:
            value, what = first[1:-1], f"what follows a quote is passed over: {words[1][:40]}"
        self._lines[i] = f"{line[:start]} {quoted(value)}"
        self._note(i, what)

    def _fill_loop(self, words: list[str]) -> None:
        assert self._loop is not None
        for word in words:
            if word.startswith("_") and not self._loop.n_values:
                self._loop.names.append(word)
            else:
                self._loop.n_values += 1

    def _end_loop(self, end: int) -> None:
        """Leave a table out whose values do not fill its columns, if nobody asks for it."""
        loop, self._loop = self._loop, None
        if loop is None or not loop.is_broken() or loop.is_asked_for():
            return
        self._lines[loop.start : end] = [""] * (end - loop.start)
        self._note(
            loop.start,
            f"the table of {loop.names[0]} passed over: {loop.n_values} values do not fill its"
            f" {len(loop.names)} columns",
        )
