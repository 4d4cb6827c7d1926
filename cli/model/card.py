"""The card of a version as text."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import click

from cli.metric_table import target_words
from cli.output import Column, print_rows

_FIGURES = ("accuracy", "balanced_accuracy", "auroc", "auprc", "ef_5", "brier", "ece")
_TABLE = (
    Column("subject", "Test part", no_wrap=True),
    Column("accuracy", "Accur.", ".3f"),
    Column("auroc", "AUROC", ".3f"),
    Column("low", "95 %", ".3f"),
    Column("high", "to", ".3f"),
    Column("auprc", "AUPRC", ".3f"),
    Column("ef_5", "EF 5%", ".2f"),
    Column("brier", "Brier", ".3f"),
    Column("ece", "ECE", ".3f"),
)
_FIGURES_OF_NUMBERS = ("mae", "rmse", "r2", "spearman")
_TABLE_OF_NUMBERS = (
    Column("subject", "Test part", no_wrap=True),
    Column("mae", "Mean abs. error", ".4g", max_width=9),
    Column("low", "95 %", ".4g"),
    Column("high", "to", ".4g"),
    Column("rmse", "RMSE", ".4g"),
    Column("r2", "R2", ".3f"),
    Column("spearman", "Spearman", ".3f"),
)
_NAME_WIDTH = 18
_LINE_WIDTH = 79
_PARTS = ("train", "validation", "test")


def print_card(shown: Mapping[str, Any]) -> None:
    """Print all of a version but every single figure and epoch."""
    synthetic = "  (SYNTHETIC data: a demonstration)" if shown["trained_on_synthetic"] else ""
    click.secho(f"{shown['model']}{synthetic}", bold=True)
    for name, value in _facts(shown):
        if value not in (None, ""):
            _print_fact(name, str(value))
    rows = _figures(shown["metrics"])
    if rows:
        click.echo()
        print_rows(rows, _TABLE_OF_NUMBERS if "mae" in rows[0] else _TABLE, "table")
    click.echo(textwrap.fill(shown["verdict"] or "", _LINE_WIDTH))
    metals = sorted({m["part"] for m in shown["metrics"] if m["part"].startswith("test ")})
    if metals:
        click.echo(f"--format json has all figures, also of {', '.join(metals)}.")


def _print_fact(name: str, value: str) -> None:
    indent = " " * (_NAME_WIDTH + 2)
    lines = textwrap.wrap(value, _LINE_WIDTH - len(indent), break_on_hyphens=False)
    click.echo(f"  {name:<{_NAME_WIDTH}}" + f"\n{indent}".join(lines))


def _facts(shown: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    """Names and values in the order of the card."""
    card, split, n = shown["card"], shown["split"], shown["n"]
    yield "Aliases", ", ".join(shown["aliases"])
    for one in shown["alias_history"]:
        until = f" to {one['valid_to']:%Y-%m-%d %H:%M}" if one["valid_to"] else " until now"
        yield "  named", f"{one['alias']}, {one['valid_from']:%Y-%m-%d %H:%M}{until}"
    yield "Trained", f"{shown['trained_at']:%Y-%m-%d %H:%M}"
    if shown["imported"]:
        yield "Imported", _origin(shown["imported"])
    yield "Asked", shown["asked"]
    yield "", target_words(card.get("target"), shown["target"])
    yield "Snapshot", f"{shown['snapshot_digest'][:16]}... (keys and classes of the examples)"
    yield "Split", f"{split.get('kind')}; never parted: {split.get('group')}"
    yield "  held out", ", ".join(split.get("held_out", []))
    yield "  examples", ", ".join(f"{n[part]:,} {part}" for part in _PARTS if part in n)
    yield "  left out", split.get("n_left_out") or None
    yield from _network_facts(shown)
    if card.get("calibration"):
        yield _calibration(card["calibration"])
    if card.get("domain"):
        yield "Domain", f"{card['domain']['outside_of_test']:.1%} of the test part lie outside"
    yield "Threshold", card.get("threshold")


def _calibration(given: Mapping[str, Any]) -> tuple[str, str]:
    slope, intercept = given["slope"], given["intercept"]
    if given.get("link") == "identity":
        moved = f"{'-' if intercept < 0 else '+'} {abs(intercept):.4g}"
        return "Scale", (
            f"output x {slope:.4g} {moved}: standard deviation and mean of the training part"
        )
    return "Calibration", f"Platt: slope {slope:.3f}, intercept {intercept:+.3f}"


def _network_facts(shown: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    """How the network was built and trained, and by which programs."""
    card, architecture = shown["card"], dict(shown["architecture"])
    kind = architecture.pop("kind", "network")
    options = ", ".join(
        f"{key} {'the whole grid' if value is None else value}"
        for key, value in architecture.items()
    )
    yield "Network", f"{kind}: {options}"
    yield "  weights", f"{card['parameters']:,} numbers" if "parameters" in card else None
    yield "  sha256", shown["weights_sha256"]
    yield "Grid", f"{shown['spec']['name']}, palette {shown['palette']}"
    views = (
        "views drawn from the atoms" if card.get("views") == "atoms" else "turns of the stored grid"
    )
    edges = " with soft edges" if card.get("edges") == "soft" else ""
    yield "Score", f"mean over {card.get('rotations', 1)} {views}{edges}"
    members = card.get("members", [])
    for number, member in enumerate(members, 1):
        history = member["history"]
        best = history[member["best_epoch"] - 1]["validation_loss"] if history else None
        yield (
            "Trained by" if number == 1 else "",
            f"network {number} of {len(members)}, seed {member['seed']}: best of "
            f"{len(history)} epochs is {member['best_epoch']}"
            + ("" if best is None else f", validation loss {best:.4f}"),
        )
    training = card.get("training", {})
    told = ", ".join(f"{key} {value}" for key, value in training.items() if key != "seed")
    yield "Training", told
    yield "Seed", f"{shown['seed']}, of split, weights and turns"
    libraries = card.get("libraries", {})
    yield "Programs", f"smmdb {shown['code_version']}, Python {card.get('python', '?')}"
    yield "  libraries", ", ".join(f"{name} {number}" for name, number in libraries.items())
    yield "  device", f"{card['device']}, {card['threads']} threads" if "device" in card else None


def _origin(origin: Mapping[str, Any]) -> str:
    return (
        f"as {origin['name']}:{origin['version']} on {origin['at'][:10]} by {origin['by']}; its "
        "examples are known by their keys only, figures are those of its card"
    )


def _figures(metrics: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for metric in metrics:
        if metric["part"] == "test":
            row = rows.setdefault(metric["subject"], {"subject": metric["subject"]})
            if metric["name"] in (*_FIGURES, *_FIGURES_OF_NUMBERS):
                row[metric["name"]] = metric["value"]
            if metric["name"] in ("auroc", "mae"):
                row |= {"low": metric["low"], "high": metric["high"]}
    return list(rows.values())
