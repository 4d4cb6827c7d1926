"""The figures of a network beside its baselines, as a table and in sentences."""

from typing import TYPE_CHECKING, Any

from cli.output import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.store.models import MetricValue

_SHOWN = ("accuracy", "auroc", "auprc", "ef_5", "brier")

NOT_DESCRIBED = "Nobody has described this property (`smmdb property import --description`)."
METRIC_FIELDS = ("part", "subject", "name", "value", "low", "high", "n")
"""Keys of a figure in CSV and JSON."""


def metric_columns(heading: str, *, random: bool = False) -> list[Column]:
    """Columns for the rows of `metric_rows`; random: with the figure of a random split."""
    easy = [Column("random", "AUROC if random", ".3f", max_width=9)] if random else []
    return [
        Column("subject", heading),
        Column("accuracy", "Accur.", ".3f"),
        Column("auroc", "AUROC", ".3f"),
        Column("low", "95 %", ".3f"),
        Column("high", "to", ".3f"),
        Column("auprc", "AUPRC", ".3f"),
        Column("ef_5", "EF 5%", ".2f"),
        Column("brier", "Brier", ".3f"),
        *easy,
    ]


def metric_rows(metrics: "Sequence[MetricValue]", part: str) -> list[dict[str, object]]:
    """The main figures on a part, a row for each subject; with what a random split gives."""
    found = {(m.part, m.subject, m.name): m for m in metrics}
    rows = []
    for subject in dict.fromkeys(m.subject for m in metrics if m.part == part):
        row: dict[str, object] = {"subject": subject}
        row |= {name: found[part, subject, name].value for name in _SHOWN}
        auroc = found[part, subject, "auroc"]
        row |= {"low": auroc.low, "high": auroc.high}
        if easy := found.get((f"random {part}", subject, "auroc")):
            row["random"] = easy.value
        rows.append(row)
    return rows


def by_metal_rows(
    metrics: "Sequence[MetricValue]", part: str, best: str
) -> list[dict[str, object]]:
    """Accuracy and AUROC of the network and of the best baseline for each metal of a part."""
    found = {(m.part, m.subject, m.name): m for m in metrics}
    rows = []
    for own in dict.fromkeys(m.part for m in metrics if m.part.startswith(f"{part} ")):
        auroc = found[own, "network", "auroc"]
        row: dict[str, object] = {
            "metal": own.removeprefix(f"{part} "),
            "n": auroc.n,
            "base_rate": found[own, "network", "base_rate"].value,
            "accuracy": found[own, "network", "accuracy"].value,
            "auroc": auroc.value,
            "low": auroc.low,
            "high": auroc.high,
        }
        for name in ("accuracy", "auroc"):
            other = found.get((own, best, name))
            row[f"best_{name}"] = other and other.value
        rows.append(row)
    return rows


def by_metal_columns() -> list[Column]:
    """Columns for the rows of `by_metal_rows`."""
    return [
        Column("metal", "Metal"),
        Column("n", "n", "d"),
        Column("base_rate", "Share", ".2f"),
        Column("accuracy", "Accur.", ".3f"),
        Column("auroc", "AUROC", ".3f"),
        Column("low", "95 %", ".3f"),
        Column("high", "to", ".3f"),
        Column("best_accuracy", "Baseline accur.", ".3f", max_width=9),
        Column("best_auroc", "Baseline AUROC", ".3f", max_width=9),
    ]


def calibration_words(
    card: "Mapping[str, Any]", metrics: "Sequence[MetricValue]", part: str
) -> str:
    """What the calibration is and does on a part."""
    found = {m.name: m.value for m in metrics if (m.part, m.subject) == (part, "network")}
    calibration = card.get("calibration")
    if calibration is None:
        return "Its scores are not calibrated."
    told = ", ".join(
        f"{label} {_number(found.get(f'{name}_uncalibrated'))} -> {_number(found.get(name))}"
        for label, name in (("ECE", "ece"), ("Brier", "brier"))
    )
    return (
        f"Scores are calibrated to the share of positives in training, {card['base_rate']:.3f} "
        f"(Platt: slope {calibration['slope']:.2f}, intercept {calibration['intercept']:+.2f}); "
        f"here {told}."
    )


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def split_words(split: "Mapping[str, Any]") -> str:
    """A split in words."""
    held_out = f", {' and '.join(split['held_out'])} held out" if split["held_out"] else ""
    return f"split {split['kind']}{held_out}; never parted: {split['group']}"


def target_words(target: "Mapping[str, Any] | None", name: str) -> str:
    """What a score of a model speaks of: *target* of its card, None where an older smmdb made it.

    name: of the target.
    """
    if target is None:
        return f"Target: {name}."
    if target["description"]:
        return f"Target: {target['question']}: {target['description']}"
    if name == "smm":
        return f"Target: {target['question']}."
    return f"Target: {target['question']}. {NOT_DESCRIBED}"
