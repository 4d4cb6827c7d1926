"""Records: the lines of a CSV file as cells, before anything is known of their meaning."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from screening.evidence.columns import find_column

_SEPARATORS = (",", ";", "\t")
# A line that some programs write first, for Excel to know the separator.
_STATED = re.compile(r"""\s*"?sep=([^\w\s"']|\t)"?[\s,;]*""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One record and the line where it starts (the first is 1); problem: its quotes are wrong."""

    line: int
    cells: tuple[str, ...] = ()
    problem: str | None = None


def read_records(text: str) -> tuple[str, Record | None, list[Record]]:
    """The separator, the heading (None if there is none) and the records below it.

    Blank lines are left out, and lines above the heading that start with `#`.
    """
    separator = _separator(text)
    records = _records(text, separator)
    return separator, next(records, None), list(records)


def _separator(text: str) -> str:
    """The one that the file states, or under which its heading holds the most known names."""
    for line in text.splitlines():
        if stated := _STATED.fullmatch(line):
            return stated[1]
        bare = line.strip().lstrip('"')
        if bare and not bare.startswith("#"):
            counts = {
                s: sum(find_column(h) is not None for h in _split(line, s)) for s in _SEPARATORS
            }
            # Without any known heading the separator that splits most shows what is there.
            return max(_SEPARATORS, key=lambda s: (counts[s], line.count(s)))
    return _SEPARATORS[0]


def _split(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _records(text: str, separator: str) -> Iterator[Record]:
    at_start, has_heading = True, False

    def lines() -> Iterator[str]:
        nonlocal at_start
        for line in io.StringIO(text, newline=""):
            # Blanked, not dropped: line numbers stay true. Inside a quoted cell a # is text.
            skipped = line.lstrip().startswith("#") or _STATED.fullmatch(line)
            yield "\n" if at_start and not has_heading and skipped else line
            at_start = False

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    while True:
        at_start = True
        line = reader.line_num + 1
        try:
            cells = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"quotes are wrong: {error}"
            if "unexpected end of data" in str(error):
                lost = reader.line_num - line
                problem = f"a quote opens here and never closes: lines below not read: {lost}"
            yield Record(line, problem=problem)
            continue
        # A spreadsheet puts quotes around a comment that holds the separator.
        if any(cells) and (has_heading or not cells[0].startswith("#")):
            has_heading = True
            yield Record(line, cells)
