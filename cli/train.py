"""`smmdb train`: a network from labelled complexes."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.console import open_progress
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.store.models import MetricValue
    from screening.train import TrainSummary


_SPLITS = ("random", "compound", "doi", "skeleton", "ligand-class", "metal", "year")
_SHOWN = ("accuracy", "auroc", "auprc", "ef_5", "brier")


@click.command(
    short_help="Train a network on the labelled complexes.",
    epilog="""\b
Examples:
  smmdb train --name salen-r3d
  smmdb train --name strict --policy strict-zero-field --epochs 60 --seed 1
  smmdb train --name without-dy --split metal --hold-out Dy
  smmdb train --name later --split year --hold-out 2018
  smmdb train --name demo --synthetic          on the synthetic sample only
""",
)
@click.option("--name", required=True, help="What to call the model; each training is a version.")
@click.option(
    "--policy",
    "policy_name",
    default="paper-binary",
    show_default=True,
    help="How findings become labels (see `smmdb label policies`).",
)
@click.option("--synthetic", is_flag=True, help="Train on synthetic complexes: a demonstration.")
@click.option(
    "--split",
    "split_kind",
    type=click.Choice(_SPLITS),
    default="skeleton",
    show_default=True,
    help="What never stands on both sides (see docs/learning.md).",
)
@click.option(
    "--hold-out",
    "held_out",
    metavar="NAME",
    multiple=True,
    help="Metal or ligand class that only the test part has (repeat for several), or the last "
    "year to train on.",
)
@click.option("--epochs", type=click.IntRange(min=1), default=40, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of split, weights and turns.")
@click.option(
    "--rotations",
    type=click.IntRange(1, 24),
    default=4,
    show_default=True,
    help="Turns of the box that each score is the mean of.",
)
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@output_options
def train(
    name: str,
    policy_name: str,
    synthetic: bool,
    split_kind: str,
    held_out: tuple[str, ...],
    epochs: int,
    seed: int,
    rotations: int,
    device: str,
    output_format: Format,
) -> None:
    """Train a 3D ResNet on the complexes that have a literature label.

    They are split into training, validation and test parts; complexes of one compound,
    crystal, paper or isostructural skeleton are never in two. The result is stored as
    a new, immutable version with its figures on the test part, beside those of the
    baselines on the same complexes. CSV and JSON hold all figures, also by metal.
    """
    from screening.evidence.policy import load_policy
    from screening.learning.split_kind import SplitPlan
    from screening.learning.train import TrainingConfig
    from screening.train import train as run_train

    policy = load_policy(policy_name)
    plan = SplitPlan(split_kind, held_out)
    with open_engine() as engine:
        summary = run_train(
            engine,
            name,
            policy=policy,
            synthetic=synthetic,
            plan=plan,
            config=TrainingConfig(epochs=epochs, seed=seed),
            rotations=rotations,
            device=device,
            progress=open_progress(),
        )
    print_summary(summary, output_format)


def print_summary(summary: "TrainSummary", output_format: Format) -> None:
    """Print the figures on the test part, the network beside the baselines."""
    version, parts = summary.version, summary.parts
    data = "SYNTHETIC complexes" if version.trained_on_synthetic else "complexes"
    left_out = version.split["n_left_out"]
    click.echo(
        f"{version.label}: {parts['train']} {data} to train, {parts['validation']} to validate, "
        f"{parts['test']} to test{f', {left_out} left out' if left_out else ''}; "
        f"policy {version.policy} v{version.policy_version}, {split_words(version.split)}.",
        err=True,
    )
    if output_format == "table":
        print_rows(table_rows(summary.metrics), _TABLE, output_format)
    else:
        rows = [asdict(metric) for metric in summary.metrics]
        print_rows(rows, [Column(key, key) for key in rows[0]], output_format)
    click.echo(summary.verdict, err=True)


def split_words(split: "Mapping[str, Any]") -> str:
    """A split in words."""
    held_out = f", {' and '.join(split['held_out'])} held out" if split["held_out"] else ""
    return f"split {split['kind']}{held_out}; never parted: {split['group']}"


def table_rows(metrics: "Sequence[MetricValue]") -> list[dict[str, object]]:
    """The main figures on the test part, a row for each subject; with what a random split gives."""
    found = {(m.part, m.subject, m.name): m for m in metrics}
    rows = []
    for subject in dict.fromkeys(m.subject for m in metrics if m.part == "test"):
        row: dict[str, object] = {"subject": subject}
        row |= {name: found["test", subject, name].value for name in _SHOWN}
        auroc = found["test", subject, "auroc"]
        row |= {"low": auroc.low, "high": auroc.high}
        if easy := found.get(("random test", subject, "auroc")):
            row["random"] = easy.value
        rows.append(row)
    return rows


_TABLE = [
    Column("subject", "Test part"),
    Column("accuracy", "Accur.", ".3f"),
    Column("auroc", "AUROC", ".3f"),
    Column("low", "95 %", ".3f"),
    Column("high", "to", ".3f"),
    Column("auprc", "AUPRC", ".3f"),
    Column("ef_5", "EF 5%", ".2f"),
    Column("brier", "Brier", ".3f"),
    Column("random", "AUROC if random", ".3f", max_width=9),
]
