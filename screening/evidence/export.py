"""Export: findings back into the table that imports them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from screening.evidence.cells import FORMULA_STARTS
from screening.evidence.columns import ALTERNATIVES, COLUMNS, NUMBER_COLUMNS, Column, NumberColumn
from screening.evidence.finding import Finding, spread_fields
from screening.evidence.quantity import Quantity

EXPORT_COLUMNS = tuple(
    column.name
    for column in (*COLUMNS, *ALTERNATIVES)
    if column.name != "dc_field_t"  # stored, and so written, in Oe
)
_TEXT_FIELDS = {"formula": "stated_formula"}


def to_cells(finding: Finding) -> dict[str, str]:
    """The filled cells of a finding by column; importing them gives the same finding.

    A barrier stands in the unit that it was given in.
    """
    cells: dict[str, str] = {}
    for column in (*COLUMNS, *ALTERNATIVES):
        if column.name not in EXPORT_COLUMNS:
            continue
        text = (
            _number(finding, column) if isinstance(column, NumberColumn) else _text(finding, column)
        )
        if text:
            cells[column.name] = text
    return cells


def _text(finding: Finding, column: Column) -> str:
    value = getattr(finding, _TEXT_FIELDS.get(column.name, column.name))
    return "" if value is None else str(value)


def _number(finding: Finding, column: NumberColumn) -> str:
    if column.field == "ueff_k" and column.unit != (finding.ueff_unit or "K"):
        return ""
    names = (column.field, *(spread_fields(column.field) if column.has_spread else ()))
    quantity = Quantity(*(getattr(finding, name) for name in names)).times(1 / column.factor)
    if column.field == "ueff_k" and finding.ueff_given is not None:
        # As it was typed: a way through the other unit may cost the last digit.
        quantity = Quantity(finding.ueff_given, sigma=quantity.sigma)
    return str(quantity)


def to_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """CSV with a heading; a text that a spreadsheet would run as a formula gets an apostrophe."""
    file = io.StringIO()
    writer = csv.DictWriter(file, EXPORT_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: f"'{v}" if v.startswith(FORMULA_STARTS) else v for k, v in row.items()})
    return file.getvalue()


def to_json(rows: Sequence[Mapping[str, str]]) -> str:
    """A JSON list of objects; cells are texts, as in CSV."""
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def to_xlsx(rows: Sequence[Mapping[str, str]]) -> bytes:
    """An XLSX workbook of one sheet, `findings`; plain numbers are numbers, all else is text."""
    import openpyxl  # noqa: PLC0415 - most tables are CSV

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "findings"
    sheet.append(EXPORT_COLUMNS)
    sheet.freeze_panes = "A2"
    numbers = {column.name for column in NUMBER_COLUMNS} | {"year"}
    for line, row in enumerate(rows, start=2):
        for place, name in enumerate(EXPORT_COLUMNS, start=1):
            if name not in row:
                continue
            cell = sheet.cell(line, place)
            value = _as_number(row[name]) if name in numbers else None
            if value is not None:
                cell.value = value
            else:
                cell.value = row[name]
                cell.data_type = "s"  # never a formula
                cell.number_format = "@"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
