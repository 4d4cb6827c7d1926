"""`smmdb show`: everything known of one complex."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import click

from cli.output import Column, as_json_value, print_rows
from cli.session import open_engine


@click.command(
    short_help="Show everything known of a complex.",
    epilog="""\b
Examples:
  smmdb show ABCDEF01        a CSD refcode
  smmdb show 4338717         a COD id or CCDC number
  smmdb show synthetic_0001 --format json
""",
)
@click.argument("identifier", metavar="REFCODE|COD-ID|CCDC-NUMBER|NAME")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for reading, JSON for programs.",
)
def show(identifier: str, output_format: Literal["text", "json"]) -> None:
    """Show everything known of a complex: crystal, metal sites, findings, labels, scores.

    A name that several complexes share (a refcode family, Z' > 1) shows each of them.
    """
    from screening.show import show as run_show

    with open_engine() as engine:
        details = run_show(engine, identifier)
    if output_format == "json":
        click.echo(json.dumps(details, indent=2, default=as_json_value, ensure_ascii=False))
        return
    for item in details:
        _print_complex(item)


def _print_complex(item: Mapping[str, Any]) -> None:
    synthetic = "  (SYNTHETIC, not a measurement)" if item["is_synthetic"] else ""
    click.secho(f"{item['identifier']}  {item['formula']}{synthetic}", bold=True)
    _print_facts(_facts(item))
    _section(
        "Metal sites",
        item["metal_sites"],
        [
            Column("label", "Site"),
            Column("element", "Metal"),
            Column("coordination_number", "CN", "d"),
            Column("donor_set", "Donors"),
            Column("mean_distance", "Mean M-D/A", ".3f"),
            Column("min_distance", "Min", ".3f"),
            Column("max_distance", "Max", ".3f"),
            Column("ion", "If trivalent"),
        ],
    )
    _section(
        "Left out of the complex",
        item["components"],
        [Column("formula", "Formula"), Column("count", "Per cell", "d"), Column("kind", "Kind")],
    )
    _section(
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
    _section(
        "Labels",
        item["labels"],
        [
            Column("policy", "Policy"),
            Column("policy_version", "Version", "d"),
            Column("label", "Label"),
            Column("reason", "Why", max_width=50),
        ],
    )
    _section(
        "Scores",
        item["predictions"],
        [
            Column("model", "Model"),
            Column("score", "Score", ".3f"),
            Column("spread", "Spread", ".3f"),
            Column("rank", "Rank", ",d"),
            Column("scored", "of", ",d"),
            Column("training_part", "Training part"),
            Column("trained_on_synthetic", "Synthetic training"),
        ],
    )
    if item["prediction_failures"]:
        _section(
            "Could not be scored",
            item["prediction_failures"],
            [
                Column("model", "Model"),
                Column("code", "Code"),
                Column("reason", "Why", max_width=60),
                Column("failed_at", "When"),
            ],
        )
    _section(
        "Read from",
        item["sources"],
        [Column("file", "File"), Column("block", "Block"), Column("notes", "Notes", max_width=40)],
    )


def _facts(item: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    cell = item["cell"]
    yield "Compound name", item["compound_name"]
    yield "Refcode", item["refcode"]
    yield "COD id", item["cod_id"]
    yield "CCDC number", item["ccdc_number"]
    yield "DOI", item["doi"]
    yield "Metals", f"{' '.join(item['metals'])} (nuclearity {item['nuclearity']})"
    yield "Molar mass", f"{item['molar_mass']:.1f} g/mol, {item['n_atoms']} atoms"
    yield "Sum formula", item["formula_sum"]
    yield "Moiety", item["formula_moiety"]
    yield (
        "Cell",
        "no crystal: a molecule from coordinates alone"
        if cell is None
        else "a {:.3f} b {:.3f} c {:.3f} A, alpha {:.2f} beta {:.2f} gamma {:.2f}".format(*cell),
    )
    yield "Space group", item["space_group"]
    yield "Temperature", None if item["temperature_k"] is None else f"{item['temperature_k']:g} K"
    yield "R factor", item["r_factor"]
    yield (
        "Disorder",
        "of a metal" if item["metal_disordered"] else "yes" if item["is_disordered"] else "no",
    )
    yield "Also determined as", ", ".join(item["other_determinations"] or []) or None
    for grid in item["voxel_grids"]:
        yield "Voxels", f"{grid['spec']}, {grid['n_clipped']} atoms outside the box"


def _print_facts(facts: Iterable[tuple[str, object]]) -> None:
    for name, value in facts:
        if value is not None:
            click.echo(f"  {name:<20}{value}")


def _section(title: str, rows: list[dict[str, Any]], columns: list[Column]) -> None:
    if not rows:
        click.echo(f"{title}: none")
        return
    click.echo(f"{title}:")
    used = [c for c in columns if any(row.get(c.key) is not None for row in rows)]
    print_rows(rows, used, "table")
