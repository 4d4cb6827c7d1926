"""A checked version: where it looks, in tables and in words."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.console import tell
from cli.metric_table import target_words
from cli.output import Column, Format, print_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.explain_check import CheckedVersion
    from screening.learning.attention import Figure

_SHARES = [
    Column("name", "From the metal"),
    Column("network", "Network", ".3f"),
    Column("low", "95 %", ".3f"),
    Column("high", "to", ".3f"),
    Column("shuffled weights", "Shuffled weights", ".3f", max_width=8),
    Column("atoms", "Atoms", ".3f"),
    Column("volume", "Volume", ".3f"),
]
_VALUES = [
    Column("value", "Value", ".3f"),
    Column("low", "95 %", ".3f"),
    Column("high", "to", ".3f"),
    Column("n", "n", "d"),
]
_NEAR = ("metals", "to 2.8 A")


def print_check(found: "CheckedVersion", output_format: Format) -> None:
    """Print the figures of a check; as CSV or JSON all rows as they are."""
    rows = [asdict(figure) for figure in found.figures]
    if output_format != "table":
        print_rows(rows, [Column(key, key) for key in rows[0]], output_format)
        return
    version = found.version
    click.secho(f"{version.label}: {found.n} complexes of its test part", bold=True)
    tell(target_words(version.card.get("target"), version.target), err=False)
    if version.trained_on_synthetic:
        click.echo("The model was trained on SYNTHETIC data: a demonstration.")
    click.echo("\nShare of the importance, beside that of shuffled weights, atoms and voxels:")
    print_rows(_share_rows(found.figures), _SHARES, "table")
    click.echo("Mean size of the change of the log-odds by")
    print_rows(_of(rows, "change"), [Column("name", "What was done"), *_VALUES], "table")
    click.echo("AUROC of what is left of the complexes:")
    print_rows(_of(rows, "auroc"), [Column("name", "Left"), *_VALUES], "table")
    for line in verdict(found.figures):
        tell(line, err=False)


def verdict(figures: "Sequence[Figure]") -> list[str]:
    """What the figures say, in sentences."""
    found = {(one.about, one.subject, one.name): one.value for one in figures}
    near = {
        subject: sum(found["share", subject, zone] or 0.0 for zone in _NEAR)
        for subject in ("network", "shuffled weights", "atoms", "volume")
    }
    first = (
        f"Metals and what lies within 2.8 A of them: {near['network']:.0%} of the importance "
        f"(shuffled weights {near['shuffled weights']:.0%}, share of the atoms "
        f"{near['atoms']:.0%}, of the voxels {near['volume']:.0%})."
    )
    lines = [first]
    empty = found["change", "network", "a carbon put into empty space"]
    donor = found["change", "network", "a donor taken away"]
    if empty is not None and donor:
        lines.append(
            f"A carbon in the empty part of the box moves the score {empty / donor:.0%} as much "
            "as the loss of a donor."
        )
    agreement = found["agreement", "network", "shuffled weights"]
    if agreement is not None:
        lines.append(
            "Rank correlation of the atoms' importances with those of shuffled weights: "
            f"{agreement:.2f}."
        )
    return lines


def _share_rows(figures: "Sequence[Figure]") -> list[dict[str, Any]]:
    """A row a zone, with the share of every subject."""
    rows: dict[str, dict[str, Any]] = {}
    for one in figures:
        if one.about == "share":
            row = rows.setdefault(one.name, {"name": one.name})
            row[one.subject] = one.value
            if one.subject == "network":
                row |= {"low": one.low, "high": one.high}
    return list(rows.values())


def _of(rows: "Sequence[Mapping[str, Any]]", about: str) -> list["Mapping[str, Any]"]:
    return [row for row in rows if row["about"] == about]
