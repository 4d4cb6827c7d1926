"""`smmdb model list` and `show`: what there is and what it is worth."""

import json
from typing import Any

import click

from cli.model.card import print_card
from cli.output import Column, Format, as_json_value, output_options, print_rows
from cli.session import open_engine

_TABLE = (
    Column("name", "Version", max_width=24),
    Column("asked_words", "Asked, split", max_width=24),
    Column("n_test", "Test", "d"),
    Column("figure_words", "AUROC or error", max_width=11),
    Column("verdict_words", "Network against baselines", max_width=24),
)
_PROGRAM_KEYS = (
    "model",
    "aliases",
    "asked",
    "data",
    "split_kind",
    "n_test",
    "auroc",
    "auroc_low",
    "auroc_high",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "mae",
    "mae_low",
    "mae_high",
    "best_baseline",
    "verdict",
    "trained_at",
    "imported",
)


@click.command(
    "list",
    epilog="""\b
Examples:
  smmdb model list
  smmdb model list spin
  smmdb model list --format csv
""",
)
@click.argument("name", required=False)
@output_options
def list_(name: str | None, output_format: Format) -> None:
    """List the versions (of one model or alias), newest first.

    Figures are of the network on its test part, with the 95 % interval over groups.
    Versions with different test parts are compared by `smmdb model compare` only.
    """
    from screening.model import list_models

    with open_engine() as engine:
        rows = list_models(engine, name)
    if output_format == "table":
        print_rows([_for_people(row) for row in rows], _TABLE, output_format)
    else:
        print_rows(rows, [Column(key, key) for key in _PROGRAM_KEYS], output_format)
    if not rows:
        click.echo("No model yet: `smmdb train` makes one.", err=True)


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    marks = [row["model"], *(f"= {alias}" for alias in row["aliases"])]
    marks += ["SYNTHETIC"] if row["data"] == "SYNTHETIC" else []
    marks += ["imported"] if row["imported"] else []
    figure = "" if row["auroc"] is None else f"{row['auroc']:.3f}"
    if row["auroc_low"] is not None:
        figure += f"\n{row['auroc_low']:.2f}-{row['auroc_high']:.2f}"
    if row["mae"] is not None:
        figure = f"{row['mae']:.3g}"
    if row["mae_low"] is not None:
        figure += f"\n{row['mae_low']:.2g}-{row['mae_high']:.2g}"
    return row | {
        "name": "\n".join([*marks, f"{row['trained_at']:%Y-%m-%d}"]),
        "asked_words": row["asked"] + (f"\nsplit {split}" if (split := row["split_kind"]) else ""),
        "figure_words": figure,
        "verdict_words": short_verdict(row["verdict"]),
    }


def short_verdict(verdict: str | None) -> str:
    """A verdict without its figures and reasons."""
    if verdict is None:
        return ""
    told = verdict.partition(":")[0]
    if told.endswith("cannot be told"):
        return "cannot be told"
    return told.partition(" (")[0].removeprefix("The network ")


@click.command(
    short_help="Show one version: how it was made, what it is worth.",
    epilog="""\b
Examples:
  smmdb model show spin:3
  smmdb model show production
  smmdb model show spin:3 --format json
""",
)
@click.argument("model", metavar="NAME[:VERSION]")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for reading, JSON for programs, with every figure and every epoch.",
)
def show(model: str, output_format: str) -> None:
    """Show one version: how it was made, on which data, and what it is worth."""
    from screening.model import show_model

    with open_engine() as engine:
        shown = show_model(engine, model)
    if output_format == "json":
        click.echo(json.dumps(shown, indent=2, default=as_json_value, ensure_ascii=False))
    else:
        print_card(shown)
