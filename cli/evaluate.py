"""`smmdb evaluate`: a model on complexes that it never saw."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.console import open_progress, tell
from cli.metric_table import (
    METRIC_FIELDS,
    NOT_DESCRIBED,
    by_metal_columns,
    by_metal_rows,
    calibration_words,
    metric_columns,
    metric_rows,
)
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.evaluate import EvaluateSummary

_BAR = 20
_BINS = ("low", "high", "n", "mean_score", "share", "share_low", "share_high")


def _check_svg(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() != ".svg":
        raise click.BadParameter("the name must end in .svg")
    return path


@click.command(
    short_help="Judge a model on complexes that it never saw.",
    epilog="""\b
Examples:
  smmdb evaluate --model spin
  smmdb evaluate --model spin:2 --target multiplicity_ge_4 --rotations 16
  smmdb evaluate --model spin --reliability spin.svg
  smmdb evaluate --model spin --rows scores --format csv > scores.csv
""",
)
@click.option("--model", required=True, metavar="NAME[:VERSION]", help="Which model.")
@click.option(
    "--target", metavar="smm|PROPERTY", help="What to ask.  [default: what the model learned]"
)
@click.option("--policy", "policy_name", help="For smm.  [default: the model's]")
@click.option("--source", metavar="TEXT", help="Of a property only what this source says.")
@click.option(
    "--at-least",
    type=float,
    metavar="X",
    help="The number from which on a property is a yes.  [default: the model's]",
)
@click.option(
    "--allow-tied",
    is_flag=True,
    help="Also complexes tied to what it learned from: the figures flatter.",
)
@click.option(
    "--rotations",
    type=click.IntRange(1, 24),
    help="Views of each complex that a score is the mean of.  [default: the model's]",
)
@click.option(
    "--reliability",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_check_svg,
    metavar="FILE.svg",
    help="Draw share of positives over score, anew each time.",
)
@click.option(
    "--rows",
    type=click.Choice(["metrics", "reliability", "scores"]),
    default="metrics",
    show_default=True,
    help="What CSV and JSON hold: all figures, the reliability table, or each complex's score.",
)
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@output_options
def evaluate(
    model: str,
    policy_name: str | None,
    reliability: Path | None,
    rows: str,
    output_format: Format,
    **asked: Any,
) -> None:
    """Score the complexes whose answer is known and that the model never saw.

    Bring structures and answers that the model was not trained on (smmdb ingest, then
    smmdb property import or smmdb label import). Its own examples are left out, and so
    is what shares compound, refcode family, paper or isostructural skeleton with those
    it learned from. The figures stand beside those of the baselines, fitted to the
    model's training examples, and are stored; the same again computes nothing.
    """
    from screening.evaluate import evaluate as run_evaluate
    from screening.evaluate import scores_of
    from screening.evidence.policy import load_policy

    policy = None if policy_name is None else load_policy(policy_name)
    with open_engine() as engine:
        summary = run_evaluate(engine, model, policy=policy, progress=open_progress(), **asked)
        scores = scores_of(engine, summary.evaluation.id) if rows == "scores" else []
    if reliability is not None:
        _draw(summary, reliability)
    _tell(summary)
    evaluation = summary.evaluation
    if output_format == "table":
        _print_tables(summary)
    elif rows == "metrics":
        figures = [asdict(metric) for metric in evaluation.metrics]
        print_rows(figures, [Column(key, key) for key in METRIC_FIELDS], output_format)
    elif rows == "reliability":
        bins = [Column(key, key) for key in _BINS]
        print_rows(evaluation.reliability, bins, output_format)
    else:
        from screening.store.evaluations import SCORE_FIELDS

        print_rows(scores, [Column(key, key) for key in SCORE_FIELDS], output_format)
    tell(calibration_words(summary.version.card, evaluation.metrics, "unseen"))
    tell(evaluation.verdict)


def _tell(summary: "EvaluateSummary") -> None:
    version, evaluation = summary.version, summary.evaluation
    data = "SYNTHETIC complexes" if version.trained_on_synthetic else "complexes"
    positive = "" if evaluation.n_positive is None else f", {evaluation.n_positive:,} positive"
    tell(
        f"{version.label} on {evaluation.n:,} {data} that it never saw{positive}: "
        f"{summary.asked.question}."
    )
    if summary.asked.property_ is not None:
        tell(summary.asked.property_.description or NOT_DESCRIBED)
    if summary.asked.name != version.target:
        tell(
            f"It learned {version.target}, which is another question: these figures tell how "
            "well one stands for the other."
        )
    if evaluation.left_out:
        told = ", ".join(f"{n:,} {_reason(tie)}" for tie, n in evaluation.left_out.items())
        tell(f"Left out: {told}.")
    if evaluation.settings["allow_tied"]:
        tell("With complexes tied to what it learned from: the figures flatter.")
    if summary.missing:
        tell(
            f"{counted(summary.missing, 'complex')} that it was trained on are not in this "
            "database: there are no baselines, and ties by paper or family are not known."
        )
    if not summary.is_new:
        when = evaluation.evaluated_at.strftime("%Y-%m-%d %H:%M")
        tell(f"Evaluated before, on {when}: nothing was computed anew.")


def _reason(tie: str) -> str:
    return tie if tie == "its own examples" else f"tied by {tie}"


def _print_tables(summary: "EvaluateSummary") -> None:
    evaluation = summary.evaluation
    print_rows(
        metric_rows(evaluation.metrics, "unseen"),
        metric_columns("Unseen", evaluation.metrics),
        "table",
    )
    best = evaluation.settings["best_baseline"]
    if of_metals := by_metal_rows(evaluation.metrics, "unseen", best or ""):
        share = "" if evaluation.n_positive is None else " Share: of positives."
        click.echo(f"By metal; baseline: {best or 'none'}.{share}")
        print_rows(of_metals, by_metal_columns(evaluation.metrics), "table")
    if evaluation.reliability:
        print_rows([_bin_row(one) for one in evaluation.reliability], _RELIABILITY, "table")
    far = evaluation.settings["outside_domain"]
    tell(f"Outside the domain of the training: {far:,} of {evaluation.n:,}.")


_RELIABILITY = [
    Column("score", "Score"),
    Column("n", "n", "d"),
    Column("mean_score", "Mean", ".3f"),
    Column("share", "Positive", ".3f"),
    Column("share_low", "95 %", ".3f"),
    Column("share_high", "to", ".3f"),
    Column("bar", "o mean, x positive, @ both", no_wrap=True),
]


def _bin_row(one: "Mapping[str, Any]") -> dict[str, object]:
    places = {"o": one["mean_score"], "x": one["share"]}
    bar = ["."] * (_BAR + 1)
    for mark, value in places.items():
        place = round(value * _BAR)
        bar[place] = "@" if bar[place] == "o" else mark
    return {**one, "score": f"{one['low']:.2f}-{one['high']:.2f}", "bar": "".join(bar)}


def _draw(summary: "EvaluateSummary", path: Path) -> None:
    from screening.errors import InputError
    from screening.learning.reliability import ReliabilityBin
    from screening.learning.reliability_plot import reliability_svg
    from screening.new_file import write_new

    evaluation = summary.evaluation
    if evaluation.n_positive is None:
        raise InputError("reliability is of chances; this version gives numbers: leave it out")
    found = {(m.part, m.subject, m.name): m.value for m in evaluation.metrics}
    ece = found["unseen", "network", "ece"]
    svg = reliability_svg(
        [ReliabilityBin(**one) for one in evaluation.reliability],
        f"{summary.version.label} on {evaluation.n:,} complexes that it never saw",
        f"{summary.asked.question}; expected calibration error {ece:.3f}",
    )
    write_new(path, svg.encode(), overwrite=True)
