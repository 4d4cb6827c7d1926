"""What is shown of a complex's chemistry: metal sites, ligands, plausibility."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.output import Column
from cli.show.section import print_line, print_section
from screening.chemistry.polyhedra.words import shape_words


def print_chemistry(item: Mapping[str, Any]) -> None:
    """Print the metal sites, ligands and plausibility of one complex."""
    print_section(
        "Metal sites",
        [site | _site_cells(site) for site in item["metal_sites"]],
        [
            Column("label", "Site"),
            Column("element", "Metal"),
            Column("coordination_number", "CN", "d"),
            Column("donors", "Donors"),
            Column("polyhedron", "Shape", max_width=12),
            Column("shape_measure", "CShM", ".2f"),
            Column("mean_distance", "M-D/A", ".3f"),
            Column("range", "Range", no_wrap=True),
            Column("oxidation_state", "State", "+d"),
            Column("ion", "Ion"),
        ],
    )
    for note, labels in site_notes(item["metal_sites"]).items():
        print_line("  ", f"{', '.join(labels)}, {note}")
    print_section(
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
    print_section(
        "Plausibility as a single-molecule magnet",
        item["plausibility"],
        [
            Column("rule", "Rule"),
            Column("severity", "Says"),
            Column("reason", "Why", max_width=32),
            Column("source", "Source", max_width=34),
        ],
    )


def _site_cells(site: Mapping[str, Any]) -> dict[str, object]:
    """What is shown of a site in fewer columns than it has."""
    nearest, farthest = site["min_distance"], site["max_distance"]
    shape = site["polyhedron"]
    return {
        "donors": site["donor_groups"] or site["donor_set"],
        "polyhedron": shape and shape_words(shape, site["coordination_number"]),
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
