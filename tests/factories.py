"""Rows for tests: each function adds one and returns its id; whatever is not given is plain."""

import hashlib
import itertools
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from screening.schema import (
    Base,
    ComplexRow,
    CompoundRow,
    EvaluationExampleRow,
    EvaluationRow,
    ExplanationCheckRow,
    ExplanationRow,
    FindingRow,
    ImportedExampleRow,
    LabelRow,
    LigandRow,
    MetalSiteRow,
    MetricRow,
    ModelVersionRow,
    NearDuplicateRow,
    PlausibilityFlagRow,
    PredictionFailureRow,
    PredictionRow,
    PropertyDefinitionRow,
    PropertyEventRow,
    PropertyValueRow,
    PublicationRow,
    ScreeningRunRow,
    SourceFileRow,
    StructureComplexRow,
    StructureRow,
    TrainingExampleRow,
    VoxelGridRow,
    VoxelSpecRow,
)
from screening.store.rules import ensure_rules

_count = itertools.count()


def _unique(word: str) -> str:
    return f"{word}-{next(_count)}"


def _sha256() -> str:
    return hashlib.sha256(_unique("bytes").encode()).hexdigest()


def _add(connection: Connection, row: type[Base], plain: dict[str, Any], given: Any) -> Any:

    statement = insert(row).values({**plain, **given})
    if "id" in row.__table__.c:
        return connection.execute(statement.returning(row.id)).scalar_one()
    return connection.execute(statement)


def add_file(connection: Connection, **given: Any) -> int:
    plain = {"sha256": _sha256(), "name": "a.cif", "n_bytes": 3, "content": b"cif"}
    return _add(connection, SourceFileRow, plain, given)


def add_structure(connection: Connection, **given: Any) -> int:
    if "source_file_id" not in given:
        given["source_file_id"] = add_file(connection)
    plain = {"position": 0, "block_name": "I", "verdict": "accepted", "is_synthetic": False}
    return _add(connection, StructureRow, plain, given)


def add_compound(connection: Connection, **given: Any) -> int:
    return _add(connection, CompoundRow, {"key": _unique("compound"), "formula": "C H Dy"}, given)


def add_complex(connection: Connection, metals: tuple[str, ...] = ("Dy",), **given: Any) -> int:
    """A complex with one metal site for each metal, in an accepted structure of its own.

    site: what else is said of each metal site.
    """
    min_distance = given.pop("min_distance", None)
    site = given.pop("site", {})
    structure_id = given.pop("structure_id", None) or add_structure(connection)
    if "compound_id" not in given:
        given["compound_id"] = add_compound(connection)
    plain = {
        "content_key": _unique("complex"),
        "skeleton_key": "skeleton",
        "identifier": given.get("refcode", "ABCDEF"),
        "formula": "C H " + " ".join(metals),
        "metals": list(metals),
        "nuclearity": len(metals),
        "n_atoms": 2,
        "molar_mass": 300.0,
        "cell": [10.0, 10.0, 10.0, 90.0, 90.0, 90.0],
        "is_disordered": False,
        "metal_disordered": False,
        "donor_disordered": False,
        "ligand_classes": [],
        "is_synthetic": False,
        "stated": {},
        "components": [],
        "atomic_numbers": [66, 8],
        "positions": [0.0, 0.0, 0.0, 0.0, 0.0, 2.3],
        "atom_labels": ["Dy1", "O1"],
        "bonds": [0, 1],
    }
    complex_id = _add(connection, ComplexRow, plain, given)
    for index, element in enumerate(metals):
        _add(
            connection,
            MetalSiteRow,
            {
                "complex_id": complex_id,
                "atom_index": index,
                "label": f"{element}{index + 1}",
                "element": element,
                "coordination_number": 8,
                "donor_set": "N2O6",
                "mean_distance": 2.35,
                "min_distance": min_distance,
            },
            site,
        )
    link = {"structure_id": structure_id, "complex_id": complex_id}
    _add(connection, StructureComplexRow, link, {})
    return complex_id


