"""What is shown of a complex as a name and a value."""

from collections.abc import Iterable, Mapping
from typing import Any

from screening.words import counted


def list_facts(item: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    """Names and values in the order of the sheet; None: not known, not shown."""
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
    if item["isostructural"]:
        others = counted(item["isostructural"], "complex")
        yield "Isostructural", f"{others} (smmdb find --isostructural {item['identifier']})"
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
