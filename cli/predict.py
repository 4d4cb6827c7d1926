"""`smmdb predict`: score complexes with a trained network."""

import click

from cli.console import open_progress
from cli.session import open_engine


@click.command(
    short_help="Score what a model has not scored yet.",
    epilog="""\b
Examples:
  smmdb predict --model salen-r3d
  smmdb predict --model salen-r3d:2 --dry-run
  smmdb predict --model salen-r3d --scheduler tcp://10.0.0.5:8786
""",
)
@click.option(
    "--model",
    required=True,
    metavar="NAME[:VERSION]",
    help="The model that scores; without a version its newest one.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A running Dask scheduler (tcp://host:8786 or tls://...).  [default: a cluster here]",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Workers of the cluster here.  [default: one a GPU, else one a core]",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="What the workers compute on; auto takes a GPU when there is one.",
)
@click.option("--dry-run", is_flag=True, help="Only tell how much there is to do.")
def predict(
    model: str, scheduler: str | None, workers: int | None, device: str, dry_run: bool
) -> None:
    """Score every complex that the model has not scored yet, through Dask.

    Each batch is stored as soon as it is scored: stopped anywhere, the same command
    does only the rest. A complex that cannot be scored is recorded with its reason.
    """
    from screening.predict import predict as run_predict

    with open_engine() as engine:
        summary = run_predict(
            engine,
            model,
            scheduler=scheduler,
            workers=workers,
            device=device,
            dry_run=dry_run,
            progress=open_progress(),
        )
    label, books = summary.version.label, summary.books
    if summary.version.trained_on_synthetic:
        click.echo(f"{label} was trained on SYNTHETIC data: a demonstration.", err=True)
    if dry_run:
        click.echo(f"{label}: {summary.pending:,} of {summary.complexes:,} complexes to score.")
    elif books is None:
        click.echo(f"{label} has scored all {summary.complexes:,} complexes; nothing to do.")
    else:
        click.echo(
            f"{label}, run {books.id}: asked {books.asked:,} = done {books.done:,} + failed "
            f"{books.failed:,} + skipped {books.skipped:,} (scored before)."
        )
        if books.failed:
            click.echo("Why they failed stands in `smmdb show` and in docs/sql.md.", err=True)
