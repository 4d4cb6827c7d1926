"""The parts of what is shown of a complex: a titled table, a line that may be long."""

import textwrap
from typing import Any

import click

from cli.output import Column, print_rows, table_width


def print_section(title: str, rows: list[dict[str, Any]], columns: list[Column]) -> None:
    """Print *rows* under *title*, without the columns that none of them fills."""
    if not rows:
        click.echo(f"{title}: none")
        return
    click.echo(f"{title}:")
    used = [c for c in columns if any(row.get(c.key) is not None for row in rows)]
    print_rows(rows, used, "table")


def print_line(start: str, said: str) -> None:
    """Print *said* after *start*, in as many lines as the width needs."""
    indent = " " * min(len(start), 22)
    lines = textwrap.wrap(
        said, table_width() - len(indent), break_long_words=False, break_on_hyphens=False
    )
    click.echo(start + f"\n{indent}".join(lines))
