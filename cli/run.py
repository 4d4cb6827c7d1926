"""`smmdb run`: the runs of `smmdb predict`."""

from typing import Any

import click

from cli.output import Column, Format, counted, output_options, print_rows
from cli.person import by_option
from cli.session import open_engine

_RUN = click.argument("run_id", metavar="RUN", type=click.IntRange(min=1))
_COUNTS = ("asked", "done", "failed", "skipped")
_LISTED = (
    Column("id", "run", "d"),
    Column("model", "model"),
    Column("status", "status"),
    *(Column(key, key, ",d") for key in _COUNTS),
    Column("started_at", "started", no_wrap=True),
    Column("seconds", "seconds", ",.0f"),
)
_MORE = ("device", "finished_at", "cancel_requested_at", "cancel_requested_by")
_SHOWN = ("settings", "measured", "failures")


@click.group(
    short_help="List, show and cancel runs of `smmdb predict`.",
    epilog="""\b
Examples:
  smmdb run list
  smmdb run show 12
  smmdb run cancel 12
""",
)
def run() -> None:
    """The runs of `smmdb predict`, also those of other people and machines."""


@run.command(
    "list",
    short_help="The newest runs with their books.",
    epilog="""\b
Examples:
  smmdb run list --top 5
  smmdb run list --format json
""",
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True)
@output_options
def list_command(top: int, output_format: Format) -> None:
    """List the newest runs: asked = done + failed + skipped once a run is done.

    The counts of a running run are those of now. A run whose command died is told as
    failed; what it scored is kept, and the next `smmdb predict` does the rest.
    """
    from screening.run import list_runs

    with open_engine() as engine:
        rows = list_runs(engine, top)
    if not rows:
        click.echo("No run yet: `smmdb predict` makes the first.", err=True)
    if rows or output_format != "table":
        print_rows(rows, _columns(output_format, (*_MORE,)), output_format)


@run.command(
    "show",
    short_help="Settings, measurements and failures of a run.",
    epilog="""\b
Examples:
  smmdb run show 12
""",
)
@_RUN
@output_options
def show_command(run_id: int, output_format: Format) -> None:
    """Show how a run was set, what its workers chose and measured, and why complexes failed."""
    from screening.run import show_run

    with open_engine() as engine:
        found = show_run(engine, run_id)
    if output_format == "table":
        _print_run(found)
    else:
        print_rows([found], _columns(output_format, (*_MORE, *_SHOWN)), output_format)


@run.command(
    "cancel",
    short_help="Ask a running run to stop, from anywhere.",
    epilog="""\b
Examples:
  smmdb run cancel 12
""",
)
@_RUN
@by_option
def cancel_command(run_id: int, by: str) -> None:
    """Ask a run to stop: its command, wherever it runs, ends after the batches under way.

    What was scored is kept; the same `smmdb predict` does the rest later.
    """
    from screening.run import cancel_run

    with open_engine() as engine:
        found = cancel_run(engine, run_id, by)
    click.echo(
        f"Run {run_id} of {found['model']} was asked to stop by {found['cancel_requested_by']}; "
        "it does within seconds."
    )


def _columns(output_format: Format, more: tuple[str, ...]) -> tuple[Column, ...]:
    return _LISTED if output_format == "table" else (*_LISTED, *(Column(k, k) for k in more))


def _print_run(found: dict[str, Any]) -> None:
    click.echo(f"Run {found['id']} of {found['model']}: {found['status']}")
    click.echo("  " + ", ".join(f"{key} {found[key]:,}" for key in _COUNTS))
    click.echo(f"  started {found['started_at']:%Y-%m-%d %H:%M}, {found['seconds']:,.1f} s")
    if found["cancel_requested_by"]:
        click.echo(f"  asked to stop by {found['cancel_requested_by']}")
    measured = found["measured"] or {}
    if measured:
        click.echo(
            f"  {measured['complexes_per_second']:,} complexes/s; devices waited "
            f"{measured['device_waited_share']:.1%} of the time"
        )
        if measured.get("lost_workers"):  # runs of before knew nothing of them
            click.echo(f"  lost on the way: {counted(measured['lost_workers'], 'worker process')}")
    settings = dict(found["settings"])
    probes = settings.pop("probes", [])
    given = ", ".join(f"{key} {value}" for key, value in settings.items() if value is not None)
    click.echo(f"  device {found['device']}{', ' + given if given else ''}")
    for probe in probes:
        click.echo(f"  a worker on {probe['device']} chose {_mode(probe['mode'])}, from:")
        for trial in probe["trials"]:
            rate = "" if trial["rate"] is None else f"  {trial['rate']:,.0f} grids/s"
            why = "" if trial["refused"] is None else f"  refused: {trial['refused']}"
            click.echo(f"    {_mode(trial['mode'])}{rate}{why}")
    for kind in found["failures"]:
        click.echo(f"  {counted(kind['n'], 'complex')} {kind['code']}: {kind['example']}")
    if found["failures"]:
        click.echo("  Which ones: the view prediction_failures (smmdb db psql).")


def _mode(mode: dict[str, Any]) -> str:
    compiled = ", compiled" if mode["compiled"] else ""
    return f"{mode['precision']}{compiled}, {mode['batch']} at a time"
