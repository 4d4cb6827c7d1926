"""`smmdb model rediscovery`: what is known of the highest scores."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.console import tell
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.rediscovery import RediscoveryReport

_DEPTHS = ("10", "50", "100", "1%", "5%")
_TABLE = (
    Column("k", "Top", "d", no_wrap=True),
    Column("lowest_score", "Score", ".3f"),
    Column("n_examined", "Examined", "d", no_wrap=True),
    Column("n_confirmed", "Confirmed", "d", no_wrap=True),
    Column("share_words", "Of examined", no_wrap=True),
    Column("enrichment_words", "Enrichment", no_wrap=True),
    Column("bounds", "Bounds", no_wrap=True),
)


@click.command(
    short_help="Count what is known already of the highest scores.",
    epilog="""\b
Examples:
  smmdb predict --model spin:3
  smmdb model rediscovery spin:3 --prevalence 0.2
  smmdb model rediscovery production --top 20 --top 2% --new-only
""",
)
@click.argument("model", metavar="NAME[:VERSION]")
@click.option(
    "--prevalence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Share of positives that you expect in the pool.  [default: that of its examined]",
)
@click.option(
    "--top",
    "tops",
    multiple=True,
    metavar="N|N%",
    default=_DEPTHS,
    show_default=True,
    help="How many of the highest scores, or which share.",
)
@click.option("--new-only", is_flag=True, help="Without the test part: labels that came later.")
@click.option("--allow-tied", is_flag=True, help="Also what is tied to the training examples.")
@output_options
def rediscovery(
    model: str,
    prevalence: float | None,
    tops: tuple[str, ...],
    new_only: bool,
    allow_tied: bool,
    output_format: Format,
) -> None:
    """Count what is known already of a version's highest scores in its pool.

    Of each compound the highest score counts; what the version learned from, and what is
    tied to that, is left out. Examined is what has a label or value today, confirmed what
    is positive. What nobody examined is neither a hit nor a miss, so this is no measure of
    how many hits the list has: the bounds say between which shares that lies, if none or
    all of the others are positive. Intervals are of 95 %.
    """
    from screening.rediscovery import report_rediscovery

    with open_engine() as engine:
        report = report_rediscovery(
            engine,
            model,
            prevalence=prevalence,
            tops=tops,
            new_only=new_only,
            allow_tied=allow_tied,
        )
    rows = [asdict(one) for one in report.tops]
    if output_format == "json":
        click.echo(json.dumps(_as_json(report), indent=2, ensure_ascii=False))
    elif output_format == "csv":
        print_rows(rows, [Column(key, key) for key in rows[0]], output_format)
    else:
        print_rows([row | _words(row) for row in rows], _TABLE, output_format)
    for note in _notes(report):
        tell(note)


def _as_json(report: "RediscoveryReport") -> dict[str, Any]:
    return {
        "model": report.version.label,
        "synthetic": report.version.trained_on_synthetic,
        "asked": report.asked.question,
        "pool": report.n_pool,
        "examined": report.n_examined,
        "positive": report.n_positive,
        "of_test_part": report.n_test,
        "left_out": report.left_out,
        "prevalence": report.prevalence,
        "prevalence_is_assumed": report.is_assumed,
        "tops": [asdict(one) for one in report.tops],
        "examined_compounds": list(report.examined),
    }


def _words(row: dict[str, Any]) -> dict[str, str]:
    def spanned(name: str, form: str) -> str:
        if row[name] is None:
            return ""
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        return f"{row[name]:{form}} ({low:{form}}-{high:{form}})"

    return {
        "share_words": spanned("share", ".2f"),
        "enrichment_words": spanned("enrichment", ".1f"),
        "bounds": f"{row['at_least']:.2f}-{row['at_most']:.2f}",
    }


def _notes(report: "RediscoveryReport") -> list[str]:
    label = report.version.label
    notes = []
    if report.version.trained_on_synthetic:
        notes.append(f"{label} was trained on SYNTHETIC data: a demonstration, not evidence.")
    notes.append(
        f"{label} ranks {counted(report.n_pool, 'compound')}; {report.n_examined:,} of them are "
        f"examined, {report.n_positive:,} of these positive by {report.asked.question}."
    )
    if report.asked.policy is None:
        notes.append(
            f"Confirmed is {report.asked.name}, not that a compound is a single-molecule magnet."
        )
    if report.n_test:
        notes.append(
            f"{report.n_test:,} of the examined are the version's own test part (--new-only leaves "
            "them out)."
        )
    left_out = "; ".join(f"{n:,} {why}" for why, n in report.left_out.items())
    if left_out:
        notes.append(f"Complexes left out: {left_out}.")
    if report.prevalence is None:
        notes.append("Nothing of the pool is examined: no enrichment can be told.")
    elif report.is_assumed:
        notes.append(f"Enrichment is over the prevalence that you assume, {report.prevalence:g}.")
    else:
        notes.append(
            "Enrichment is over the share of positives among the examined, "
            f"{report.prevalence:.2f}. What gets examined is what promises, so the pool's own "
            "share may be far lower: --prevalence sets it."
        )
    return notes