def supersede(connection: Connection, complex_id: int, by: int | None = None) -> None:
    """A later reading took the place of the complex, and of its blocks' verdicts."""
    later = {"superseded_at": func.now(), "superseded_by": by}
    connection.execute(update(ComplexRow).where(ComplexRow.id == complex_id).values(later))
    blocks = select(StructureComplexRow.structure_id).where(
        StructureComplexRow.complex_id == complex_id
    )
    connection.execute(
        update(StructureRow)
        .where(StructureRow.id.in_(blocks))
        .values({"superseded_at": func.now()})
    )


def add_ligand(connection: Connection, complex_id: int, **given: Any) -> int:
    plain = {
        "complex_id": complex_id,
        "position": 0,
        "formula": "C16 H14 N2 O2",
        "smiles": "O=Cc1ccccc1",
        "denticity": 4,
        "hapticity": 1,
        "n_metals": 1,
        "donor_set": "N2O2",
        "classes": ["salen-type", "schiff-base"],
        "atoms": [1],
    }
    return _add(connection, LigandRow, plain, given)


def add_flag(connection: Connection, complex_id: int, rule: str = "R5", **given: Any) -> None:
    ensure_rules(connection)
    plain = {
        "complex_id": complex_id,
        "rule": rule,
        "severity": "high",
        "reason": "Gd1: isotropic",
    }
    _add(connection, PlausibilityFlagRow, plain, given)


def add_near_duplicate(connection: Connection, one: int, other: int) -> None:
    pair = {"complex_id": min(one, other), "other_id": max(one, other)}
    _add(connection, NearDuplicateRow, pair | {"reason": "cells agree to 1 %"}, {})


def compound_of(connection: Connection, complex_id: int) -> int:
    query = select(ComplexRow.compound_id).where(ComplexRow.id == complex_id)
    return connection.execute(query).scalar_one()


def add_spec(connection: Connection, **given: Any) -> int:
    plain = {
        "name": _unique("spec"),
        "digest": _sha256(),
        "edge": 32,
        "spacing": 0.5,
        "radii": "covalent",
        "hydrogens": True,
        "version": 1,
    }
    return _add(connection, VoxelSpecRow, plain, given)


def add_grid(connection: Connection, complex_id: int, spec_id: int, **given: Any) -> None:
    plain = {"complex_id": complex_id, "spec_id": spec_id, "blob": b"grid", "n_clipped": 0}
    _add(connection, VoxelGridRow, plain, given)


def add_finding(connection: Connection, doi: str | None = None, **given: Any) -> int:
    if doi is not None:
        paper = {"doi": doi, "year": 2020}
        given["publication_id"] = _add(connection, PublicationRow, paper, {})
    if "compound_id" in given:
        given.setdefault("matched_by", "refcode")
    plain = {
        "key": _unique("finding"),
        "identifier": "ABCDEF",
        "sample": "neat",
        "behaviour": "smm_zero_field",
        "is_synthetic": False,
        "given": {},
        "source_name": "findings.csv",
        "source_row": 2,
        "entered_by": "me",
    }
    return _add(connection, FindingRow, plain, given)


def add_label(connection: Connection, compound_id: int, class_: str, **given: Any) -> None:
    plain = {
        "policy": "paper",
        "policy_version": 1,
        "compound_id": compound_id,
        "class_": class_,
        "reason": "one finding says so",
        "finding_ids": [],
    }
    _add(connection, LabelRow, plain, given)


def add_property(connection: Connection, name: str, **given: Any) -> int:
    plain = {"name": name, "kind": "binary", "defined_by": "me"}
    return _add(connection, PropertyDefinitionRow, plain, given)


def add_value(connection: Connection, property_id: int, refcode: str, value: float, **given: Any):
    plain = {
        "property_id": property_id,
        "identifier": refcode,
        "name": refcode.lower(),
        "refcode": refcode,
        "value": value,
        "given": f"{value:g}",
        "source": "a paper",
        "source_name": "values.csv",
        "source_sha256": _sha256(),
        "source_row": 2,
        "entered_by": "me",
    }
    return _add(connection, PropertyValueRow, plain, given)


def add_property_event(connection: Connection, value_id: int, event: str = "withdrawn") -> int:
    plain = {"value_id": value_id, "event": event, "by": "me", "reason": "wrong"}
    return _add(connection, PropertyEventRow, plain, {})


