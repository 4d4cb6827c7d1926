"""`smmdb train`: a network from complexes whose answer is known."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.console import open_progress, tell
from cli.metric_table import (
    METRIC_FIELDS,
    calibration_words,
    metric_columns,
    metric_rows,
    split_words,
    target_words,
)
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine
from cli.training_options import training_options, training_recipe

if TYPE_CHECKING:
    from screening.train import TrainSummary


@click.command(
    short_help="Train a network on complexes with a known answer.",
    epilog="""\b
Examples:
  smmdb train --name salen-r3d                     on labels made of findings
  smmdb train --name strict --policy strict-zero-field --epochs 60 --seed 1
  smmdb train --target multiplicity_ge_4 --name spin    on a property
  smmdb train --target spin_splitting --name split-kcal    the number itself
  smmdb train --target spin_splitting --at-least 0 --name split --ensemble 5
  smmdb train --name without-dy --split metal --hold-out Dy
  smmdb train --name later --split year --hold-out 2018
  smmdb train --name demo --synthetic              on the synthetic sample only
""",
)
@click.option("--name", required=True, help="What to call the model; each training is a version.")
@click.option(
    "--target",
    default="smm",
    show_default=True,
    metavar="smm|PROPERTY",
    help="What to learn: labels made of findings, or a property (`smmdb property list`).",
)
@click.option(
    "--policy",
    "policy_name",
    help="How findings become labels (`smmdb label policies`).  [default: paper-binary]",
)
@click.option("--source", metavar="TEXT", help="Of a property only what this source says.")
@click.option(
    "--at-least", type=float, metavar="X", help="The number from which on a property is a yes."
)
@click.option("--synthetic", is_flag=True, help="Train on synthetic complexes: a demonstration.")
@training_options
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@output_options
def train(
    name: str,
    target: str,
    policy_name: str | None,
    source: str | None,
    at_least: float | None,
    synthetic: bool,
    device: str,
    output_format: Format,
    **options: Any,
) -> None:
    """Train a 3D ResNet on the complexes that have a label, or a value of a property.

    They are split into training, validation and test parts; complexes of one compound,
    crystal, paper or isostructural skeleton are never in two. The result is stored as
    a new, immutable version with its figures on the test part, beside those of the
    baselines on the same complexes. CSV and JSON hold all figures, also by metal.

    A training that was stopped goes on with the epoch it was in when you give the same
    command again.

    A score says how likely a yes of the target is, or what number the property has
    (a numeric one without --at-least), and nothing else: a network that learned a
    property which magnets need says nothing of magnets.
    """
    from screening.config import load_settings
    from screening.evidence.policy import load_policy
    from screening.train import train as run_train

    policy = None if policy_name is None else load_policy(policy_name)
    recipe = training_recipe(options)
    with open_engine() as engine:
        summary = run_train(
            engine,
            name,
            target=target,
            policy=policy,
            source=source,
            at_least=at_least,
            synthetic=synthetic,
            recipe=recipe,
            device=device,
            checkpoints=load_settings().home / "checkpoints",
            progress=open_progress(),
        )
    print_summary(summary, output_format)


def print_summary(summary: "TrainSummary", output_format: Format) -> None:
    """Print the figures on the test part, the network beside the baselines."""
    version, parts, card = summary.version, summary.parts, summary.version.card
    data = "SYNTHETIC complexes" if version.trained_on_synthetic else "complexes"
    left_out = version.split["n_left_out"]
    counts = ", ".join(
        f"{parts[part]} {f'{data} ' if part == 'train' else ''}to {verb} "
        f"({summary.positives[part]} positive)"
        if summary.positives
        else f"{parts[part]} {f'{data} ' if part == 'train' else ''}to {verb}"
        for part, verb in (("train", "train"), ("validation", "validate"), ("test", "test"))
    )
    tell(
        f"{version.label}: {counts}{f', {left_out} left out' if left_out else ''}; "
        f"{split_words(version.split)}."
    )
    tell(target_words(card["target"], version.target))
    if output_format == "table":
        rows = metric_rows(summary.metrics, "test")
        print_rows(rows, metric_columns("Test part", summary.metrics, random=True), output_format)
    else:
        figures = [asdict(metric) for metric in summary.metrics]
        print_rows(figures, [Column(key, key) for key in METRIC_FIELDS], output_format)
    tell(calibration_words(card, summary.metrics, "test"))
    if card["domain"] is not None:
        far = card["domain"]["outside_of_test"]
        tell(f"Outside the domain of the training: {far:.1%} of the test part.")
    tell(summary.verdict)
