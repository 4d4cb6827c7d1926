"""Record: one molecule as its file writes it."""

import re
from dataclasses import dataclass, field
from typing import Final

from screening.crystal.verdict import RefusalError

MAX_STATED: Final = 100
MAX_VALUE: Final = 1000
_MAX_NAME: Final = 200
_REFCODE = re.compile(r"[A-Z]{6}(?:\d{2})?", re.ASCII)


@dataclass(slots=True)
class Record:
    """One molecule of a file, its text not yet judged.

    line: where it begins, from 1. name: what the file calls it.
    symbols: element as written, one an atom; coordinates: three words an atom, in angstrom.
    labels: of the atoms, where the format has them.
    charge: as stated (e). formula: as stated. stated: all pairs of key and value.
    words: what else the title says.
    """

    line: int
    name: str | None = None
    refcode: str | None = None
    symbols: list[str] = field(default_factory=list)
    coordinates: list[list[str]] = field(default_factory=list)
    labels: tuple[str, ...] | None = None
    charge: int | None = None
    formula: str | None = None
    stated: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_synthetic: bool = False
    problem: RefusalError | None = None

    def state(self, key: str, value: str) -> None:
        """Keep a pair; the first of a key counts. Long or many values are cut, with a note."""
        if key in self.stated:
            return
        if len(self.stated) == MAX_STATED:
            note = f"of the stated values the first {MAX_STATED} are kept"
            if note not in self.notes:
                self.notes.append(note)
            return
        if len(value) > MAX_VALUE:
            self.notes.append(f"the value of {printable(key)} is cut after {MAX_VALUE} characters")
        self.stated[printable(key)] = printable(value, MAX_VALUE)


def printable(text: str, limit: int = _MAX_NAME) -> str:
    """*text* as it is stored: printable, on one line, of bounded length."""
    clean = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return clean if len(clean) <= limit else clean[:limit] + "..."


def as_refcode(text: str | None) -> str | None:
    """*text* if it has the form of a CSD refcode: six capitals, and perhaps two digits."""
    return text if text is not None and _REFCODE.fullmatch(text) else None


def check_no_nul(*texts: str) -> None:
    """Raise RefusalError (nul_bytes) where a text holds a NUL byte, which no text column takes."""
    if any("\0" in text for text in texts):
        raise RefusalError("nul_bytes", "the molecule's text holds NUL bytes")
