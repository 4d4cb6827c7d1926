"""`smmdb label`: literature findings in, labels out."""

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.console import open_progress
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.label import ImportReport

_SHOWN = 10  # identifiers and warnings named on screen before "and N more"

_TABLE_COLUMNS = (
    Column("id", "Id", "d", no_wrap=True),
    Column("identifier", "Identifier"),
    Column("behaviour", "Behaviour", no_wrap=True),
    Column("dc_field_oe", "Oe", "g", no_wrap=True),
    Column("ueff_k", "Ueff K", ".4g", no_wrap=True),
    Column("doi", "DOI"),
    Column("matched_by", "Matched by"),
)


@click.group(short_help="Literature findings, and labels made of them.")
def label() -> None:
    """Literature findings, and the labels that a policy makes of them."""


@label.command(
    "import",
    epilog="""\b
Examples:
  smmdb label import findings.csv
  smmdb label import findings.csv --dry-run    only show what would happen
  smmdb label import findings.csv --by "A. Chemist"
\b
Exit codes: 0 every row is in the database, 1 some rows were refused (the others
are in), 2 the file cannot be used.
""",
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
@click.option("--by", "entered_by", metavar="NAME", help="Who read it.  [default: your user name]")
@click.pass_context
def import_(ctx: click.Context, file: Path, dry_run: bool, entered_by: str | None) -> None:
    """Import a table of findings (CSV; see `smmdb label template`).

    A bad row costs only itself and is named with its line and column. Importing a
    file again adds nothing. A finding whose structure is not here yet is kept, and
    matches by itself when the structure is ingested.
    """
    from screening.evidence.table import read_table
    from screening.label import import_table

    entered_by = entered_by or _user_name()
    table = read_table(file)  # before a server is started for a file that is no table
    with open_engine() as engine:
        report = import_table(
            engine,
            table,
            source_name=file.name,
            entered_by=entered_by,
            dry_run=dry_run,
            progress=open_progress(),
        )
    _tell(report, dry_run=dry_run)
    if report.refused:
        ctx.exit(1)


def _user_name() -> str:
    """The name of the user; a container may run as a number without one."""
    from screening.errors import InputError

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise InputError("Say who read the papers: --by NAME") from None


def _tell(report: "ImportReport", *, dry_run: bool) -> None:
    """Print an import report: errors in full, the rest in short."""
    for problem in report.errors:
        click.echo(f"Error: {problem}", err=True)
    for problem in report.warnings[:_SHOWN]:
        click.echo(f"Warning: {problem}", err=True)
    if len(report.warnings) > _SHOWN:
        click.echo(f"... and {len(report.warnings) - _SHOWN} more warnings", err=True)
    for ambiguity in report.ambiguous:
        fits = "; ".join(ambiguity.matches[:_SHOWN])
        click.echo(
            f"Ambiguous: {ambiguity.identifier} fits several compounds. Write in its row which is"
            f" meant: {fits}",
            err=True,
        )
    click.echo(
        f"Rows: {report.rows} ({report.added} added, {report.known} known already,"
        f" {report.refused} refused)."
    )
    ways = ", ".join(f"{count} by {way}" for way, count in report.matched_by.items())
    click.echo(f"Matched: {sum(report.matched_by.values())}" + (f" ({ways})." if ways else "."))
    if report.unmatched:
        names = ", ".join(report.unmatched[:_SHOWN])
        more = len(report.unmatched) - _SHOWN
        click.echo(
            f"Identifiers without a structure yet: {len(report.unmatched)} ({names}"
            + (f" and {more} more" if more > 0 else "")
            + ").\nThey match by themselves when it is ingested (smmdb label list --unmatched)."
        )
    if report.contradicted:
        click.echo(_contradictions(report.contradicted))
    for policy, classes in report.labels.items():
        counts = ", ".join(f"{count} {class_}" for class_, count in sorted(classes.items()))
        click.echo(f"Labels under {policy}: {counts or 'none'}.")
    if dry_run:
        click.echo("Dry run: nothing was changed.")


def _contradictions(count: int) -> str:
    return f"Compounds whose findings contradict each other: {count:,} (label reasons name them)."


@label.command(
    epilog="""\b
Examples:
  smmdb label template my.csv
  smmdb label template | head
"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def template(file: Path | None) -> None:
    """Write an empty findings table with its columns explained."""
    from screening.evidence.table import template as text
    from screening.label import write_template

    if file is None:
        click.echo(text(), nl=False)
    else:
        write_template(file)
        click.echo(f"Wrote {file}. Fill it in, then: smmdb label import {file}", err=True)


@label.command(
    "list",
    epilog="""\b
Examples:
  smmdb label list --unmatched
  smmdb label list --identifier ABCDEF --format csv
""",
)
@click.option("--unmatched", is_flag=True, help="Only findings without a structure.")
@click.option(
    "--identifier", metavar="X", help="Only findings on this refcode, number, name or complex."
)
@output_options
def list_(unmatched: bool, identifier: str | None, output_format: Format) -> None:
    """List the findings; CSV and JSON hold every field.

    A finding that fits several complexes is `ambiguous`; CSV and JSON name them.
    """
    from screening.label import FINDING_FIELDS, list_findings

    with open_engine() as engine:
        rows = list_findings(engine, identifier=identifier, unmatched=unmatched)
    if output_format == "table":
        named = [row | {"matched_by": "ambiguous"} if row["fits"] else row for row in rows]
        print_rows(named, _TABLE_COLUMNS, output_format)
    else:
        print_rows(rows, [Column(k, k) for k in FINDING_FIELDS], output_format)
    click.echo(f"Findings: {len(rows)}.", err=True)


@label.command(
    epilog="""\b
Examples:
  smmdb label resolve
  smmdb label resolve --policy strict-zero-field --format json
"""
)
@click.option("--policy", default="paper-binary", show_default=True, metavar="NAME")
@output_options
def resolve(policy: str, output_format: Format) -> None:
    """Make the labels of a policy anew and count them by metal and class.

    A compound with several metals counts under each; the row `all` counts it once.
    """
    from screening.label import resolve as run_resolve

    with open_engine() as engine:
        resolved = run_resolve(engine, policy)
    named: list[dict[str, Any]] = [r | {"metal": r["metal"] or "all"} for r in resolved.rows]
    classes = ("positive", "negative", "unlabelled", "excluded")
    columns = [Column("metal", "Metal"), *(Column(c, c.capitalize(), ",d") for c in classes)]
    print_rows(named, columns, output_format)
    used = resolved.policy
    click.echo(f"Policy {used.name} version {used.version}: {used.title}.", err=True)
    if resolved.contradicted:
        click.echo(_contradictions(resolved.contradicted), err=True)


@label.command(
    epilog="""\b
Examples:
  smmdb label policies
  smmdb label policies strict-zero-field    its rules, with comments
"""
)
@click.argument("name", required=False)
@output_options
def policies(name: str | None, output_format: Format) -> None:
    """List the label policies, or print the rules of one."""
    from screening.evidence.policy import builtin_policies, policy_data, policy_text

    if name is not None:
        if output_format == "csv":
            raise click.UsageError("the rules of a policy are no table: use --format json")
        as_json = output_format == "json"
        click.echo(
            json.dumps(policy_data(name), indent=2) if as_json else policy_text(name).strip()
        )
        return
    rows = [{"name": p.name, "version": p.version, "title": p.title} for p in builtin_policies()]
    columns = [
        Column("name", "Policy"),
        Column("version", "Version", "d"),
        Column("title", "Title"),
    ]
    print_rows(rows, columns, output_format)
