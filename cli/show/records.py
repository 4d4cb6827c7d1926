"""What is shown of a complex beside its chemistry: crystal, literature, labels and scores."""

from collections.abc import Mapping
from typing import Any

from cli.console import tell
from cli.output import Column
from cli.show.section import print_line, print_section


def print_crystal(item: Mapping[str, Any]) -> None:
    """Print what may be the same determination, and what the complex left behind."""
    if item["near_duplicates"]:
        print_section(
            "May be the same determination",
            item["near_duplicates"],
            [
                Column("identifier", "Complex"),
                Column("formula", "Formula"),
                Column("reason", "Why", max_width=50),
            ],
        )
    print_section(
        "Left out of the complex",
        item["components"],
        [Column("formula", "Formula"), Column("count", "Per cell", "d"), Column("kind", "Kind")],
    )


def print_evidence(item: Mapping[str, Any]) -> None:
    """Print the findings of the literature and the labels made of them."""
    print_section(
        "Findings of the literature",
        item["findings"],
        [
            Column("behaviour", "Behaviour"),
            Column("sample", "Sample"),
            Column("dc_field_oe", "Field/Oe", "g"),
            Column("t_min_k", "T min/K", "g"),
            Column("f_max_hz", "f max/Hz", "g"),
            Column("ueff_k", "Ueff/K", ".4g"),
            Column("tau0_s", "tau0/s", ".2g"),
            Column("doi", "DOI"),
            Column("note", "Note", max_width=30),
        ],
    )
    print_section(
        "Labels",
        item["labels"],
        [
            Column("policy", "Policy"),
            Column("policy_version", "Version", "d"),
            Column("label", "Label"),
            Column("reason", "Why", max_width=50),
        ],
    )


def print_properties(item: Mapping[str, Any]) -> None:
    """Print measured and computed values, where there are any."""
    if item["properties"]:
        print_section(
            "Measured or computed values",
            item["properties"],
            [
                Column("property", "Property"),
                Column("given", "Value"),
                Column("unit", "Unit"),
                Column("source", "Source", max_width=30),
                Column("method", "Method", max_width=24),
                Column("matched_by", "Matched by"),
            ],
        )
        said: dict[str, set[float]] = {}
        for row in item["properties"]:
            said.setdefault(row["property"], set()).add(row["value"])
        if disputed := [name for name, values in said.items() if len(values) > 1]:
            tell(f"Values that disagree: {', '.join(disputed)}.")


def print_scores(item: Mapping[str, Any]) -> None:
    """Print the networks' scores, and where one could not score."""
    print_section(
        "Scores",
        [
            row
            | {
                "target": _asked(row),
                "out_of_domain": ", ".join(row["out_of_domain"]) or None,
                "trained_on_synthetic": row["trained_on_synthetic"] or None,
            }
            for row in item["predictions"]
        ],
        [
            Column("model", "Model"),
            Column("target", "Target"),
            Column("score", "Score", ".3f"),
            Column("spread", "Spread", ".3f"),
            Column("out_of_domain", "Out of domain"),
            Column("rank", "Rank", ",d"),
            Column("scored", "of", ",d"),
            Column("training_part", "Training part"),
            Column("trained_on_synthetic", "Synthetic training"),
        ],
    )
    for target, description in {
        row["target"]: row["target_description"]
        for row in item["predictions"]
        if row["target_description"]
    }.items():
        print_line("", f"{target}: {description}")
    if item["explanations"]:
        print_section(
            "Atoms that drive a score, in log-odds (`smmdb explain`)",
            [row | {"atoms": _signed(row["top_atoms"])} for row in item["explanations"]],
            [Column("model", "Model"), Column("method", "By"), Column("atoms", "Atoms")],
        )
    if item["prediction_failures"]:
        print_section(
            "Could not be scored",
            item["prediction_failures"],
            [
                Column("model", "Model"),
                Column("code", "Code"),
                Column("reason", "Why", max_width=60),
                Column("failed_at", "When"),
            ],
        )


def _signed(atoms: list[dict[str, Any]]) -> str:
    return ", ".join(f"{atom['label']} {atom['importance']:+.2f}" for atom in atoms)


def _asked(row: Mapping[str, Any]) -> str:
    """What a score speaks of: `splitting, kcal/mol`, or a yes from `splitting >= 0` on."""
    if row["at_least"] is not None:
        return f"{row['target']} >= {row['at_least']:g}"
    return f"{row['target']}, {row['unit']}" if row["unit"] else str(row["target"])


def print_sources(item: Mapping[str, Any]) -> None:
    """Print the data blocks that the complex was read from."""
    print_section(
        "Read from",
        item["sources"],
        [Column("file", "File"), Column("block", "Block"), Column("notes", "Notes", max_width=40)],
    )
