"""`smmdb model export` and `import`: a version as a file."""

from pathlib import Path

import click

from cli.output import counted
from cli.person import by_option
from cli.report_file import overwrite_option
from cli.session import open_engine


@click.command(
    short_help="Write a version to one safetensors file.",
    epilog="""\b
Examples:
  smmdb model export spin:3                       into spin-3.safetensors
  smmdb model export production best.safetensors
""",
)
@click.argument("model", metavar="NAME[:VERSION]")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@overwrite_option
def export(model: str, file: Path | None, overwrite: bool) -> None:
    """Write a version to one safetensors file, with its card in the header.

    The file holds weights, card, figures, and of each example the keys, the class and
    the part, but no structure. Give the sha256 that is printed to whoever gets the file.
    """
    from screening.model_transfer import export_model

    with open_engine() as engine:
        written = export_model(engine, model, file, overwrite=overwrite)
    click.echo(
        f"{written.version.label} is in {written.path}: {written.n_bytes:,} bytes, "
        f"sha256 {written.sha256}"
    )


@click.command(
    "import",
    epilog="""\b
Examples:
  smmdb model import spin-3.safetensors --dry-run
  smmdb model import spin-3.safetensors --sha256 5c1f...
  smmdb model import spin-3.safetensors --name spin-of-lausanne
""",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--name", metavar="NAME", help="What to call it here.  [default: as it was called]")
@click.option("--sha256", metavar="HEX", help="Of the file, as its sender told you.")
@click.option("--dry-run", is_flag=True, help="Check the file and tell what it is; add nothing.")
@by_option
def import_(file: Path, name: str | None, sha256: str | None, dry_run: bool, by: str) -> None:
    """Add the version that a file of `smmdb model export` holds.

    Every byte is checked; pickles are refused, and nothing of the file is run. The
    same version is never added twice. Its examples are known by their keys: where this
    database holds the same structures, they count as what it was trained on.
    """
    from screening.model_transfer import import_model

    with open_engine() as engine:
        done = import_model(engine, file, by=by, name=name, sha256=sha256, dry_run=dry_run)
    card, version = done.card, done.version
    synthetic = ", SYNTHETIC data" if card.stored["trained_on_synthetic"] else ""
    click.echo(
        f"{file}: {card.label}, trained {card.trained_at:%Y-%m-%d} on "
        f"{counted(len(card.examples), 'example')}{synthetic}; sha256 {done.sha256}",
        err=True,
    )
    if version is not None and not done.is_new:
        click.echo(f"{card.label} is here already, as {version.label}; nothing to do.")
    elif version is None:
        click.echo(f"{card.label} is whole and not here yet; without --dry-run it is added.")
    else:
        other = (
            "" if version.label == card.label else f" (it was {card.label} where it was trained)"
        )
        click.echo(f"Added as {version.label}{other}.")
        if not done.n_grids:
            click.echo(
                f"No complex here is drawn as it needs ({version.spec.name}), so it can score "
                "nothing yet.",
                err=True,
            )
