"""Heading: the line of a findings table that says what its columns are."""

from collections.abc import Sequence
from typing import Final

from screening.errors import InputError
from screening.evidence.cells import quoted
from screening.evidence.columns import COLUMNS, Column, find_column, heading_hint

TEMPLATE_HINT: Final = "`smmdb label template` writes a table with the right columns"


def read_heading(cells: Sequence[str], name: str) -> Sequence[Column | None]:
    """Return the column of each cell; None under an empty one.

    Raises InputError where a column is unknown, stands twice, or one that is needed is missing.
    """
    columns = [find_column(cell) if cell else None for cell in cells]
    unknown = [c for c, column in zip(cells, columns, strict=True) if c and column is None]
    if unknown:
        named = ", ".join(_with_hint(heading) for heading in unknown)
        raise InputError(
            f"{name} has columns that are not known: {named}. {TEMPLATE_HINT};"
            " a table with headings of its own is read with --mapping FILE"
        )
    names = [column.name for column in columns if column]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise InputError(f"{name} has more than one column {', '.join(twice)}")
    missing = [c.name for c in COLUMNS if c.required and c.name not in names]
    if not {"identifier", "formula"} & set(names):
        missing.insert(0, "identifier")
    if missing:
        raise InputError(f"{name} has no column {' and no column '.join(missing)}; {TEMPLATE_HINT}")
    return columns


def _with_hint(heading: str) -> str:
    hint = heading_hint(heading)
    return f"{quoted(heading)} ({hint})" if hint else quoted(heading)
