"""Table: findings as people and spreadsheets write them: CSV, XLSX or JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from screening.errors import InputError
from screening.evidence.cells import DecimalMark, has_decimal_comma, is_guarded, printable
from screening.evidence.columns import COLUMNS, Column, NumberColumn, find_column
from screening.evidence.finding import Finding
from screening.evidence.heading import TEMPLATE_HINT, read_heading
from screening.evidence.json_rows import read_json
from screening.evidence.mapping import Mapping as ColumnMapping
from screening.evidence.records import Record, read_records
from screening.evidence.row import RowProblem, read_row
from screening.evidence.spreadsheet import read_sheet
from screening.evidence.swap import find_unit_swaps

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One usable row: the line where it starts (the first line is 1) and what it states.

    given: its filled cells as they stood in the file, by the headings of the file.
    """

    line: int
    finding: Finding
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FindingTable:
    """What a file holds: usable rows, and every problem with its line and column.

    refused: the identifier of each line with an error, None where its cells hold none. sheet: of
    the workbook that it comes from.
    """

    rows: tuple[TableRow, ...]
    errors: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    refused: Mapping[int, str | None] = field(default_factory=dict)
    sheet: str | None = None


def read_table(
    path: Path, *, sheet: str | None = None, mapping: ColumnMapping | None = None
) -> FindingTable:
    """Read the findings table *path*: CSV, XLSX (told by its first bytes) or `.json`.

    sheet: of a workbook. mapping: where the table has other headings. Raises InputError where the
    file as a whole is unusable.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if content.startswith(_ZIP):
        title, heading, records = read_sheet(content, path.name, sheet)
        table = _parse(path.name, heading, records, separator=None, mapping=mapping)
        return replace(table, sheet=title)
    if sheet is not None:
        raise InputError(f"{path.name} is no workbook: it has no sheet {sheet!r}")
    text = decode(content, path.name)
    if path.suffix.lower() == ".json":
        heading, records = read_json(text, path.name)
        return _parse(path.name, heading, records, separator=None, mapping=mapping)
    return parse_table(text, path.name, mapping=mapping)


def decode(content: bytes, name: str) -> str:
    """The text of a table: UTF-8 (with or without mark), UTF-16 with mark, else Windows-1252."""
    if content.startswith(_OLD_EXCEL):
        raise InputError(f"{name} is an old Excel workbook (.xls): save it as .xlsx or CSV")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    what = "XLSX workbook" if name.lower().endswith(".xlsx") else "text file"
    if b"\0" in content:
        raise InputError(f"{name} is no {what}")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")  # five bytes mean nothing in Windows-1252


def parse_table(text: str, name: str, *, mapping: ColumnMapping | None = None) -> FindingTable:
    """Read the text of a findings table; a bad row costs only itself.

    Columns stand in any order, separated by comma, semicolon or tab; blank lines, and lines above
    the heading that start with `#`, are skipped. Raises InputError where the heading is unusable.
    """
    separator, heading, records = read_records(text)
    return _parse(name, heading, records, separator=separator, mapping=mapping)


def _parse(
    name: str,
    heading: Record | None,
    records: Sequence[Record],
    *,
    separator: str | None,
    mapping: ColumnMapping | None,
) -> FindingTable:
    """Findings from records; separator: what stands between cells, None where numbers are typed."""
    if heading is None:
        raise InputError(f"{name} has no heading; {TEMPLATE_HINT}")
    if heading.problem:
        raise InputError(f"{name}, line {heading.line}: {heading.problem}; {TEMPLATE_HINT}")
    given = [_given(heading.cells, record.cells) for record in records]
    cells = heading.cells
    if mapping is not None:
        cells = mapping.heading(heading.cells, name)
        records = [
            _mapped(record, row, heading.cells, mapping)
            for record, row in zip(records, given, strict=True)
        ]
    columns = read_heading(cells, name)
    mark = DecimalMark.POINT if separator is None else _decimal_mark(separator, columns, records)
    rows: list[TableRow] = []
    errors: list[RowProblem] = []
    warnings: list[RowProblem] = []
    for record, row in zip(records, given, strict=True):
        problem = record.problem or _misfit(record.cells, columns)
        if problem:
            errors.append(RowProblem(record.line, None, problem))
            continue
        named = {
            column.name: cell[1:] if is_guarded(cell) else cell
            for column, cell in zip(columns, record.cells, strict=False)
            if column
        }
        finding, row_errors, row_warnings = read_row(record.line, named, mark)
        errors += row_errors
        warnings += row_warnings
        if finding is not None:
            rows.append(TableRow(record.line, finding, row))
    warnings += find_unit_swaps([(row.line, row.finding) for row in rows])
    warnings += _find_repetitions(rows)
    wrong = {error.line for error in errors}
    refused = {
        record.line: _identifier(row, mapping)
        for record, row in zip(records, given, strict=True)
        if record.line in wrong
    }
    return FindingTable(tuple(rows), tuple(errors), tuple(warnings), refused)


def _identifier(given: Mapping[str, str], mapping: ColumnMapping | None) -> str | None:
    """What a row calls its compound: its identifier, or else its formula."""
    named = {}
    for heading, cell in given.items():
        column = find_column(heading)
        if column is not None:
            named[column.name] = cell[1:] if is_guarded(cell) else cell
    if mapping is not None:
        named = {ours: given.get(theirs, "") for ours, theirs in mapping.columns.items()}
    return named.get("identifier") or named.get("formula") or None


def _mapped(
    record: Record, given: Mapping[str, str], heading: Sequence[str], mapping: ColumnMapping
) -> Record:
    problem = record.problem or _misfit(record.cells, heading)
    return Record(record.line, problem=problem) if problem else mapping.record(given, record.line)


def _given(heading: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The filled cells under their headings."""
    pairs = zip(map(printable, heading), map(printable, cells), strict=False)
    return {name: cell for name, cell in pairs if name and cell}