def add_version(connection: Connection, name: str = "salen", version: int = 1, **given: Any) -> int:
    if "spec_id" not in given:
        given["spec_id"] = add_spec(connection)
    plain = {
        "name": name,
        "version": version,
        "target": "smm",
        "kind": "binary",
        "palette": "p1",
        "architecture": {},
        "weights": b"weights",
        "weights_sha256": _sha256(),
        "policy": "paper",
        "policy_version": 1,
        "snapshot_digest": _sha256(),
        "split": {},
        "seed": 0,
        "code_version": "0",
        "card": {},
        "trained_on_synthetic": False,
    }
    return _add(connection, ModelVersionRow, plain, given)


def add_example(connection: Connection, version_id: int, complex_id: int, **given: Any) -> None:
    plain = {
        "model_version_id": version_id,
        "complex_id": complex_id,
        "answer": 1.0,
        "part": "train",
        "group_key": "g",
    }
    _add(connection, TrainingExampleRow, plain, given)


def add_metric(connection: Connection, version_id: int, **given: Any) -> int:
    plain = {
        "model_version_id": version_id,
        "part": "test",
        "subject": "network",
        "name": "average_precision",
        "value": 0.7,
        "low": 0.6,
        "high": 0.8,
        "n": 40,
    }
    return _add(connection, MetricRow, plain, given)


def add_imported_example(connection: Connection, version_id: int, **given: Any) -> None:
    plain = {
        "model_version_id": version_id,
        "content_key": _sha256(),
        "compound_key": _sha256(),
        "skeleton_key": _sha256(),
        "metals": ["Dy"],
        "part": "train",
        "answer": 1.0,
    }
    _add(connection, ImportedExampleRow, plain, given)


def add_evaluation(connection: Connection, version_id: int, **given: Any) -> int:
    plain = {
        "model_version_id": version_id,
        "target": "smm",
        "policy": "paper",
        "policy_version": 1,
        "digest": _sha256(),
        "n": 40,
        "n_positive": 20,
        "left_out": {},
        "settings": {},
        "reliability": [],
        "verdict": "",
        "code_version": "0",
    }
    return _add(connection, EvaluationRow, plain, given)


def add_evaluation_example(connection: Connection, evaluation_id: int, complex_id: int) -> None:
    plain = {
        "evaluation_id": evaluation_id,
        "complex_id": complex_id,
        "answer": 1.0,
        "group_key": "g",
        "score": 0.5,
    }
    _add(connection, EvaluationExampleRow, plain, {})


def add_run(connection: Connection, version_id: int, **given: Any) -> int:
    plain = {
        "model_version_id": version_id,
        "status": "running",
        "asked": 1,
        "done": 0,
        "failed": 0,
        "skipped": 0,
        "device": "cpu",
        "settings": {},
    }
    return _add(connection, ScreeningRunRow, plain, given)


def add_prediction(connection: Connection, run_id: int, complex_id: int, score: float) -> None:
    query = select(ScreeningRunRow.model_version_id).where(ScreeningRunRow.id == run_id)
    plain = {
        "model_version_id": connection.execute(query).scalar_one(),
        "complex_id": complex_id,
        "run_id": run_id,
        "score": score,
        "spread": 0.05,
    }
    _add(connection, PredictionRow, plain, {})


def add_failure(connection: Connection, run_id: int, complex_id: int) -> None:
    plain = {
        "run_id": run_id,
        "complex_id": complex_id,
        "code": "damaged-grid",
        "reason": "the grid cannot be read",
    }
    _add(connection, PredictionFailureRow, plain, {})


def add_explanation(connection: Connection, version_id: int, complex_id: int, **given: Any) -> int:
    plain = {
        "model_version_id": version_id,
        "complex_id": complex_id,
        "method": "occlusion",
        "looks": 4,
        "score": 0.9,
        "log_odds": 2.2,
        "atoms": [1.5, -0.25],
        "spreads": [0.1, 0.0],
        "ligands": [-0.25],
        "shells": [1.5, -0.25, None, None],
        "code_version": "0",
    }
    return _add(connection, ExplanationRow, plain, given)


def add_explanation_check(connection: Connection, version_id: int, **given: Any) -> int:
    plain = {
        "model_version_id": version_id,
        "digest": _sha256(),
        "n": 1,
        "seed": 0,
        "figures": [],
        "code_version": "0",
    }
    return _add(connection, ExplanationCheckRow, plain, given)
