"""The figures of a network beside its baselines, as a table and in sentences."""

from typing import TYPE_CHECKING, Any

from cli.output import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.store.models import MetricValue

_SHOWN = ("accuracy", "auroc", "auprc", "ef_5", "brier")
_SHOWN_OF_NUMBERS = ("mae", "rmse", "r2", "spearman")

NOT_DESCRIBED = "Nobody has described this property (`smmdb property import --description`)."
METRIC_FIELDS = ("part", "subject", "name", "value", "low", "high", "n")
"""Keys of a figure in CSV and JSON."""


def are_of_numbers(metrics: "Sequence[MetricValue]") -> bool:
    """Whether figures are errors of numbers, and not how well classes are told apart."""
    return any(metric.name == "mae" for metric in metrics)


def metric_columns(
    heading: str, metrics: "Sequence[MetricValue]", *, random: bool = False
) -> list[Column]:
    """Columns for the rows of `metric_rows`; random: with the figure of a random split."""
    if are_of_numbers(metrics):
        easy = [Column("random", "Error if random", ".4g", max_width=9)] if random else []
        return [
            Column("subject", heading),
            Column("mae", "Mean abs. error", ".4g", max_width=9),
            Column("low", "95 %", ".4g"),
            Column("high", "to", ".4g"),
            Column("rmse", "RMSE", ".4g"),
            Column("r2", "R2", ".3f"),
            Column("spearman", "Spearman", ".3f"),
            *easy,
        ]
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
    shown, first = (_SHOWN_OF_NUMBERS, "mae") if are_of_numbers(metrics) else (_SHOWN, "auroc")
    rows = []
    for subject in dict.fromkeys(m.subject for m in metrics if m.part == part):
        row: dict[str, object] = {"subject": subject}
        row |= {name: found[part, subject, name].value for name in shown}
        headline = found[part, subject, first]
        row |= {"low": headline.low, "high": headline.high}
        if easy := found.get((f"random {part}", subject, first)):
            row["random"] = easy.value
        rows.append(row)
    return rows


def by_metal_rows(
    metrics: "Sequence[MetricValue]", part: str, best: str
) -> list[dict[str, object]]:
    """Figures of the network and of the best baseline for each metal of a part.

    Accuracy and AUROC; of numbers error and rank correlation.
    """
    names = ("mae", "spearman") if are_of_numbers(metrics) else ("accuracy", "auroc")
    first = "mae" if are_of_numbers(metrics) else "auroc"
    found = {(m.part, m.subject, m.name): m for m in metrics}
    rows = []
    for own in dict.fromkeys(m.part for m in metrics if m.part.startswith(f"{part} ")):
        headline = found[own, "network", first]
        row: dict[str, object] = {
            "metal": own.removeprefix(f"{part} "),
            "n": headline.n,
            "low": headline.low,
            "high": headline.high,
        }
        if (share := found.get((own, "network", "base_rate"))) is not None:
            row["base_rate"] = share.value
        for name in names:
            row[name] = found[own, "network", name].value
            other = found.get((own, best, name))
            row[f"best_{name}"] = other and other.value
        rows.append(row)
    return rows


def by_metal_columns(metrics: "Sequence[MetricValue]") -> list[Column]:
    """Columns for the rows of `by_metal_rows`."""
    if are_of_numbers(metrics):
        return [
            Column("metal", "Metal"),
            Column("n", "n", "d"),
            Column("mae", "Mean abs. error", ".4g", max_width=9),
            Column("low", "95 %", ".4g"),
            Column("high", "to", ".4g"),
            Column("spearman", "Spearman", ".3f"),
            Column("best_mae", "Baseline error", ".4g", max_width=9),
            Column("best_spearman", "Baseline Spearman", ".3f", max_width=9),
        ]
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
    if calibration.get("link") == "identity":
        unit = card["target"].get("unit")
        return (
            f"Scores are numbers{f' in {unit}' if unit else ''}; those of the training part have "
            f"the mean {calibration['intercept']:.4g} and the standard deviation "
            f"{calibration['slope']:.4g}."
        )
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
