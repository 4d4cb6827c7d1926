"""`smmdb model compare`: two versions on the same complexes."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.console import open_progress, tell
from cli.model.options import device_option
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.learning.metrics import Estimate
    from screening.model_compare import Comparison


@click.command(
    epilog="""\b
Examples:
  smmdb model compare spin:3 spin:2
  smmdb model compare spin production --format json
"""
)
@click.argument("one", metavar="NAME[:VERSION]")
@click.argument("other", metavar="NAME[:VERSION]")
@device_option
@output_options
def compare(one: str, other: str, device: str, output_format: Format) -> None:
    """Compare two versions on complexes that neither learned from.

    Figures of two cards cannot be compared: their test parts differ, and one may have
    been trained on what tests the other. Here both score the same complexes, and the
    difference has a 95 % interval over groups. Negative differences of Brier, ECE and
    of errors of numbers speak for the first.
    """
    from screening.model_compare import compare_models

    with open_engine() as engine:
        found = compare_models(engine, one, other, device=device, progress=open_progress())
    if output_format == "json":
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
        return
    rows = [
        {"figure": figure.name}
        | _cells("one", figure.one)
        | _cells("other", figure.other)
        | _cells("difference", figure.difference)
        for figure in found.figures
    ]
    names = {"one": found.one.label, "other": found.other.label, "difference": "Difference"}
    if output_format == "csv":
        keys = [key for name in names for key in (name, f"{name}_low", f"{name}_high")]
        print_rows(rows, [Column(key, key) for key in ("figure", *keys)], output_format)
    else:
        style = ".4g" if found.n_positive is None else ".3f"  # an error may be of any size
        shown = [
            {"figure": row["figure"]} | {name: _words(row, name, style) for name in names}
            for row in rows
        ]
        columns = [Column(name, heading) for name, heading in names.items()]
        print_rows(shown, [Column("figure", "Figure"), *columns], output_format)
    kind = "SYNTHETIC complexes" if found.one.trained_on_synthetic else "complexes"
    positive = "" if found.n_positive is None else f", {found.n_positive:,} of them positive"
    tell(f"On {found.n:,} {kind}{positive}.")
    for note in found.notes:
        tell(note)
    tell(found.verdict)


def _as_json(found: "Comparison") -> dict[str, Any]:
    return {
        "one": found.one.label,
        "other": found.other.label,
        "synthetic": found.one.trained_on_synthetic,
        "n": found.n,
        "n_positive": found.n_positive,
        "figures": [asdict(figure) for figure in found.figures],
        "notes": list(found.notes),
        "verdict": found.verdict,
    }


def _cells(name: str, estimate: "Estimate") -> dict[str, Any]:
    return {
        name: estimate.value,
        f"{name}_low": estimate.low,
        f"{name}_high": estimate.high,
    }


def _words(row: dict[str, Any], name: str, style: str) -> str:
    value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    style = f"+{style}" if name == "difference" else style
    if value is None:
        return ""
    text = f"{value:{style}}"
    return text if low is None else f"{text} ({low:{style}} to {high:{style}})"
