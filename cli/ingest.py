"""`smmdb ingest`: files of structures to complexes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.console import open_progress
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.ingest import IngestSummary

_REJECTED = (
    "select file, block, code, reason from ingest_report where verdict = 'rejected' order by file"
)


@click.command(
    short_help="Read crystal structures (CIF files, folders, archives).",
    epilog="""\b
Examples:
  smmdb ingest structures/                   a folder, with all folders in it
  smmdb ingest my.cif export.zip cod.tar.gz  files and archives
  smmdb ingest tmqm.xyz.xz                   many molecules in one file
  smmdb db psql -- -c "select * from ingest_report where verdict = 'rejected'"
""",
)
@click.argument(
    "inputs",
    metavar="FOLDER|FILE|ARCHIVE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Reading processes.  [default: one for each core]",
)
@output_options
def ingest(inputs: tuple[Path, ...], workers: int | None, output_format: Format) -> None:
    """Read crystal structures (CIF as the CSD and the COD export it) into the database.

    Every data block ends accepted, or rejected with a code and a reason; what is
    known already is not read again, so the same command goes on after a stop.
    Folders give their .cif, .cif.gz and .mcif files, molecules without a crystal
    (.xyz, .mol2, .sdf, .mol; each also .gz, .xz, .bz2), and those in .zip and .tar
    archives; a file named here is read whatever its name, as CIF if the name says
    nothing else.
    """
    from screening.ingest import ingest as run_ingest

    with open_engine() as engine:
        summary = run_ingest(engine, inputs, workers=workers, progress=open_progress())
    print_summary(summary, output_format)


def print_summary(summary: "IngestSummary", output_format: Format) -> None:
    """Print what came in and what did not, and why."""
    from screening.crystal.verdict import CODES

    added = summary.added
    rows = [{"verdict": "accepted", "code": None, "blocks": added.accepted, "meaning": None}] + [
        {"verdict": "rejected", "code": code, "blocks": count, "meaning": CODES[code]}
        for code, count in added.rejected.most_common()
    ]
    columns = [
        Column("verdict", "Verdict"),
        Column("code", "Code"),
        Column("blocks", "Blocks", ",d"),
        Column("meaning", "Meaning"),
    ]
    if summary.blocks or output_format != "table":
        print_rows(rows, columns, output_format)
    metals = ", ".join(f"{metal} {count:,}" for metal, count in added.metals.most_common())
    lines = [
        (
            f"{counted(summary.blocks, 'block')} of {counted(added.files, 'new file')}: "
            f"{added.accepted:,} accepted, "
            f"{added.rejected.total():,} rejected."
        ),
        counted(added.complexes, "new complex") + (f" (by metal: {metals})." if metals else "."),
    ]
    if added.known_complexes:
        lines.append(f"Met again and added only once: {counted(added.known_complexes, 'complex')}.")
    if added.known_files:
        lines.append(
            f"Met before (same bytes) and left alone: {counted(added.known_files, 'file')}."
        )
    if summary.passed_over:
        lines.append(f"Passed over for other endings: {counted(summary.passed_over, 'file')}.")
    if not summary.files:
        lines.append("No file of structures and no archive was found there.")
    if added.rejected:
        lines.append(f'Which and why: smmdb db psql -- -c "{_REJECTED}"')
    for line in lines:
        click.echo(line, err=True)
