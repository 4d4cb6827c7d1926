"""`smmdb show`: everything known of one complex."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import click

from cli.output import Column, as_json_value, print_rows
from cli.session import open_engine

_MANY: Final = 5
"""Complexes of one name, beyond which `show` lists them."""


@click.command(
    short_help="Show everything known of a complex.",
    epilog="""\b
Examples:
  smmdb show ABCDEF01        a CSD refcode
  smmdb show 4338717         a COD id or CCDC number
  smmdb show ABCDEF --all    every determination of a refcode family
  smmdb show "row 12"        a row by its number, also one that a newer reading superseded
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
@click.option("--all", "show_all", is_flag=True, help=f"Also more than {_MANY} complexes.")
def show(identifier: str, output_format: Literal["text", "json"], show_all: bool) -> None:
    """Show everything known of a complex.

    Crystal, metal sites, ligands, plausibility, findings, labels and scores. A name that
    several complexes share (a refcode family, Z' > 1) shows each of them; where there are
    many, it lists them.
    """
    from screening.show import list_called
    from screening.show import show as run_show

    with open_engine() as engine:
        if output_format == "text" and not show_all:
            called = list_called(engine, identifier)
            if len(called) > _MANY:
                _print_list(identifier, called)
                return
        details = run_show(engine, identifier)
    if output_format == "json":
        click.echo(json.dumps(details, indent=2, default=as_json_value, ensure_ascii=False))
        return
    for item in details:
        _print_complex(item)


def _print_list(name: str, called: list[dict[str, Any]]) -> None:
    columns = [
        Column("id", "Row", "d"),
        Column("identifier", "Complex"),
        Column("formula", "Formula", max_width=28),
        Column("space_group", "Group"),
        Column("temperature_k", "T/K", "g"),
        Column("doi", "DOI"),
    ]
    print_rows(called, columns, "table")
    click.echo(
        f"{len(called)} complexes are called {name}: --all shows each in full, "
        '`smmdb show "row N"` one.',
        err=True,
    )


def _print_complex(item: Mapping[str, Any]) -> None:
    synthetic = "  (SYNTHETIC, not a measurement)" if item["is_synthetic"] else ""
    click.secho(f"{item['identifier']}  {item['formula']}{synthetic}", bold=True)
    _print_facts(_facts(item))
    _section(
        "Metal sites",
        [site | _site_cells(site) for site in item["metal_sites"]],
        [
            Column("label", "Site"),
            Column("element", "Metal"),
            Column("coordination_number", "CN", "d"),
            Column("donors", "Donors"),
            Column("polyhedron", "Shape"),
            Column("shape_measure", "CShM", ".2f"),
            Column("mean_distance", "M-D/A", ".3f"),
            Column("range", "Range", no_wrap=True),
            Column("oxidation_state", "State", "+d"),
            Column("ion", "Ion"),
        ],
    )
    for note, labels in site_notes(item["metal_sites"]).items():
        click.echo(f"  {', '.join(labels)}, {note}")
    _section(
        "Ligands",
        _counted_ligands(item["ligands"]),
        [
            Column("times", "n", "d"),
            Column("formula", "Formula"),
            Column("donor_set", "Donors"),
            Column("binds", "Binds"),
            Column("classes", "Classes", max_width=24),
            Column("smiles_or_note", "SMILES", max_width=40),
        ],
    )
    _section(
        "Plausibility as a single-molecule magnet",
        item["plausibility"],
        [
            Column("rule", "Rule"),
            Column("severity", "Says"),
            Column("reason", "Why", max_width=32),
            Column("source", "Source", max_width=34),
        ],
    )
    if item["near_duplicates"]:
        _section(
            "May be the same determination",
            item["near_duplicates"],
            [
                Column("identifier", "Complex"),
                Column("formula", "Formula"),
                Column("reason", "Why", max_width=50),
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
    if item["superseded_at"] is not None:
        later = item["current_id"]
        took = f"row {later} took its place" if later else "no complex took its place"
        yield "SUPERSEDED", f"row {item['id']}, on {item['superseded_at']:%Y-%m-%d}: {took}"
    yield "Metals", f"{' '.join(item['metals'])} (nuclearity {item['nuclearity']})"
    yield "Molar mass", f"{item['molar_mass']:.1f} g/mol, {item['n_atoms']} atoms"
    if item["charge"] is not None:
        charge = f"{item['charge']:+d}" if item["charge"] else "0"
        yield "Charge", f"{charge} ({item['charge_reason']})"
    yield "Hydrogens missing", item["missing_hydrogens"] or None
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
    yield "Disorder", _disorder(item)
    for key, value in item["stated"].items():
        yield f"Stated: {key}", value
    yield "Also determined as", ", ".join(item["other_determinations"] or []) or None
    for grid in item["voxel_grids"]:
        yield "Voxels", f"{grid['spec']}, {grid['n_clipped']} atoms outside the box"
    for row in item["earlier_readings"]:
        yield "Earlier reading", f"row {row['id']}, until {row['superseded_at']:%Y-%m-%d}"


def _disorder(item: Mapping[str, Any]) -> str:
    if item["metal_disordered"]:
        return "of a metal"
    if item["donor_disordered"]:
        return "of an atom that binds a metal"
    return "yes" if item["is_disordered"] else "no"


def _site_cells(site: Mapping[str, Any]) -> dict[str, object]:
    """What is shown of a site in fewer columns than it has."""
    nearest, farthest = site["min_distance"], site["max_distance"]
    return {
        "donors": site["donor_groups"] or site["donor_set"],
        "range": None if nearest is None else f"{nearest:.2f}-{farthest:.2f}",
    }


def site_notes(sites: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The words on sites, each once, with the labels of the sites that they are about."""
    notes: dict[str, list[str]] = {}
    for site in sites:
        for what, text in (
            ("oxidation state", site["oxidation_state_reason"]),
            ("shape", site["shape_note"]),
        ):
            if text:
                labels = notes.setdefault(f"{what}: {text}", [])
                if site["label"] not in labels:
                    labels.append(site["label"])
    return notes


def _counted_ligands(ligands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Equal ligands as one row with their number."""
    rows: dict[str, dict[str, Any]] = {}
    for ligand in ligands:
        row = rows.setdefault(repr(ligand), ligand | {"times": 0})
        row["times"] += 1
        hapticity = f" eta{ligand['hapticity']}" if ligand["hapticity"] > 1 else ""
        bridges = f", bridges {ligand['n_metals']}" if ligand["is_bridging"] else ""
        row["binds"] = f"{ligand['denticity']}-dentate{hapticity}{bridges}"
        row["smiles_or_note"] = ligand["smiles"] or ligand["smiles_note"]
    return list(rows.values())


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
