"""`smmdb find`: the complexes that the database holds, without scores."""

from typing import TYPE_CHECKING

import click

from cli.console import tell
from cli.filter_options import filter_options
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.store.filters import Filters

_TABLE = [
    Column("identifier", "Complex", no_wrap=True),
    Column("site_lines", "Metal sites", max_width=26),
    Column("classes", "Ligands", max_width=24),
    Column("formula", "Formula", max_width=20, from_width=100),
    Column("remarks", "Remarks"),
]
_PROGRAM_KEYS = (
    "identifier",
    "formula",
    "metals",
    "nuclearity",
    "sites",
    "ligand_classes",
    "charge",
    "remarks",
    "refcode",
    "cod_id",
    "ccdc_number",
    "doi",
    "compound_name",
    "space_group",
    "temperature_k",
    "r_factor",
    "is_disordered",
    "metal_disordered",
    "donor_disordered",
    "missing_hydrogens",
    "has_crystal",
    "implausible",
    "is_synthetic",
    "complex_id",
    "compound_id",
    "skeleton_key",
)


@click.command(
    short_help="List complexes by metal, ligand and more; no model needed.",
    epilog="""\b
Examples:
  smmdb find                                 what came in, by name
  smmdb find --metal Dy --ligand salen --cn 9
  smmdb find --isostructural ABCDEF01        the same with other lanthanides
  smmdb find --metal Co --format csv --all > cobalt.csv
""",
)
@filter_options
@click.option(
    "--isostructural",
    metavar="NAME",
    help="Only what has the skeleton of this complex: lanthanides and Y are one element there, the"
    " halogens another.",
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--all", "show_all", is_flag=True, help="All that match, however many.")
@output_options
def find(
    filters: "Filters",
    isostructural: str | None,
    top: int,
    show_all: bool,
    output_format: Format,
) -> None:
    """List complexes by metal, ligand and more, in the order of their names.

    Each row tells the metal sites (coordination number, nearest polyhedron, donors), the classes
    of the ligands, and remarks (rules of chemistry against it, disorder). `smmdb show NAME` tells
    all of one, `smmdb rank` orders by the scores of a model. Formulas need a terminal of 100
    columns; CSV and JSON hold everything.
    """
    from screening.find import find as run_find

    with open_engine() as engine:
        found = run_find(
            engine, filters, isostructural_to=isostructural, top=None if show_all else top
        )
    if output_format != "table":
        print_rows(found.rows, [Column(key, key) for key in _PROGRAM_KEYS], output_format)
    elif found.rows:
        rows = [
            row
            | {
                "site_lines": row["sites"].replace("; ", "\n"),
                "classes": "; ".join(row["ligand_classes"]),
            }
            for row in found.rows
        ]
        print_rows(rows, _TABLE, output_format)
    if len(found.rows) < found.total:
        tell(f"{len(found.rows):,} of {counted(found.total, 'complex')}; --all lists all.")
    else:
        tell(f"{counted(found.total, 'complex')}." if found.total else "No complex matches.")
