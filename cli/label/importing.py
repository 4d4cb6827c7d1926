"""`smmdb label template` and `import`: tables of findings into the database."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.console import open_progress, tell
from cli.output import Column, Format, joined, output_options, print_rows
from cli.person import by_option
from cli.report_file import overwrite_option
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.label import ImportReport

_SHOWN = 10  # identifiers and warnings named on screen before "and N more"

_OUTCOMES = (
    Column("line", "Row", "d", no_wrap=True),
    Column("identifier", "Identifier", max_width=30, cut=20),
    Column("outcome", "Would be", no_wrap=True),
    Column("finding_id", "Finding", "d", no_wrap=True),
    Column("said", "Match and remarks"),
)
_OUTCOME_FIELDS = ("line", "identifier", "outcome", "finding_id", "match", "remarks")
"""Keys of an outcome in CSV and JSON."""


@click.command(
    "import",
    short_help="Import a table of findings: CSV, XLSX or JSON.",
    epilog="""\b
Examples:
  smmdb label import findings.csv --dry-run    row by row, what would happen
  smmdb label import findings.xlsx --sheet "Dy papers"
  smmdb label import findings.csv --by "A. Chemist"
  smmdb label import other.csv --mapping docs/literature-mapping.toml
\b
Exit codes: 0 every row is in the database, 1 some rows were refused (the
others are in), 2 the file cannot be used.
""",
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Show row by row what would happen; change nothing.")
@click.option("--sheet", metavar="NAME", help="Of a workbook with several filled sheets.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A TOML file that says what the columns of a table with other headings are.",
)
@by_option
@output_options
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    dry_run: bool,
    sheet: str | None,
    mapping: Path | None,
    by: str,
    output_format: Format,
) -> None:
    """Import a table of findings: CSV, XLSX or JSON (see `smmdb label template`).

    A bad row costs only itself and is named with its line and column. Importing a
    file again adds nothing. A finding whose structure is not here yet is kept, and
    matches by itself when the structure is ingested. --format csv and json print
    the rows and what became of each.
    """
    from screening.label import import_table, read_findings

    # Before a server is started for a file that is no table.
    table = read_findings(file, sheet=sheet, mapping=mapping)
    with open_engine() as engine:
        report = import_table(
            engine,
            table,
            source_name=file.name,
            entered_by=by,
            dry_run=dry_run,
            progress=open_progress(),
        )
    as_rows = output_format != "table"
    outcomes = [asdict(outcome) for outcome in report.outcomes]
    if as_rows:
        print_rows(outcomes, [Column(key, key) for key in _OUTCOME_FIELDS], output_format)
    elif dry_run:
        rows = [row | {"said": joined(row["match"], *row["remarks"])} for row in outcomes]
        print_rows(rows, _OUTCOMES, output_format)
    _tell(report, dry_run=dry_run, to_stderr=as_rows)
    if report.refused:
        ctx.exit(1)


def _tell(report: "ImportReport", *, dry_run: bool, to_stderr: bool) -> None:
    """Print an import report; where the rows were printed they hold the problems already."""
    if not dry_run and not to_stderr:
        _tell_problems(report)
    counts = f"{report.added} added, {report.known} known already, {report.refused} refused"
    lines = [f"Rows: {report.rows} ({counts})."]
    ways = ", ".join(f"{count} by {way}" for way, count in report.matched_by.items())
    lines.append(f"Matched: {sum(report.matched_by.values())}" + (f" ({ways})." if ways else "."))
    if withdrawn := sum(outcome.outcome == "withdrawn" for outcome in report.outcomes):
        lines.append(f"Withdrawn earlier, and left so: {withdrawn} (smmdb label list --withdrawn).")
    if report.rejected:
        rejected = [f"{name}: {code}" for name, code in sorted(report.rejected.items())]
        lines.append(f"Read and rejected (smmdb show tells why): {_some(rejected)}.")
    if absent := [name for name in report.unmatched if name not in report.rejected]:
        lines.append(f"Identifiers without a structure yet: {_some(absent)}.")
        lines.append("They match by themselves when it is ingested (smmdb label match).")
    if report.contradicted:
        lines.append(contradictions(report.contradicted))
    for policy, classes in report.labels.items():
        counts = ", ".join(f"{count} {class_}" for class_, count in sorted(classes.items()))
        lines.append(f"Labels under {policy}: {counts or 'none'}.")
    if dry_run:
        lines.append("Dry run: nothing was changed.")
    for line in lines:
        tell(line, err=to_stderr)


def _tell_problems(report: "ImportReport") -> None:
    for problem in report.errors:
        tell(f"Error: {problem}")
    for problem in report.warnings[:_SHOWN]:
        tell(f"Warning: {problem}")
    if len(report.warnings) > _SHOWN:
        click.echo(f"... and {len(report.warnings) - _SHOWN} more warnings", err=True)
    for ambiguity in report.ambiguous:
        fits = "; ".join(ambiguity.matches[:_SHOWN])
        tell(
            f"Ambiguous: {ambiguity.identifier} fits several compounds. Write in its row which is"
            f" meant, or decide with smmdb label match {ambiguity.finding_id}: {fits}"
        )


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    listed = ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{len(names)} ({listed})"


def contradictions(count: int) -> str:
    """The line that names contradicted compounds."""
    return f"Compounds whose findings contradict each other: {count:,} (smmdb label conflicts)."


@click.command(
    epilog="""\b
Examples:
  smmdb label template my.csv
  smmdb label template | head
"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@overwrite_option
def template(file: Path | None, overwrite: bool) -> None:
    """Write an empty findings table with its columns explained."""
    from screening.evidence.table import template as text
    from screening.label import write_template

    if file is None:
        click.echo(text(), nl=False)
    else:
        write_template(file, overwrite=overwrite)
        click.echo(f"Wrote {file}. Fill it in, then: smmdb label import {file}", err=True)
