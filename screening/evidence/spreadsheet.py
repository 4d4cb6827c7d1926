"""Spreadsheet: the cells of an XLSX workbook as text, refusing what a spreadsheet has altered."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from screening.errors import InputError
from screening.evidence.records import Record

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_MAX_BYTES = 32 * 2**20  # of the unpacked workbook: a few MB of cells; more is no table of findings
_MAX_ROWS = 20_000
_MAX_COLUMNS = 200
# What a number format shows before and behind the number: 0.0" cm-1" shows 62.5 cm-1.
_SHOWN = re.compile(r'(?:"([^"]*)")?([^"]*)(?:"([^"]*)")?')
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_EXACT = 1e15  # a spreadsheet keeps 15 digits


def read_sheet(
    content: bytes, name: str, sheet: str | None
) -> tuple[str, Record | None, list[Record]]:
    """The name of one sheet, its heading (None if there is none) and the records below that.

    sheet: its name, needed where several hold something. Blank rows are left out, and rows above
    the heading whose first cell starts with `#`. A record whose cells are no longer what was typed
    (a date, a formula without a value, an error, a merged cell) carries that as its problem, with
    the cell's name. Raises InputError where the workbook cannot be used.
    """
    workbook = _open(content, name, formulas=True)
    page = _choose(workbook, name, sheet)
    if page.max_row > _MAX_ROWS or page.max_column > _MAX_COLUMNS:
        raise InputError(
            f"{name}, sheet {page.title}: {page.max_row:,} rows and {page.max_column:,} columns; at"
            f" most {_MAX_ROWS:,} and {_MAX_COLUMNS} are read. Formatted but empty rows count:"
            " delete them"
        )
    merged = {
        cell: str(area)
        for area in page.merged_cells.ranges
        for row in page[area.coord]
        for cell in (c.coordinate for c in row)
    }
    has_formulas = any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
    results = _open(content, name, formulas=False)[page.title] if has_formulas else page
    records = _records(page, results, merged)
    return page.title, next(records, None), list(records)


def _open(content: bytes, name: str, *, formulas: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - most tables are CSV

    try:
        _check_archive(content, name)
        return openpyxl.load_workbook(
            io.BytesIO(content), data_only=not formulas, keep_links=False, rich_text=False
        )
    except InputError:
        raise
    except Exception as error:
        # openpyxl has no error of its own for a damaged workbook: KeyError, ValueError, zlib.error.
        raise InputError(f"{name} cannot be read as an XLSX workbook: {error}") from error


def _check_archive(content: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise InputError(f"{name} is an archive and no XLSX workbook")
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_BYTES:
            raise InputError(f"{name} unpacks to more than {_MAX_BYTES // 2**20} MB: refused")


def _choose(workbook: Any, name: str, sheet: str | None) -> "Worksheet":
    pages = {page.title: page for page in workbook.worksheets}
    if sheet is not None:
        if sheet not in pages:
            raise InputError(f"{name} has no sheet {sheet!r}; it has: {', '.join(pages)}")
        return pages[sheet]
    filled = [title for title, page in pages.items() if _is_filled(page)]
    if len(filled) > 1:
        raise InputError(
            f"{name} has several sheets with cells: {', '.join(filled)}. Say which: --sheet NAME"
        )
    if not filled:
        raise InputError(f"{name} has no sheet with cells")
    return pages[filled[0]]


def _is_filled(page: "Worksheet") -> bool:
    return any(value is not None for row in page.iter_rows(values_only=True) for value in row)


def _records(page: "Worksheet", results: "Worksheet", merged: dict[str, str]) -> Iterator[Record]:
    has_heading = False
    width = 0
    for row in page.iter_rows():
        cells, problems = _texts(row, results, merged)
        if not any(cells) and not problems:
            continue
        if not has_heading and cells[0].startswith("#"):
            continue
        if not has_heading:
            has_heading = True
            width = max((i for i, cell in enumerate(cells, start=1) if cell), default=0)
        # Behind the last heading only what is filled matters.
        while len(cells) > width and not cells[-1]:
            cells.pop()
        yield Record(row[0].row, tuple(cells), problem="; ".join(problems) or None)


def _texts(
    row: "Sequence[Cell]", results: "Worksheet", merged: dict[str, str]
) -> tuple[list[str], list[str]]:
    cells: list[str] = []
    problems: list[str] = []
    for cell in row:
        where = cell.coordinate
        value: object = cell.value
        if where in merged:
            problems.append(
                f"cell {where} is merged ({merged[where]}): split it, write the value in each row"
            )
        if cell.data_type == "f":
            value = results[where].value
            if value is None:
                problems.append(
                    f"cell {where} holds a formula without its result: save the file in the"
                    " spreadsheet program, or paste the value"
                )
        text, problem = _text(value, cell.number_format)
        if problem:
            problems.append(f"cell {where} {problem}")
        cells.append(text)
    return cells, problems


def _text(value: object, number_format: str) -> tuple[str, str | None]:
    """The text that was typed, and why it may not be that."""
    if value is None:
        return "", None
    if isinstance(value, bool):
        return str(value), f"holds the truth value {value}: write text or a number"
    if isinstance(value, (dt.datetime, dt.date, dt.time, dt.timedelta)):
        shown = value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
        return shown, (
            f"holds a date or time ({shown.removesuffix(' 00:00:00')}), perhaps made by the"
            " spreadsheet of something else: format the cell as text and type it again"
        )
    if isinstance(value, float | int):
        return _number(value, number_format)
    return str(value).strip(), None


def _number(value: float, number_format: str) -> tuple[str, str | None]:
    """The number with the words that its format shows, and why it may not be what was typed."""
    if "%" in number_format:
        return str(value), f"holds a percentage ({value!r}): write a plain number"
    shown = _SHOWN.fullmatch(number_format.partition(";")[0])
    before, form, behind = shown.groups("") if shown else ("", "", "")
    if shown is None or _SCALED.search(form):
        return str(value), f"holds {value!r} and shows it as {number_format}: write what is meant"
    # 604034.0 was typed as 604034; everything else keeps each of its digits.
    is_whole = float(value).is_integer() and abs(value) < _EXACT
    number = str(int(value)) if is_whole else repr(value)
    return f"{before}{number}{behind}".strip(), None
