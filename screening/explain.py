"""Explain: which atoms drive the score of a complex."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from screening import __version__
from screening.chemistry.shells import SHELLS
from screening.elements import symbol
from screening.errors import InputError, NotFoundError
from screening.learning.explain import Explanation, Method
from screening.learning.explain import explain as run_explain
from screening.learning.scoring import Scoring
from screening.model_question import check_yes_or_no
from screening.network.device import pick_device
from screening.network.memory import keep_memory
from screening.network.weights import read_predictor
from screening.store.details import find_complexes
from screening.store.explanations import (
    StoredExplanation,
    add_explanation,
    find_explanation,
)
from screening.store.models import ModelVersion, find_version, read_weights
from screening.store.molecules import StoredMolecule, read_molecule
from screening.voxel.views import Views


@dataclass(frozen=True, slots=True, eq=False)
class ExplainedScore:
    """Why a version gives one complex its score.

    atoms: a row each, by size of the importance; ligands and shells: a row each, in their order.
    was_stored: an earlier call computed it.
    """

    version: ModelVersion
    molecule: StoredMolecule
    explanation: StoredExplanation
    atoms: list[dict[str, Any]]
    ligands: list[dict[str, Any]]
    shells: list[dict[str, Any]]
    was_stored: bool


def explain(
    engine: Engine, given: str, model: str, *, method: Method = "occlusion", device: str = "auto"
) -> ExplainedScore:
    """Explain the score that the version *model* gives to the complex called *given*.

    Computed once: the same version, complex and method are read from the database afterwards.

    Raises:
        NotFoundError: for an unknown complex or model.
        InputError: when several complexes are called so.
    """
    with engine.connect() as connection:
        version = find_version(connection, model)
        check_yes_or_no(version, "importances are shares of log-odds")
        molecule = read_molecule(connection, _find_one(connection, given), version.id)
        stored = find_explanation(connection, version.id, molecule.complex_id, method)
        scoring = None if stored else scoring_of(connection, version, device)
    was_stored = stored is not None
    if scoring is not None:
        stored = explain_and_store(engine, scoring, version, molecule, method)
    assert stored is not None
    return _rows(version, molecule, stored, was_stored=was_stored)


def _find_one(connection: Connection, given: str) -> int:
    found = find_complexes(connection, given)
    if not found:
        raise NotFoundError(
            f"no complex is called {given!r}; give a refcode, COD id, CCDC number or block name, "
            "as `smmdb find` prints it"
        )
    if len(found) > 1:
        rows = ", ".join(f"'row {row}'" for row in found[:8])
        raise InputError(
            f"{len(found)} complexes are called {given!r}; name one by its row: {rows} "
            "(`smmdb show` tells them apart)"
        )
    return found[0]


def scoring_of(connection: Connection, version: ModelVersion, device: str) -> Scoring:
    """What scores as the version does, on *device*."""
    keep_memory()
    predictor = read_predictor(version, read_weights(connection, version.id))
    views = Views.of_card(version.card, version.spec, version.architecture)
    return Scoring(predictor.to(pick_device(device)), views)


def explain_and_store(
    engine: Engine,
    scoring: Scoring,
    version: ModelVersion,
    molecule: StoredMolecule,
    method: Method,
) -> StoredExplanation:
    """Explain the score of a molecule, and what is stored of it then."""
    found = run_explain(
        scoring,
        molecule.atoms,
        shells=molecule.shells,
        ligands=[np.array(ligand.atoms, dtype=np.intp) for ligand in molecule.ligands],
        method=method,
    )
    with engine.begin() as connection:
        add_explanation(connection, version.id, molecule.complex_id, **_columns(found))
        stored = find_explanation(connection, version.id, molecule.complex_id, method)
    assert stored is not None
    return stored


def _columns(found: Explanation) -> dict[str, Any]:
    return {
        "method": found.method,
        "looks": found.n_looks,
        "score": found.score,
        "log_odds": found.log_odds,
        "atoms": found.atoms.tolist(),
        "spreads": found.spreads.tolist(),
        "ligands": list(found.ligands),
        "shells": list(found.shells),
        "code_version": __version__,
    }


def _rows(
    version: ModelVersion,
    molecule: StoredMolecule,
    stored: StoredExplanation,
    *,
    was_stored: bool,
) -> ExplainedScore:
    shell, distance = molecule.shells, molecule.metal_distances
    ligand_of = {atom: ligand for ligand in molecule.ligands for atom in ligand.atoms}
    atoms: list[dict[str, Any]] = []
    for atom, importance in enumerate(stored.atoms):
        ligand = ligand_of.get(atom)
        atoms.append(
            {
                "atom_index": atom,
                "label": molecule.labels[atom],
                "element": symbol(int(molecule.atomic_numbers[atom])),
                "x": float(molecule.positions[atom, 0]),
                "y": float(molecule.positions[atom, 1]),
                "z": float(molecule.positions[atom, 2]),
                "metal_distance": float(distance[atom]),
                "shell": SHELLS[shell[atom]],
                "ligand_position": None if ligand is None else ligand.position,
                "ligand": None if ligand is None else ligand.formula,
                "importance": importance,
                "spread": stored.spreads[atom],
            }
        )
    atoms.sort(key=lambda row: -abs(row["importance"]))
    ligands = [
        {
            "ligand_position": ligand.position,
            "formula": ligand.formula,
            "classes": ligand.classes,
            "n_atoms": len(ligand.atoms),
            "importance": importance,
        }
        for ligand, importance in zip(molecule.ligands, stored.ligands, strict=True)
    ]
    counts = np.bincount(shell, minlength=len(SHELLS)).tolist()
    by_shell = [
        {"shell": name, "n_atoms": count, "importance": importance}
        for name, count, importance in zip(SHELLS, counts, stored.shells, strict=True)
        if count
    ]
    return ExplainedScore(
        version, molecule, stored, atoms, ligands, by_shell, was_stored=was_stored
    )
