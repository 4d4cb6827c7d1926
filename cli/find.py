"""`smmdb find`: the complexes that the database holds, without scores."""

import click

from cli.console import tell
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

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
@click.option("--metal", "metals", multiple=True, metavar="SYMBOL", help="Must hold this metal.")
@click.option(
    "--ligand",
    "ligands",
    multiple=True,
    metavar="CLASS",
    help="Must have a ligand of this class, such as salen-type; also salen, POM, Pc, Cp, acac.",
)
@click.option(
    "--cn", type=click.IntRange(min=1), help="Must have a site of this coordination number."
)
@click.option("--nuclearity", type=click.IntRange(min=1), help="Number of metals in the molecule.")
@click.option(
    "--isostructural",
    metavar="NAME",
    help="Only what has the skeleton of this complex: lanthanides and Y are one element there, the"
    " halogens another.",
)
@click.option("--ordered", is_flag=True, help="Leave out a disordered metal or donor.")
@click.option(
    "--plausible", is_flag=True, help="Leave out what a rule of high severity speaks against."
)
@click.option("--crystal/--no-crystal", default=None, help="Only what was, or was not, measured.")
@click.option("--synthetic/--real", default=None, help="Only synthetic, or only real complexes.")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--all", "show_all", is_flag=True, help="All that match, however many.")
@output_options
def find(
    metals: tuple[str, ...],
    ligands: tuple[str, ...],
    cn: int | None,
    nuclearity: int | None,
    isostructural: str | None,
    ordered: bool,
    plausible: bool,
    crystal: bool | None,
    synthetic: bool | None,
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
    from screening.elements import metal_symbol
    from screening.find import find as run_find
    from screening.store.filters import Filters

    filters = Filters(
        metals=[metal_symbol(metal) for metal in metals],
        ligand_classes=ligands,
        coordination_number=cn,
        min_nuclearity=nuclearity,
        max_nuclearity=nuclearity,
        ordered=ordered,
        plausible=plausible,
        crystal=crystal,
        synthetic=synthetic,
    )
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
