"""`smmdb train`: a network from labelled complexes."""

from typing import TYPE_CHECKING

import click

from cli.console import open_progress
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.store.models import MetricValue
    from screening.train import TrainSummary


@click.command(
    short_help="Train a network on the labelled complexes.",
    epilog="""\b
Examples:
  smmdb train --name salen-r3d
  smmdb train --name strict --policy strict-zero-field --epochs 60 --seed 1
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
    epochs: int,
    seed: int,
    rotations: int,
    device: str,
    output_format: Format,
) -> None:
    """Train a 3D ResNet on the complexes that have a literature label.

    Compounds are split into training, validation and test parts, a compound never
    in two. The result is stored as a new, immutable version with its figures on the
    test part, beside those of the baselines on the same compounds.
    """
    from screening.evidence.policy import load_policy
    from screening.learning.train import TrainingConfig
    from screening.train import train as run_train

    policy = load_policy(policy_name)
    with open_engine() as engine:
        summary = run_train(
            engine,
            name,
            policy=policy,
            synthetic=synthetic,
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
    click.echo(
        f"{version.label}: {parts['train']} {data} to train, {parts['validation']} to validate, "
        f"{parts['test']} to test; policy {version.policy} v{version.policy_version}, "
        f"split by {version.split['group']}.",
        err=True,
    )
    rows = metric_rows(summary.metrics)
    print_rows(
        rows,
        [
            Column("name", "On the test part"),
            Column("subject", "Of"),
            Column("value", "Value", ".3f"),
            Column("low", "95 % from", ".3f"),
            Column("high", "to", ".3f"),
            Column("n", "n", "d"),
        ],
        output_format,
    )
    click.echo(summary.verdict, err=True)


def metric_rows(metrics: "Sequence[MetricValue]") -> list[dict[str, object]]:
    """The test part's metrics as rows, the same figure of all subjects side by side."""
    test = [metric for metric in metrics if metric.part == "test"]
    names = list(dict.fromkeys(metric.name for metric in test))
    return [
        {
            "name": m.name,
            "subject": m.subject,
            "value": m.value,
            "low": m.low,
            "high": m.high,
            "n": m.n,
        }
        for m in sorted(test, key=lambda m: names.index(m.name))
    ]
