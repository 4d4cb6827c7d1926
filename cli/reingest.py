"""`smmdb reingest`: better chemistry over what the database holds."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.console import open_progress
from cli.output import Column, Format, counted, output_options, print_rows
from cli.report_file import Write, check_report, open_report
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.reingest import ReingestSummary
    from screening.store.block_change import BlockChange
    from screening.store.facts import Facts

_REPORT_KEYS = (
    "file",
    "block",
    "changes",
    "verdict_before",
    "verdict_after",
    "reason_before",
    "reason_after",
    "formulas_before",
    "formulas_after",
    "sites_before",
    "sites_after",
    "ligand_classes_before",
    "ligand_classes_after",
    "complex_ids_before",
    "complex_ids_after",
)


@click.command(
    short_help="Read what is stored again, with newer chemistry.",
    epilog="""\b
Examples:
  smmdb reingest --dry-run --report would.csv    what would change, and how
  smmdb reingest
  smmdb show "row 12"                            a row that was superseded
""",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=check_report,
    metavar="FILE",
    help="Write each changed block, before and after, to FILE (.csv or .json), anew each time.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Reading processes.  [default: one for each core]",
)
@output_options
def reingest(
    dry_run: bool, report: Path | None, workers: int | None, output_format: Format
) -> None:
    """Read all structures again by today's chemistry, from the bytes that the database holds.

    What reads as before stays. Where a block reads otherwise, new rows take the
    place of the old ones, which stay with their scores and training examples.
    Then findings find their compounds anew. Stopped, the same command finishes.
    """
    from screening.reader_server import start_reader_server

    start_reader_server()  # what reads is loaded while this process loads what stores
    from screening.reingest import reingest as run_reingest

    with open_engine() as engine, ExitStack() as stack:
        write = stack.enter_context(open_report(report, _REPORT_KEYS)) if report else None
        summary = run_reingest(
            engine,
            workers=workers,
            dry_run=dry_run,
            report=_reporter(write, dry_run=dry_run) if write else None,
            progress=open_progress(),
        )
    _print_summary(summary, output_format)


def _reporter(write: Write, *, dry_run: bool) -> Callable[["Sequence[BlockChange]"], None]:
    # The new rows of a dry run are gone, and their numbers with them.
    left_out = {"complex_ids_after": None} if dry_run else {}

    def report(changes: "Sequence[BlockChange]") -> None:
        write([_report_row(change) | left_out for change in changes])

    return report


def _report_row(change: "BlockChange") -> dict[str, object]:
    return {
        "file": change.file,
        "block": change.block,
        "changes": change.changes,
        "verdict_before": change.verdict_before,
        "verdict_after": change.verdict_after,
        "reason_before": change.reason_before,
        "reason_after": change.reason_after,
        **_held("before", change.before),
        **_held("after", change.after),
    }


def _held(when: str, complexes: "Sequence[Facts]") -> dict[str, object]:
    return {
        f"formulas_{when}": [item.formula for item in complexes],
        f"sites_{when}": [str(site) for item in complexes for site in item.sites],
        f"ligand_classes_{when}": sorted({n for item in complexes for n in item.ligand_classes}),
        f"complex_ids_{when}": [item.id for item in complexes],
    }


def _print_summary(summary: "ReingestSummary", output_format: Format) -> None:
    from screening.store.block_change import KINDS

    renewed = summary.renewed
    rows = [
        {"change": kind, "of": KINDS[kind], "count": renewed.changes[kind]}
        for kind in KINDS
        if renewed.changes[kind]
    ]
    columns = [Column("change", "Change"), Column("of", "Of"), Column("count", "Count", ",d")]
    if rows or output_format != "table":
        print_rows(rows, columns, output_format)
    would = "would change" if summary.matched is None else "changed"
    same = renewed.blocks - renewed.changed_blocks
    lines = [
        f"{counted(renewed.blocks, 'block')} of {counted(renewed.files, 'file')} read again.",
        f"{counted(renewed.changed_blocks, 'block')} {would}, {same:,} stay as they are.",
    ]
    if renewed.superseded:
        were = "would be" if summary.matched is None else "were"
        lines.append(f"{counted(renewed.superseded, 'complex')} {were} superseded.")
    if summary.without_bytes:
        lines.append(
            f"Never readable, so without bytes, and skipped: "
            f"{counted(summary.without_bytes, 'file')}."
        )
    for name, reason in summary.not_read[:5]:
        lines.append(f"Could not be read this time and is left as it was: {name}: {reason}")
    if len(summary.not_read) > 5:
        lines.append(f"... and {len(summary.not_read) - 5:,} more files.")
    if summary.matched is not None and summary.matched.changed:
        lines.append(f"{counted(summary.matched.changed, 'finding')} found another compound.")
    if renewed.scored:
        lines.append(
            f"{counted(renewed.scored, 'complex')} with scores by older rows: "
            "`smmdb predict --model NAME` scores the new ones."
        )
    for line in lines:
        click.echo(line, err=True)
