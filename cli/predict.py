"""`smmdb predict`: score complexes with a trained network."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.console import open_progress, tell
from cli.output import counted
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.inference.cluster import TlsFiles
    from screening.predict import PredictSummary

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    short_help="Score what a model has not scored yet.",
    epilog="""\b
Examples:
  smmdb predict --model salen-r3d
  smmdb predict --model salen-r3d:2 --dry-run
  smmdb predict --model salen-r3d --scheduler tcp://10.0.0.5:8786
  smmdb predict --model salen-r3d --cluster slurm.toml     (docs/screening.md)
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
@click.option("--tls-ca", type=_FILE, help="PEM file of the authority, for tls://.")
@click.option("--tls-cert", type=_FILE, help="PEM file of your certificate, for tls://.")
@click.option("--tls-key", type=_FILE, help="PEM file of your key, for tls://.")
@click.option(
    "--cluster",
    "cluster_file",
    type=_FILE,
    help="A file (.toml, .yaml) that says how to get workers from Slurm or another batch system.",
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
@click.option(
    "--rotations",
    type=click.IntRange(1, 24),
    help="Make sure that a score is the mean over so many views; it is the model's own "
    "number (`smmdb train --rotations`).",
)
@click.option(
    "--dry-run", is_flag=True, help="Only tell how much there is to do, and measure how long."
)
@click.pass_context
def predict(
    ctx: click.Context,
    model: str,
    scheduler: str | None,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    cluster_file: Path | None,
    workers: int | None,
    device: str,
    rotations: int | None,
    dry_run: bool,
) -> None:
    """Score every complex that the model has not scored yet, through Dask.

    Each batch is stored as soon as it is scored: stopped anywhere, the same command
    does only the rest. A complex that cannot be scored is recorded with its reason.
    `smmdb run` lists and cancels runs.
    """
    if scheduler is not None and cluster_file is not None:
        raise click.UsageError("--scheduler and --cluster exclude each other.")
    if workers is not None and (scheduler is not None or cluster_file is not None):
        raise click.UsageError("--workers is for the cluster here; elsewhere they are started.")
    if scheduler is None and cluster_file is None:
        from screening.inference.nursery import open_nursery

        open_nursery()  # imports torch while this process does all the rest
    from screening.inference.batch_system import read_batch_system
    from screening.predict import predict as run_predict

    tls = _tls(tls_ca, tls_cert, tls_key)
    batch_system = None if cluster_file is None else read_batch_system(cluster_file)
    with open_engine() as engine:
        summary = run_predict(
            engine,
            model,
            scheduler=scheduler,
            tls=tls,
            batch_system=batch_system,
            workers=workers,
            device=device,
            rotations=rotations,
            dry_run=dry_run,
            progress=open_progress(),
        )
    _tell(summary, dry_run=dry_run)
    if summary.cancelled_by is not None:
        ctx.exit(130)


def _tls(ca: Path | None, cert: Path | None, key: Path | None) -> "TlsFiles | None":
    from screening.inference.cluster import TlsFiles

    if ca is None and cert is None and key is None:
        return None
    if ca is None or cert is None or key is None:
        raise click.UsageError("--tls-ca, --tls-cert and --tls-key go together.")
    return TlsFiles(ca, cert, key)


def _tell(summary: "PredictSummary", *, dry_run: bool) -> None:
    label, books = summary.version.label, summary.books
    if summary.version.trained_on_synthetic:
        click.echo(f"{label} was trained on SYNTHETIC data: a demonstration.", err=True)
    if not summary.complexes:
        spec = summary.version.spec.name
        click.echo(f"{label} finds no complex here with a grid {spec}: `smmdb ingest` makes them.")
    elif not summary.pending:
        click.echo(f"{label} has scored all {summary.complexes:,} complexes; nothing to do.")
    elif dry_run:
        click.echo(f"{label}: {summary.pending:,} of {summary.complexes:,} complexes to score.")
    if summary.estimate is not None:
        found = summary.estimate
        workers = Counter(f"{probe.device} ({probe.mode})" for probe in found.probes)
        click.echo(
            f"About {_duration(found.seconds)}: {found.rate:,.0f} complexes/s together on "
            + "; ".join(f"{n} x {how}" if n > 1 else how for how, n in workers.items())
        )
    if books is None:
        return
    click.echo(
        f"{label}, run {books.id}: asked {books.asked:,} = done {books.done:,} + failed "
        f"{books.failed:,} + skipped {books.skipped:,} (scored before)."
        if summary.cancelled_by is None
        else f"{label}, run {books.id} was stopped by {summary.cancelled_by}: asked "
        f"{books.asked:,}, done {books.done:,}, failed {books.failed:,}, skipped "
        f"{books.skipped:,}. The same command does the rest."
    )
    if summary.waited_share is not None:
        click.echo(f"Devices waited {summary.waited_share:.1%} of the time.", err=True)
    if summary.lost_workers:
        tell(
            f"Lost on the way: {counted(summary.lost_workers, 'worker process')} (killed, or out of"
            " memory); what was not stored yet was scored again."
        )
    if books.failed:
        click.echo(f"Why they failed: smmdb run show {books.id}", err=True)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
