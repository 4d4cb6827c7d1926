"""`smmdb property import`: a column of a table in."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.console import tell
from cli.output import Column, Format, joined, output_options, print_rows
from cli.person import by_option
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.property import PropertyReport

_SHOWN = 10  # problems named on screen before "and N more"

_OUTCOMES = (
    Column("line", "Row", "d", no_wrap=True),
    Column("identifier", "Identifier", max_width=30, cut=20),
    Column("given", "Value", max_width=20, cut=10),
    Column("outcome", "Would be", no_wrap=True),
    Column("said", "Match and remark"),
)
_OUTCOME_FIELDS = ("line", "identifier", "given", "outcome", "match", "remark")
"""Keys of an outcome in CSV and JSON."""


@click.command(
    "import",
    epilog="""\b
Examples:
  smmdb property import ground_spin.csv --id refcode --column multiplicity_ge_4 \\
      --source "TM-GSspinPlus" --method "DFT, ground-state multiplicity" --dry-run
  smmdb property import ground_spin.csv --id refcode --column spin_splitting_kcal_mol \\
      --as spin_splitting --unit kcal/mol --source "TM-GSspinPlus"
\b
Exit codes: 0 every row is in the database, 1 some rows were refused (the others
are in), 2 the file or an option cannot be used.
""",
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--id", "id_column", required=True, metavar="COLUMN", help="Names the structure.")
@click.option("--column", required=True, metavar="NAME", help="Holds the value.")
@click.option("--as", "target", metavar="TARGET", help="The property.  [default: the column]")
@click.option("--source", required=True, metavar="TEXT", help="The paper or data set: DOI, title.")
@click.option("--method", metavar="TEXT", help="How it was measured or computed.")
@click.option("--unit", metavar="UNIT", help="Of a number that has one.")
@click.option(
    "--kind",
    type=click.Choice(["binary", "numeric"]),
    help="Of a new property.  [default: binary where all cells are 0/1, true/false or yes/no]",
)
@click.option("--description", metavar="TEXT", help="What a property is that has none yet.")
@click.option("--sheet", metavar="NAME", help="Of a workbook with several filled sheets.")
@click.option(
    "--of",
    "of_file",
    metavar="STRUCTURES",
    help="Name of the file whose structures are meant, where others here bear the same names.",
)
@click.option("--dry-run", is_flag=True, help="Show row by row what would happen; change nothing.")
@by_option
@output_options
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    file: Path,
    id_column: str,
    column: str,
    target: str | None,
    kind: str | None,
    sheet: str | None,
    dry_run: bool,
    output_format: Format,
    **said: Any,
) -> None:
    """Import one column of a CSV or XLSX table as values of a property.

    A structure is named by refcode, COD id, CCDC number, or the identifier of a
    file without a crystal. A bad row costs only itself. Importing a file again adds
    nothing. A value whose structure is not here yet waits for it.
    """
    from screening.evidence.property_table import read_property_table
    from screening.evidence.property_value import Kind
    from screening.property import import_property

    # Before a server is started for a file that is no table.
    table = read_property_table(file, id_column=id_column, column=column, sheet=sheet)
    with open_engine() as engine:
        report = import_property(
            engine,
            table,
            name=target or column,
            kind=None if kind is None else Kind(kind),
            dry_run=dry_run,
            **said,
        )
    as_rows = output_format != "table"
    outcomes = [asdict(outcome) for outcome in report.outcomes]
    if as_rows:
        print_rows(outcomes, [Column(key, key) for key in _OUTCOME_FIELDS], output_format)
    elif dry_run:
        rows = [row | {"said": joined(row["match"], row["remark"])} for row in outcomes]
        print_rows(rows, _OUTCOMES, output_format)
    else:
        _tell_refused(report)
    for line in _summary(report):
        tell(line, err=as_rows)
    if dry_run:
        click.echo("Dry run: nothing was changed.", err=as_rows)
    if report.counts["refused"]:
        ctx.exit(1)


def _tell_refused(report: "PropertyReport") -> None:
    refused = [outcome for outcome in report.outcomes if outcome.outcome == "refused"]
    for outcome in refused[:_SHOWN]:
        named = f" ({outcome.identifier})" if outcome.identifier else ""
        tell(f"Error: line {outcome.line}{named}: {outcome.remark}")
    if len(refused) > _SHOWN:
        click.echo(f"... and {len(refused) - _SHOWN} more (--dry-run shows all)", err=True)


def _summary(report: "PropertyReport") -> list[str]:
    counts = report.counts
    usable = counts["added"] + counts["known"]
    unit = f", in {report.unit}" if report.unit else ""
    new = ", new here" if report.is_new else ""
    done = ", ".join(
        f"{counts[outcome]} {word}"
        for outcome, word in (
            ("added", "added"),
            ("known", "known already"),
            ("withdrawn", "withdrawn before"),
            ("refused", "refused"),
        )
        if counts[outcome] or outcome != "withdrawn"
    )
    named = f"Property {report.name} ({report.kind}{unit}{new})."
    if report.is_new and not usable:
        named = f"Property {report.name}: not made, since no row has a value for it."
    lines = [
        named,
        f"Rows: {len(report.outcomes)} ({done}).",
    ]
    if report.is_described:
        lines.append("It has its description now.")
    if counts["withdrawn"]:
        lines.append(
            f"What was withdrawn stays so; why: smmdb property show {report.name} --withdrawn"
        )
    if usable and report.kind == "binary":
        lines.append(f"Yes: {report.n_yes} of {usable} ({report.n_yes / usable:.1%}).")
    elif usable:
        lines.append(f"From {report.least:g} to {report.most:g}.")
    states = ("matched", "waiting", "ambiguous")
    lines.append("Values: " + ", ".join(f"{report.states.get(s, 0)} {s}" for s in states) + ".")
    if report.states.get("waiting", 0) > report.rejected:
        lines.append("What waits finds its structure by itself when that is ingested.")
    if report.rejected:
        lines.append(
            f"Of what waits the structure was read and rejected: {report.rejected:,} (--dry-run"
            " names each, smmdb show tells why)."
        )
    if report.several:
        lines.append(
            f"Identifiers that several complexes here bear: {report.several}; the value counts for"
            " each. --of FILE says that only the structures of one file are meant."
        )
    return lines