def template() -> str:
    """An empty table whose leading `#` lines explain the columns; it imports as it is."""
    width = max(len(column.name) for column in COLUMNS)
    lines = [
        "# Findings for smmdb: one row is one statement of one paper on one sample.",
        "# Lines above the heading that start with # are skipped.",
        "# Only identifier (or formula) and behaviour must be filled.",
        "# Leave empty what the paper does not say.",
    ]
    lines += [f"# {column.name:<{width}}  {column.meaning}" for column in COLUMNS]
    lines.append(",".join(column.name for column in COLUMNS))
    return "\n".join(lines) + "\n"


def _decimal_mark(
    separator: str, columns: Sequence[Column | None], records: Iterable[Record]
) -> DecimalMark:
    """Comma as soon as one number can only be read so; never a comma that separates cells."""
    if separator == ",":
        return DecimalMark.POINT
    numbers = (
        cell
        for record in records
        for column, cell in zip(columns, record.cells, strict=False)
        if isinstance(column, NumberColumn)
    )
    return DecimalMark.COMMA if any(map(has_decimal_comma, numbers)) else DecimalMark.EITHER


def _find_repetitions(rows: Sequence[TableRow]) -> list[RowProblem]:
    """Warnings where a row states what an earlier one states."""
    first: dict[str, int] = {}
    warnings = []
    for row in rows:
        line = first.setdefault(row.finding.key, row.line)
        if line != row.line:
            warnings.append(RowProblem(row.line, None, f"says the same as line {line}"))
    return warnings


def _misfit(cells: Sequence[str], columns: Sequence[object]) -> str | None:
    """Why the cells do not fit the heading; in a cut row the last value may be cut, too."""
    n_cells, n_columns = len(cells), len(columns)
    if n_cells < n_columns or any(cells[n_columns:]):
        if cells[0].startswith("#"):
            return "starts with #, which makes a comment only above the heading"
        return (
            f"{n_cells} cells under {n_columns} headings; put a cell that holds the separator"
            " in double quotes"
        )
    if any(cell for cell, column in zip(cells, columns, strict=False) if not column):
        return "a cell under a column without heading"
    return None
