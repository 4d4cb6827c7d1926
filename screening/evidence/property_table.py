"""Property table: two columns of somebody's table, the structure and the value, as text."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from screening.errors import InputError
from screening.evidence.cells import CellError, clean, is_guarded, quoted
from screening.evidence.identifier import is_paper_label, read_identifier
from screening.evidence.property_value import Kind, parse_value
from screening.evidence.records import Record, read_records
from screening.evidence.row import RowProblem
from screening.evidence.spreadsheet import read_sheet
from screening.evidence.table import decode

_ZIP = b"PK\x03\x04"
_MAX_IDENTIFIER = 200


@dataclass(frozen=True, slots=True)
class PropertyCell:
    """One row: the line where it starts (the first is 1), the structure, and the value's text."""

    line: int
    identifier: str
    text: str


@dataclass(frozen=True, slots=True)
class PropertyTable:
    """What a file holds of one property; name: of the file, with the sheet of a workbook."""

    name: str
    sha256: str
    column: str
    cells: tuple[PropertyCell, ...]
    errors: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """One usable row; value: 0 or 1 for a no or yes, otherwise in the unit of the property."""

    line: int
    identifier: str
    value: float
    given: str

    @property
    def name(self) -> str:
        """What tells its structure from others: the refcode, or the identifier in lower case."""
        reading = read_identifier(self.identifier)
        if reading.refcode is not None and reading.formula is None:
            return reading.refcode.lower()
        return reading.whole or reading.name


def read_property_table(
    path: Path, *, id_column: str, column: str, sheet: str | None = None
) -> PropertyTable:
    """Read the columns *id_column* and *column* of a CSV file or XLSX workbook.

    A row without a usable identifier costs only itself. Raises InputError where the file cannot
    be used as a whole or has no such column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    name = path.name
    if content.startswith(_ZIP):
        title, heading, records = read_sheet(content, path.name, sheet)
        name = f"{path.name}, sheet {title}"
    elif sheet is not None:
        raise InputError(f"{path.name} is no workbook: it has no sheet {sheet!r}")
    else:
        _, heading, records = read_records(decode(content, path.name))
    if heading is None:
        raise InputError(f"{name} has no heading")
    if heading.problem:
        raise InputError(f"{name}, line {heading.line}: {heading.problem}")
    places = [_find(heading.cells, wanted, name) for wanted in (id_column, column)]
    cells: list[PropertyCell] = []
    errors: list[RowProblem] = []
    for record in records:
        if problem := record.problem or _misfit(record, heading):
            errors.append(RowProblem(record.line, None, problem))
            continue
        identifier, text = (record.cells[place] for place in places)
        at = id_column
        try:
            name_of = _identifier(identifier)
            at = column
            cells.append(PropertyCell(record.line, name_of, _clean(text)))
        except CellError as error:
            errors.append(RowProblem(record.line, at, str(error)))
    digest = hashlib.sha256(content).hexdigest()
    return PropertyTable(name, digest, column, tuple(cells), tuple(errors))


def read_values(
    table: PropertyTable, kind: Kind
) -> tuple[tuple[PropertyRow, ...], tuple[RowProblem, ...]]:
    """The usable rows of *table*, and the errors of all others.

    Rows that give one structure different values are all errors: none of them can be trusted.
    """
    rows: list[PropertyRow] = []
    errors = list(table.errors)
    for cell in table.cells:
        try:
            value = parse_value(cell.text, kind)
        except CellError as error:
            errors.append(RowProblem(cell.line, table.column, str(error)))
        else:
            rows.append(PropertyRow(cell.line, cell.identifier, value, cell.text))
    of_name = defaultdict(list)
    for row in rows:
        of_name[row.name].append(row)
    usable = []
    for row in rows:
        others = [other for other in of_name[row.name] if other.value != row.value]
        if not others:
            usable.append(row)
            continue
        said = ", ".join(f"{other.given} in line {other.line}" for other in others)
        errors.append(
            RowProblem(row.line, table.column, f"{row.identifier} has {row.given} here and {said}")
        )
    return tuple(usable), tuple(sorted(errors, key=lambda error: error.line))


def _find(heading: Sequence[str], wanted: str, name: str) -> int:
    counts = Counter(heading)
    if counts[wanted] > 1:
        raise InputError(f"{name} has {counts[wanted]} columns {wanted!r}: give them other names")
    if not counts[wanted]:
        there = ", ".join(quoted(cell) for cell in heading if cell)
        raise InputError(f"{name} has no column {wanted!r}; it has: {there}")
    return heading.index(wanted)


def _misfit(record: Record, heading: Record) -> str | None:
    """Why a row does not fit the heading: in a row that is cut the last value may be cut, too."""
    n_cells, n_columns = len(record.cells), len(heading.cells)
    if n_cells >= n_columns and not any(record.cells[n_columns:]):
        return None
    return (
        f"{n_cells} cells under {n_columns} headings; put a cell that holds the separator in"
        " double quotes"
    )


def _clean(cell: str) -> str:
    return clean(cell[1:] if is_guarded(cell) else cell)


def _identifier(cell: str) -> str:
    text = _clean(cell)
    if not text:
        raise CellError("no identifier: which structure is meant?")
    if len(text) > _MAX_IDENTIFIER:
        raise CellError(f"longer than {_MAX_IDENTIFIER} characters")
    if is_paper_label(text) and read_identifier(text).formula is None:
        raise CellError(
            f"{text!r} is how a paper numbers its compounds, and names no structure. Give the"
            " refcode, COD id or CCDC number"
        )
    return text
