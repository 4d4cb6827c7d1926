"""`smmdb demo`: the main job on synthetic data."""

from pathlib import Path

import click

from cli.console import open_progress, tell
from cli.rank import print_ranking
from cli.session import open_engine

_NEXT = """
Next:
  smmdb rank --metal Dy --synthetic       rank again (see smmdb rank --help)
  smmdb db psql                           ask in SQL: select * from candidates limit 10;
  smmdb ingest FOLDER                     read your own CIF files"""


@click.command(
    short_help="Run the whole way on synthetic structures.",
    epilog="""\b
Example:
  smmdb demo
""",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write the sample.  [default: synthetic-sample in SMMDB_HOME]",
)
@click.option(
    "--files",
    type=click.IntRange(min=20),
    default=300,
    show_default=True,
    help="How many CIF files to make.",
)
def demo(folder: Path | None, files: int) -> None:
    """Run the whole way on SYNTHETIC structures: ingest, label, train, predict, rank.

    Needs no download and no database of yours; takes a few minutes. Everything it
    makes is marked synthetic and never mixed with real structures in training.
    """
    from screening.config import load_settings
    from screening.demo import demo as run_demo

    folder = folder or load_settings().home / "synthetic-sample"
    progress = open_progress()
    progress.note("Opening the database")
    with open_engine() as engine:
        summary = run_demo(engine, folder, files=files, progress=progress)
    added = summary.ingested.added
    tell(
        f"Read {added.files} files: {added.accepted} blocks accepted, "
        f"{added.rejected.total()} rejected; {added.complexes} complexes."
    )
    tell(summary.version.card["verdict"])
    click.echo("\nDy candidates without a label, best first (SYNTHETIC, a demonstration):")
    print_ranking(summary.ranking, "table")
    click.echo(_NEXT)
