"""`smmdb rank`: the candidates that a model scores highest."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from cli.console import tell
from cli.filter_options import filter_options
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.rank import Ranking
    from screening.store.filters import Filters

_TABLE = [
    Column("rank", "#", "d"),
    Column("identifier", "Complex", no_wrap=True),
    Column("score_and_spread", "Score", no_wrap=True),
    Column("site_lines", "Metal sites", max_width=26),
    Column("formula", "Formula", max_width=20, from_width=100),
    Column("remarks", "Remarks"),
]
_MARK_MEANS = (
    "!: outside the domain of the training, by a metal that it had not, atoms outside the box, or "
    "distance; see the remarks."
)
_PROGRAM_KEYS = (
    "rank",
    "identifier",
    "score",
    "spread",
    "distance",
    "out_of_domain",
    "sites",
    "formula",
    "metals",
    "nuclearity",
    "ligand_classes",
    "label",
    "label_reason",
    "training_part",
    "remarks",
    "refcode",
    "cod_id",
    "ccdc_number",
    "doi",
    "compound_name",
    "is_disordered",
    "metal_disordered",
    "donor_disordered",
    "missing_hydrogens",
    "has_crystal",
    "implausible",
    "is_synthetic",
    "n_clipped",
    "temperature_k",
    "r_factor",
    "model",
)


def _finite(_: click.Context, __: click.Parameter, score: float | None) -> float | None:
    if score is not None and not math.isfinite(score):
        raise click.BadParameter("give a number")
    return score


@click.command(
    short_help="List the complexes that a model scores highest.",
    epilog="""\b
Examples:
  smmdb rank --metal Dy --top 20
  smmdb rank --metal Dy --metal Zn --cn 9         both metals; a site of CN 9
  smmdb rank --metal Dy --ligand salen --plausible --ordered
  smmdb rank --metal Co --nuclearity 1 --format csv > candidates.csv
""",
)
@filter_options
@click.option(
    "--min-score", type=float, callback=_finite, metavar="X", help="Lowest score to show."
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option(
    "--model",
    metavar="NAME[:VERSION]",
    help="Whose scores.  [default: what the alias production names, else the last that scored]",
)
@click.option("--include-labelled", is_flag=True, help="Also compounds that literature has judged.")
@click.option("--every-determination", is_flag=True, help="Not only the best of each compound.")
@output_options
def rank(
    filters: "Filters",
    min_score: float | None,
    top: int,
    model: str | None,
    include_labelled: bool,
    every_determination: bool,
    output_format: Format,
) -> None:
    """List the complexes that a model scores highest, one row a compound.

    Each row says why to trust it or not: the metal sites with their coordination number,
    nearest polyhedron and donors, what literature says, and remarks (metal never seen in
    training, rules of chemistry against it, disorder, atoms outside the voxel box).
    Compounds with a literature label are left out unless you ask for them. Formulas
    need a terminal of 100 columns; CSV and JSON hold everything.
    """
    from screening.rank import rank as run_rank

    filters = replace(filters, min_score=min_score, labelled=include_labelled)
    with open_engine() as engine:
        ranking = run_rank(
            engine, filters, model=model, top=top, one_per_compound=not every_determination
        )
    print_ranking(ranking, output_format)


def print_ranking(ranking: "Ranking", output_format: Format) -> None:
    """Print the rows on standard output, and what to know of them on standard error."""
    if output_format != "table":
        rows = [row | {"model": ranking.version.label} for row in ranking.rows]
        print_rows(rows, [Column(key, key) for key in _PROGRAM_KEYS], output_format)
    elif ranking.rows:
        form = ".4g" if ranking.version.kind == "numeric" else ".3f"
        rows = [row | _for_people(row, form) for row in ranking.rows]
        print_rows(rows, _TABLE, output_format)
    if output_format == "table" and any(row["out_of_domain"] for row in ranking.rows):
        tell(_MARK_MEANS)
    for note in ranking.notes:
        tell(note)
    tell(
        f"{counted(len(ranking.rows), 'candidate')} by {ranking.version.label}."
        if ranking.rows
        else f"No complex scored by {ranking.version.label} matches."
    )


def _for_people(row: "Mapping[str, Any]", form: str) -> dict[str, str]:
    return {"score_and_spread": _score(row, form), "site_lines": row["sites"].replace("; ", "\n")}


def _score(row: "Mapping[str, Any]", form: str) -> str:
    spread = "" if row["spread"] is None else f" ±{row['spread']:.2{form[-1]}}"
    return f"{row['score']:{form}}{spread}{'!' if row['out_of_domain'] else ''}"
