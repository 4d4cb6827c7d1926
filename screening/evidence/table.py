"""Table: a CSV of findings as people and spreadsheets write it."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from screening.errors import InputError
from screening.evidence.columns import COLUMNS, Column, find_column, nearest_heading
from screening.evidence.finding import Finding
from screening.evidence.row import RowProblem, read_row
from screening.evidence.swap import find_unit_swaps

_SEPARATORS = (",", ";", "\t")
_TEMPLATE_HINT = "`smmdb label template` writes a table with the right columns"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One usable row: the line where it starts (the first line is 1) and what it states."""

    line: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class FindingTable:
    """What a file holds: usable rows, and every problem with its line and column."""

    rows: tuple[TableRow, ...]
    errors: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]


def read_table(path: Path) -> FindingTable:
    """Read the findings table *path*. Raises InputError where the file as a whole is unusable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return parse_table(decode(content, path.name), path.name)


def decode(content: bytes, name: str) -> str:
    """The text of a table: UTF-8 (with or without mark), UTF-16 with mark, else Latin-1."""
    if content.startswith(b"PK\x03\x04"):
        raise InputError(f"{name} is a spreadsheet or an archive: save the sheet as CSV first")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise InputError(f"{name} is no text file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def parse_table(text: str, name: str) -> FindingTable:
    """Read the text of a findings table; a bad row costs only itself.

    Columns stand in any order, separated by comma, semicolon or tab; lines that start with `#`
    and blank lines are skipped. Raises InputError where the heading is unusable.
    """
    separator = _separator(text, name)
    rows: list[TableRow] = []
    errors: list[RowProblem] = []
    warnings: list[RowProblem] = []
    columns: Sequence[Column | None] | None = None
    for line, cells in _records(text, separator):
        if isinstance(cells, str):
            errors.append(RowProblem(line, None, cells))
        elif columns is None:
            columns = _heading(cells, name)
        elif (problem := _misfit(cells, columns)) is not None:
            errors.append(RowProblem(line, None, problem))
        else:
            named = {c.name: cell for c, cell in zip(columns, cells, strict=False) if c}
            finding, row_errors, row_warnings = read_row(
                line, named, decimal_comma=separator != ","
            )
            errors += row_errors
            warnings += row_warnings
            if finding is not None:
                rows.append(TableRow(line, finding))
    if columns is None:
        raise InputError(f"{name} has no heading; {_TEMPLATE_HINT}")
    warnings += find_unit_swaps([(row.line, row.finding) for row in rows])
    return FindingTable(tuple(rows), tuple(errors), tuple(warnings))


def template() -> str:
    """An empty table whose leading `#` lines explain the columns; it imports as it is."""
    width = max(len(column.name) for column in COLUMNS)
    lines = [
        "# Findings for smmdb: one row is one statement of one paper on one sample.",
        "# Lines that start with # are skipped. Only identifier and behaviour must be filled.",
        "# Leave empty what the paper does not say.",
    ]
    lines += [f"# {column.name:<{width}}  {column.meaning}" for column in COLUMNS]
    lines.append(",".join(column.name for column in COLUMNS))
    return "\n".join(lines) + "\n"


def _separator(text: str, name: str) -> str:
    """The separator under which the first record holds the most known headings."""
    for line in text.splitlines():
        bare = line.strip().lstrip('"')
        if bare and not bare.startswith("#"):
            counts = {
                s: sum(find_column(h) is not None for h in _split(line, s)) for s in _SEPARATORS
            }
            # Without any known heading the separator that splits most shows what is there.
            return max(_SEPARATORS, key=lambda s: (counts[s], line.count(s)))
    raise InputError(f"{name} is empty; {_TEMPLATE_HINT}")


def _split(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the line where it starts: its cells, or what is wrong with its quotes."""
    at_start = True

    def lines() -> Iterator[str]:
        nonlocal at_start
        for line in io.StringIO(text, newline=""):
            # Blanked, not dropped: line numbers stay true. Inside a quoted cell a # is text.
            yield "\n" if at_start and line.lstrip().startswith("#") else line
            at_start = False

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    while True:
        at_start = True
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                yield line, "a quote opens here and never closes: the rest of the file is not read"
            else:
                yield line, f"quotes are wrong: {error}"
            continue
        # A spreadsheet puts quotes around a comment that holds the separator.
        if any(cells) and not cells[0].startswith("#"):
            yield line, cells


def _heading(cells: list[str], name: str) -> Sequence[Column | None]:
    columns = [find_column(cell) if cell else None for cell in cells]
    unknown = [c for c, column in zip(cells, columns, strict=True) if c and column is None]
    if unknown:
        named = ", ".join(_with_hint(heading) for heading in unknown)
        raise InputError(f"{name} has columns that are not known: {named}. {_TEMPLATE_HINT}")
    names = [column.name for column in columns if column]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise InputError(f"{name} has more than one column {', '.join(twice)}")
    if missing := [c.name for c in COLUMNS if c.required and c.name not in names]:
        raise InputError(
            f"{name} has no column {' and no column '.join(missing)}; {_TEMPLATE_HINT}"
        )
    return columns


def _with_hint(heading: str) -> str:
    near = nearest_heading(heading)
    return f"{heading!r} (did you mean {near}?)" if near else repr(heading)


def _misfit(cells: list[str], columns: Sequence[Column | None]) -> str | None:
    """Why the cells do not fit the heading; in a cut row the last value may be cut, too."""
    n_cells, n_columns = len(cells), len(columns)
    if n_cells < n_columns or any(cells[n_columns:]):
        return (
            f"{n_cells} cells under {n_columns} headings; put a cell that holds the separator"
            " in double quotes"
        )
    if any(cell for cell, column in zip(cells, columns, strict=False) if column is None):
        return "a cell under a column without heading"
    return None
