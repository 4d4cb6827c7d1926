"""One explained complex, as a table, rows or a file of atoms."""

from typing import TYPE_CHECKING, Any

import click

from cli.console import tell
from cli.metric_table import target_words
from cli.output import Column, Format, counted, print_rows

if TYPE_CHECKING:
    from pathlib import Path

    from screening.explain import ExplainedScore
    from screening.store.models import ModelVersion

_ATOMS = [
    Column("label", "Atom"),
    Column("element", "El."),
    Column("importance", "Log-odds", "+.3f"),
    Column("spread", "+-", ".3f"),
    Column("metal_distance", "To metal/A", ".2f"),
    Column("shell", "Shell"),
    Column("ligand", "Ligand", max_width=24, cut=18),
]
_LIGANDS = [
    Column("ligand_position", "No.", "d"),
    Column("formula", "Ligand", max_width=24, cut=18),
    Column("classes", "Classes", max_width=34),
    Column("n_atoms", "Atoms", "d"),
    Column("importance", "Log-odds", "+.3f"),
]
_SHELLS = [
    Column("shell", "Shell"),
    Column("n_atoms", "Atoms", "d"),
    Column("importance", "Log-odds", "+.3f"),
]
_ROW_KEYS = (
    "atom_index",
    "label",
    "element",
    "x",
    "y",
    "z",
    "metal_distance",
    "shell",
    "ligand_position",
    "ligand",
    "importance",
    "spread",
)


def print_explained(found: "ExplainedScore", output_format: Format, top: int) -> None:
    """Print the *top* atoms, the ligands and the shells; as CSV or JSON all atoms."""
    if output_format != "table":
        print_rows(found.atoms, [Column(key, key) for key in _ROW_KEYS], output_format)
        return
    version, molecule, said = found.version, found.molecule, found.explanation
    synthetic = "  (SYNTHETIC, not a measurement)" if molecule.is_synthetic else ""
    click.secho(f"{molecule.identifier}  {molecule.formula}{synthetic}", bold=True)
    click.echo(
        f"{version.label} by {said.method}, mean of {counted(said.looks, 'look')}: "
        f"score {said.score:.3f}, log-odds {said.log_odds:+.2f}"
    )
    for line in _notes(version, molecule.training_part):
        tell(line, err=False)
    shown = min(top, len(found.atoms))
    click.echo(f"\nAtoms that move it most ({shown} of {len(found.atoms)}):")
    print_rows(found.atoms[:top], _ATOMS, "table")
    how = "each taken away whole" if said.method == "occlusion" else "sums over their atoms"
    click.echo(f"Ligands ({how}):" if found.ligands else "Ligands: none")
    if found.ligands:
        print_rows(found.ligands, _LIGANDS, "table")
    click.echo(f"Shells ({how}):")
    print_rows(found.shells, _SHELLS, "table")


def _notes(version: "ModelVersion", training_part: str | None) -> list[str]:
    notes = [target_words(version.card.get("target"), version.target)]
    if version.policy is None:
        notes.append("That is a property, not the behaviour of a single-molecule magnet.")
    if version.trained_on_synthetic:
        notes.append("The model was trained on SYNTHETIC data: a demonstration.")
    if training_part in {"train", "validation"}:
        notes.append(f"The complex was in the model's {training_part} part: it knew the answer.")
    return notes


def write_xyz(found: "ExplainedScore", path: "Path", *, overwrite: bool) -> None:
    """Write the atoms with their importances; InputError where that cannot be."""
    from screening.molecule.extended_xyz import extended_xyz
    from screening.new_file import write_new

    atoms = sorted(found.atoms, key=lambda row: int(row["atom_index"]))
    columns: dict[str, list[Any]] = {
        "importance": [row["importance"] for row in atoms],
        "spread": [row["spread"] for row in atoms],
        "metal_distance": [row["metal_distance"] for row in atoms],
        "shell": [row["shell"].replace(" ", "_") for row in atoms],
        "ligand": [
            -1 if row["ligand_position"] is None else row["ligand_position"] for row in atoms
        ],
    }
    text = extended_xyz(
        [row["element"] for row in atoms],
        [(row["x"], row["y"], row["z"]) for row in atoms],
        columns,
        {
            "identifier": found.molecule.identifier,
            "model": found.version.label,
            "method": found.explanation.method,
            "score": f"{found.explanation.score:.6f}",
            "log_odds": f"{found.explanation.log_odds:.6f}",
            "importance_unit": "log-odds",
        },
    )
    write_new(path, text.encode(), overwrite=overwrite)
