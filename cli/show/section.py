"""A titled part of what is shown of a complex."""

from typing import Any

import click

from cli.output import Column, print_rows


def print_section(title: str, rows: list[dict[str, Any]], columns: list[Column]) -> None:
    """Print *rows* under *title*, without the columns that none of them fills."""
    if not rows:
        click.echo(f"{title}: none")
        return
    click.echo(f"{title}:")
    used = [c for c in columns if any(row.get(c.key) is not None for row in rows)]
    print_rows(rows, used, "table")
