"""Rows on standard output: a table for people, CSV and JSON for programs."""

import csv
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

import click

from screening.words import counted as counted  # noqa: PLC0414 - what commands print with

Format = Literal["table", "csv", "json"]
F = TypeVar("F", bound=Callable[..., Any])

WIDE = 120
"""Signs of a line from which on tables have room for long texts."""

_WITHOUT_TERMINAL = 160

_NESTED = (dict, list, tuple)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key in the rows, the heading in tables, the number format (`.3f`) if any.

    from_width: a table narrower than so many signs goes without it; CSV and JSON hold it always.
    cut: of a longer text a table narrower than `WIDE` shows only so many signs, so that a row stays
    a line.
    """

    key: str
    heading: str
    number: str = ""
    max_width: int | None = None
    no_wrap: bool = False
    from_width: int = 0
    cut: int | None = None


def output_options(command: F) -> F:
    """Add `--format table|csv|json` to a command, as parameter `output_format`."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(["table", "csv", "json"]),
        default="table",
        show_default=True,
        help="How to print: a table for reading, CSV or JSON for programs.",
    )(command)


def print_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], output_format: Format
) -> None:
    """Print *rows* on standard output; CSV and JSON hold every key of *columns*, unrounded."""
    if output_format == "json":
        picked = [{c.key: row.get(c.key) for c in columns} for row in rows]
        click.echo(json.dumps(picked, indent=2, default=as_json_value, ensure_ascii=False))
    elif output_format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([c.key for c in columns])
        for row in rows:
            writer.writerow([csv_cell(row.get(c.key)) for c in columns])
    else:
        _print_table(rows, columns)


def print_side_by_side(
    rows: Sequence[Mapping[str, Any]], heading: Column, fields: Sequence[Column], least: int = 27
) -> None:
    """Print a table for reading in which each of *rows* is a column, of *least* signs or more.

    heading: what stands above each. Fields that no row fills are left out. What does not fit
    beside each other follows below.
    """
    used = [f for f in fields if any(_table_cell(row.get(f.key), f.number) for row in rows)]
    words = max((len(field.heading) for field in used), default=0)
    beside = max(1, (table_width() - words) // (least + 2))
    for start in range(0, len(rows), beside):
        part = rows[start : start + beside]
        columns = [Column("field", heading.heading, no_wrap=True)]
        columns += [
            Column(str(place), _table_cell(row.get(heading.key), heading.number))
            for place, row in enumerate(part)
        ]
        cells = [
            {"field": field.heading}
            | {
                str(place): _table_cell(row.get(field.key), field.number)
                for place, row in enumerate(part)
            }
            for field in used
        ]
        _print_table(cells, columns)


def table_width() -> int:
    """How many signs a line has: what COLUMNS says, those of the terminal, or plenty without."""
    if sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    # Piped output is not cut to the width of a terminal that is not there.
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isascii() and said.isdigit() and int(said) else _WITHOUT_TERMINAL


def joined(*said: str | None) -> str:
    """What is said, in one cell of a table for people."""
    return "; ".join(filter(None, said))


def as_json_value(value: object) -> object:
    """Turn what `json` does not know (times) into text."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


def csv_cell(value: object) -> object:
    """A value as a CSV cell that no spreadsheet runs; a list with "; " between, all deeper JSON."""
    if isinstance(value, (list, tuple)) and not any(isinstance(i, _NESTED) for i in value):
        value = "; ".join(map(str, value))
    elif isinstance(value, _NESTED):
        value = json.dumps(value, default=as_json_value, ensure_ascii=False)
    # A spreadsheet would run such a cell as a formula; the apostrophe makes it text.
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _table_cell(value: object, number: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return format(value, number) if number else str(value)


def _print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = table_width()
    shown = [column for column in columns if column.from_width <= width]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for column in shown:
        table.add_column(
            column.heading,
            justify="right" if column.number else "left",
            overflow="fold" if column.cut is None else "ellipsis",
            max_width=column.max_width,
            no_wrap=column.no_wrap,
        )
    for row in rows:
        cells = [Text(_table_cell(row.get(column.key), column.number)) for column in shown]
        for cell, column in zip(cells, shown, strict=True):
            if column.cut is not None and width < WIDE:
                cell.truncate(column.cut, overflow="ellipsis")
        table.add_row(*cells)
    Console(file=sys.stdout, width=width).print(table)
