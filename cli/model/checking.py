"""`smmdb model leakage` and `permutation`: whether figures hold what they say."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.console import open_progress, tell
from cli.model.options import device_option
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.learning.leakage import Nearness
    from screening.model_check import LeakageReport

_QUARTERS = (
    Column("low", "From", ".2f"),
    Column("high", "To", ".2f"),
    Column("n", "Test", "d"),
    Column("error", "Wrong", ".1%"),
    Column("error_low", "95 %", ".1%"),
    Column("error_high", "to", ".1%"),
    Column("auroc", "AUROC", ".3f"),
    Column("auroc_low", "95 %", ".3f"),
    Column("auroc_high", "to", ".3f"),
)
_OVERLAPS = (
    Column("tie", "Tie"),
    Column("is_kept_together", "Never parted by the split"),
    Column("n_shared", "On both sides", "d"),
    Column("n_test", "Test complexes", "d"),
)
_PERMUTATIONS = (
    Column("subject", "Learned shuffled labels"),
    Column("mean", "AUROC", ".3f"),
    Column("standard_error", "+-", ".3f"),
    Column("times", "Times", "d"),
    Column("verdict", "0.5 +- 0.05"),
)


@click.command(
    short_help="Tell whether the test part is too near to the training.",
    epilog="""\b
Examples:
  smmdb model leakage spin:3
  smmdb model leakage production --format csv > quarters.csv
""",
)
@click.argument("model", metavar="NAME[:VERSION]")
@device_option
@output_options
def leakage(model: str, device: str, output_format: Format) -> None:
    """Tell whether a version's test part is too near to its training part.

    First what stands on both sides; then the error in quarters of the test part, by how
    alike the nearest training complex is (Tanimoto of Morgan counts of the skeleton) and
    by the distance in the network's own space. Where figures fall with distance, they
    flatter the model for a pool that is less like its training.
    """
    from screening.model_check import check_leakage

    with open_engine() as engine:
        report = check_leakage(engine, model, device=device, progress=open_progress())
    found = report.leakage
    if output_format == "json":
        click.echo(json.dumps(_leakage_json(report), indent=2, ensure_ascii=False))
        return
    if output_format == "csv":
        rows = [
            {"measure": nearness.measure} | row
            for nearness in found.nearness
            for row in _quarter_rows(nearness)
        ]
        keys = ["measure", *(column.key for column in _QUARTERS)]
        print_rows(rows, [Column(key, key) for key in keys], output_format)
    else:
        print_rows([asdict(one) for one in found.overlaps], _OVERLAPS, output_format)
    tell(found.verdict)
    if report.n_near_duplicates:
        tell(
            f"{report.n_near_duplicates} test complexes may be the same determination as one of "
            "the other parts (see the view near_duplicates)."
        )
    tell(
        f"Of {found.n_test:,} test complexes {found.n_same:,} have a training complex with the "
        f"same skeleton graph; the median similarity is {found.median_similarity:.2f}."
    )
    for nearness in found.nearness:
        if output_format == "table":
            click.echo(f"\nBy {nearness.measure}, the farthest quarter first:")
            print_rows(_quarter_rows(nearness), _QUARTERS, output_format)
        tell(nearness.verdict)


def _quarter_rows(nearness: "Nearness") -> list[dict[str, Any]]:
    return [
        {
            "low": quarter.low,
            "high": quarter.high,
            "n": quarter.n,
            **{
                f"{name}{ending}": getattr(getattr(quarter, name), key)
                for name in ("error", "auroc")
                for ending, key in (("", "value"), ("_low", "low"), ("_high", "high"))
            },
        }
        for quarter in nearness.quarters
    ]


def _leakage_json(report: "LeakageReport") -> dict[str, Any]:
    return {
        "model": report.version.label,
        "synthetic": report.version.trained_on_synthetic,
        "near_duplicates": report.n_near_duplicates,
        "scores": "stored" if report.are_stored else "computed",
        **asdict(report.leakage),
    }


@click.command(
    short_help="Learn from shuffled labels: what chance alone finds.",
    epilog="""\b
Examples:
  smmdb model permutation spin:3
  smmdb model permutation spin:3 --times 100
  smmdb model permutation spin:3 --network --epochs 10 --times 6
""",
)
@click.argument("model", metavar="NAME[:VERSION]")
@click.option(
    "--times", type=click.IntRange(min=2), default=20, show_default=True, help="Repetitions."
)
@click.option("--network", is_flag=True, help="Train the network itself, and not the baselines.")
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    help="Of each training, at most.  [default: as the version was trained]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the shuffling.")
@device_option
@output_options
def permutation(
    model: str,
    times: int,
    network: bool,
    epochs: int | None,
    seed: int,
    device: str,
    output_format: Format,
) -> None:
    """Learn from shuffled labels of a version's examples, and test on the true ones.

    What was learned from chance must end at an AUROC of 0.5: more would mean that the
    test labels leak by another way. The mean must lie within 0.05 of it; its standard
    error falls with the repetitions. Nothing is stored.
    """
    from screening.model_check import check_permutation

    if epochs is not None and not network:
        raise click.UsageError("--epochs is of the network: give --network too")
    with open_engine() as engine:
        report = check_permutation(
            engine,
            model,
            times=times,
            seed=seed,
            network=network,
            epochs=epochs,
            device=device,
            progress=open_progress(),
        )
    rows = [
        asdict(one) | {"times": len(one.aurocs), "verdict": one.verdict}
        for one in report.permutations
    ]
    keys = [column.key for column in _PERMUTATIONS]
    if output_format == "json":
        keys.append("aurocs")
    plain = [Column(key, key) for key in keys]
    print_rows(rows, _PERMUTATIONS if output_format == "table" else plain, output_format)
    data = "SYNTHETIC complexes" if report.version.trained_on_synthetic else "complexes"
    how = "" if report.epochs is None else f", {report.epochs} epochs at most"
    tell(f"{report.version.label}: AUROC on {report.n_test:,} test {data}{how}.")
