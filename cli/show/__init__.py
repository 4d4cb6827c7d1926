"""`smmdb show`: everything known of one complex."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

import click

from cli.output import Column, as_json_value, print_rows
from cli.session import open_engine
from cli.show.chemistry import print_chemistry
from cli.show.facts import list_facts
from cli.show.records import (
    print_crystal,
    print_evidence,
    print_properties,
    print_scores,
    print_sources,
)
from cli.show.section import print_line

_MANY: Final = 5
"""Complexes of one name, beyond which `show` lists them."""


@click.command(
    short_help="Show everything known of a complex.",
    epilog="""\b
Examples:
  smmdb show ABCDEF01        a CSD refcode
  smmdb show 4338717         a COD id or CCDC number
  smmdb show ABCDEF --all    every determination of a refcode family
  smmdb show "row 12"        a row by its number, also a superseded one
  smmdb show synthetic_0001 --format json
""",
)
@click.argument("identifier", metavar="REFCODE|COD-ID|CCDC-NUMBER|NAME")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for reading, JSON for programs.",
)
@click.option("--all", "show_all", is_flag=True, help=f"Also more than {_MANY} complexes.")
def show(identifier: str, output_format: Literal["text", "json"], show_all: bool) -> None:
    """Show everything known of a complex.

    Crystal, metal sites, ligands, plausibility, findings, labels and scores. A name that
    several complexes share (a refcode family, Z' > 1) shows each of them; where there are
    many, it lists them.
    """
    from screening.show import list_called
    from screening.show import show as run_show

    with open_engine() as engine:
        if output_format == "text" and not show_all:
            called = list_called(engine, identifier)
            if len(called) > _MANY:
                _print_list(identifier, called)
                return
        details = run_show(engine, identifier)
    if output_format == "json":
        click.echo(json.dumps(details, indent=2, default=as_json_value, ensure_ascii=False))
        return
    for item in details:
        _print_complex(item)


def _print_list(name: str, called: list[dict[str, Any]]) -> None:
    columns = [
        Column("id", "Row", "d"),
        Column("identifier", "Complex"),
        Column("formula", "Formula", max_width=28),
        Column("space_group", "Group"),
        Column("temperature_k", "T/K", "g"),
        Column("doi", "DOI"),
    ]
    print_rows(called, columns, "table")
    click.echo(
        f"{len(called)} complexes are called {name}: --all shows each in full, "
        '`smmdb show "row N"` one.',
        err=True,
    )


def _print_complex(item: Mapping[str, Any]) -> None:
    synthetic = "  (SYNTHETIC, not a measurement)" if item["is_synthetic"] else ""
    click.secho(f"{item['identifier']}  {item['formula']}{synthetic}", bold=True)
    for name, value in list_facts(item):
        if value is not None:
            print_line(f"  {name:<19} ", str(value))
    print_chemistry(item)
    print_crystal(item)
    print_evidence(item)
    print_properties(item)
    print_scores(item)
    print_sources(item)
