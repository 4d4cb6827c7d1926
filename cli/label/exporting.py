"""`smmdb label export`: findings into a table that imports to the same."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cli.output import counted
from cli.report_file import overwrite_option
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.findings import ExportFormat


@click.command(
    short_help="Write the findings that count as a table to import.",
    epilog="""\b
Examples:
  smmdb label export findings.xlsx
  smmdb label export findings.json
  smmdb label export --format csv --identifier ABCDEF > one.csv
""",
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "xlsx", "json"]),
    help="[default: by the ending of FILE, CSV without one]",
)
@click.option("--identifier", metavar="X", help="Only of this refcode, number, name or complex.")
@overwrite_option
def export(
    file: Path | None, file_format: str | None, identifier: str | None, overwrite: bool
) -> None:
    """Write the findings that count in the format of `smmdb label import`.

    Importing the file into the same database adds nothing. Withdrawn findings are
    left out. Without FILE the table goes to standard output.
    """
    from screening.findings import export_findings, export_text

    ending = "" if file is None else file.suffix.lower().removeprefix(".")
    if file_format is None and ending not in ("", "csv", "xlsx", "json"):
        raise click.UsageError(f"{file} must end in .csv, .xlsx or .json, or say --format")
    chosen = file_format or ending or "csv"
    if file is None and chosen == "xlsx":
        raise click.UsageError("a workbook needs a FILE")
    with open_engine() as engine:
        if file is None:
            text = export_text(engine, as_json=chosen == "json", identifier=identifier)
            click.echo(text, nl=False)
            return
        count = export_findings(
            engine,
            file,
            file_format=cast("ExportFormat", chosen),
            identifier=identifier,
            overwrite=overwrite,
        )
    click.echo(f"Wrote {counted(count, 'finding')} to {file}.", err=True)
