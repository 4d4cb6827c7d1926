"""`smmdb property list`, `show`, `export`: what is known."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.console import tell
from cli.output import WIDE, Column, Format, counted, output_options, print_rows
from cli.report_file import check_report, open_report, overwrite_option
from cli.session import open_engine

_PROPERTIES = (
    Column("name", "Property", cut=24),
    Column("kind", "Kind", max_width=20, cut=17),
    Column("stated", "Values", ",d"),
    Column("complexes", "Complexes", ",d"),
    Column("open", "To look at", max_width=20),
    Column("sources", "Sources", max_width=24, from_width=WIDE),
    Column("description", "Description", max_width=40, from_width=WIDE),
)
# Told where there are any; the last two count complexes.
_OPEN = ("waiting", "ambiguous", "withdrawn", "contradicted", "disagreeing")
_BY_METAL = (
    Column("metal", "Metal"),
    Column("complexes", "Complexes", ",d"),
    Column("least", "Least", ".4g"),
    Column("mean", "Mean", ".4g"),
    Column("most", "Most", ".4g"),
)
_VALUES = (
    Column("value_id", "Id", "d", no_wrap=True),
    Column("identifier", "Identifier", cut=14),
    Column("given", "Value", cut=10),
    Column("matched_by", "Matched by"),
    Column("source", "Source", max_width=40, cut=18),
    Column("method", "Method", max_width=30, from_width=WIDE),
    Column("source_name", "File", cut=16),
    Column("source_row", "Row", "d"),
    Column("entered_by", "By", from_width=WIDE),
)
_WITHDRAWN = (
    Column("value_id", "Id", "d", no_wrap=True),
    Column("identifier", "Identifier", cut=12),
    Column("given", "Value", cut=10),
    Column("source", "Source", max_width=30, cut=14),
    Column("withdrawn_at", "Withdrawn", no_wrap=True),
    Column("withdrawn_by", "By", cut=8),
    Column("reason", "Why", max_width=40),
)


@click.command(
    "list",
    short_help="List the properties.",
    epilog="""\b
Examples:
  smmdb property list
  smmdb property list --format json
""",
)
@output_options
def list_(output_format: Format) -> None:
    """List the properties, and of how many complexes each is known.

    Contradicted: complexes of which one source says two things under two
    identifiers. Disagreeing: those of which different sources do.
    """
    from screening.property_list import list_properties
    from screening.store.property_list import PROPERTY_FIELDS

    with open_engine() as engine:
        rows = list_properties(engine)
    if output_format == "table":
        print_rows([_told(row) for row in rows], _PROPERTIES, output_format)
    else:
        print_rows(rows, [Column(field, field) for field in PROPERTY_FIELDS], output_format)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {
        "kind": f"{row['kind']}, {row['unit']}" if row["unit"] else row["kind"],
        "open": ", ".join(f"{row[what]:,} {what}" for what in _OPEN if row[what]),
        "sources": "; ".join(row["sources"]),
    }


@click.command(
    short_help="Show one property, its values on one complex, or what was withdrawn.",
    epilog="""\b
Examples:
  smmdb property show multiplicity_ge_4            its sources, and its spread by metal
  smmdb property show multiplicity_ge_4 ABAJIX     every value on one complex
  smmdb property show multiplicity_ge_4 --withdrawn    what counts no more: who, when, why
""",
)
@click.argument("name")
@click.argument("complex_", metavar="[COMPLEX]", required=False)
@click.option("--withdrawn", is_flag=True, help="The values that count no more, and why.")
@output_options
def show(name: str, complex_: str | None, withdrawn: bool, output_format: Format) -> None:
    """Show what a property is and how it spreads by metal, or its values on one complex.

    The mean of a yes or no (1 or 0) is the share of yes: the figure to beat.
    """
    if withdrawn and complex_ is not None:
        raise click.UsageError("what is withdrawn belongs to no complex: leave COMPLEX out")
    if withdrawn:
        _show_withdrawn(name, output_format)
    else:
        _show(name, complex_, output_format)


def _show_withdrawn(name: str, output_format: Format) -> None:
    from screening.property_withdrawal import withdrawn_values
    from screening.store.property_withdrawal import WITHDRAWN_FIELDS

    with open_engine() as engine:
        rows = withdrawn_values(engine, name)
    every = [Column(field, field) for field in WITHDRAWN_FIELDS]
    print_rows(rows, _WITHDRAWN if output_format == "table" else every, output_format)


def _show(name: str, complex_: str | None, output_format: Format) -> None:
    from screening.property_list import show_property
    from screening.store.property_list import VALUE_FIELDS

    with open_engine() as engine:
        shown = show_property(engine, name, complex_)
    of_one = complex_ is not None
    rows = (
        shown["values"]
        if of_one
        else [row | {"metal": row["metal"] or "all"} for row in shown["by_metal"]]
    )
    if output_format == "table":
        unit = f" in {shown['unit']}" if shown["unit"] else ""
        tell(f"{name}: {shown['kind']}{unit}. {shown['description'] or ''}".rstrip(), err=False)
        states = ", ".join(f"{shown[what]:,} {what}" for what in _OPEN if shown[what])
        tell(
            f"{counted(shown['stated'], 'value')} of {counted(shown['complexes'], 'complex')}"
            f"{f'; {states}' if states else ''}.",
            err=False,
        )
        for source in shown["sources"]:
            tell(f"Source: {source}", err=False)
        print_rows(rows, _VALUES if of_one else _BY_METAL, output_format)
    else:
        every = [Column(field, field) for field in VALUE_FIELDS]
        print_rows(rows, every if of_one else _BY_METAL, output_format)


@click.command(
    short_help="Write the values of a property to a file.",
    epilog="""\b
Examples:
  smmdb property export multiplicity_ge_4 spin.csv
  smmdb property export multiplicity_ge_4 open.json --state waiting
""",
)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), callback=check_report)
@click.option(
    "--state",
    type=click.Choice(["matched", "waiting", "ambiguous", "contradicted"]),
    help="Only such values.",
)
@click.option("--source", metavar="TEXT", help="Only what this source says.")
@overwrite_option
def export(name: str, file: Path, state: str | None, source: str | None, overwrite: bool) -> None:
    """Write the values of a property to FILE (.csv or .json), with all that is known of them.

    Of one source the CSV imports to the same: --id identifier --column value --as NAME
    --source TEXT; also --unit, --method and --of where the values have them.
    """
    from screening.new_file import check_free
    from screening.property_list import export_property
    from screening.store.property_list import VALUE_FIELDS

    check_free(file, overwrite=overwrite)
    with open_engine() as engine:
        rows = export_property(engine, name, state=state, source=source)
    with open_report(file, VALUE_FIELDS) as write:
        write(rows)
    click.echo(f"Wrote {counted(len(rows), 'value')} to {file}.", err=True)
