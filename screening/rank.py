"""Rank: the complexes that a model version scores highest, one row a compound, each explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Engine

from screening.errors import InputError, NotFoundError
from screening.evidence.property_value import Kind
from screening.ligand_name import ligand_class
from screening.remarks import of_structure
from screening.store.filters import Filters
from screening.store.model_names import label_of_alias
from screening.store.models import ModelVersion, find_version, get_version
from screening.store.predictions import SCORE_TOLERANCE
from screening.store.ranking import (
    count_examples,
    count_labelled,
    has_scored,
    last_scored_version,
    ranked,
    scored_versions,
    training_metals,
)

PRODUCTION: Final = "production"
"""The alias that `rank` goes by where no model is named."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows in order, and what a reader must know of them."""

    version: ModelVersion
    rows: list[dict[str, Any]]
    notes: tuple[str, ...]


def rank(
    engine: Engine,
    filters: Filters,
    *,
    model: str | None = None,
    top: int = 20,
    one_per_compound: bool = True,
) -> Ranking:
    """The *top* complexes that match *filters*, by *model*.

    Without one by what the alias `production` names, if that has scored, else by the version that
    scored last.

    When a version has scored both real and synthetic complexes, the synthetic ones are left out
    unless the filters ask for them. Raises NotFoundError when nothing was scored, InputError for a
    ligand class that no complex has, or a lowest score that no score can have.
    """
    with engine.connect() as connection:
        version = _version(connection, model)
        real = has_scored(connection, version.id, synthetic=False)
        synthetic = has_scored(connection, version.id, synthetic=True)
        if not (real or synthetic):
            raise NotFoundError(
                f"{version.label} has scored nothing yet: run `smmdb predict --model "
                f"{version.label}`"
            )
        _check_min_score(filters.min_score, version)
        classes = [ligand_class(connection, name) for name in filters.ligand_classes]
        filters = replace(filters, ligand_classes=classes)
        notes = _speaks_of(version)
        if filters.synthetic is None and real and synthetic:
            filters = replace(filters, synthetic=False)
            notes.append("Synthetic complexes are left out (--synthetic shows them).")
        if not filters.labelled:
            notes += _left_out(connection, version, filters)
        if model is None:
            notes += _others(connection, version)
        rows = _rows(connection, version, filters, top, one_per_compound=one_per_compound)
        return Ranking(version, rows, (*notes, *_ties(rows, version)))


def _rows(
    connection: Connection,
    version: ModelVersion,
    filters: Filters,
    top: int,
    *,
    one_per_compound: bool,
) -> list[dict[str, Any]]:
    seen_metals = training_metals(connection, version.id)
    rows: list[dict[str, Any]] = []
    compounds: set[int] = set()
    for row in ranked(connection, version.id, filters):
        if one_per_compound and row["compound_id"] in compounds:
            continue
        compounds.add(row["compound_id"])
        rows.append(
            {
                "rank": len(rows) + 1,
                **row,
                "out_of_domain": _out_of_domain(row, seen_metals),
                "remarks": "; ".join(_remarks(row, seen_metals)),
            }
        )
        if len(rows) == top:
            break
    return rows


def _left_out(connection: Connection, version: ModelVersion, filters: Filters) -> list[str]:
    """How many complexes do not show since they are known."""
    asked = replace(filters, labelled=True)
    if version.policy is None:
        hidden = count_examples(connection, version.id, asked)
        known = f"examples that {version.label} was trained or tested on"
    else:
        hidden = count_labelled(connection, version.id, asked)
        known = "compounds with a literature label"
    if not hidden:
        return []
    return [f"{hidden:,} {known} are left out (--include-labelled shows them)."]


def _others(connection: Connection, version: ModelVersion) -> list[str]:
    """Which versions one could have meant who named none."""
    labels = [label for label in scored_versions(connection) if label != version.label]
    return [f"Others have scored too (--model): {', '.join(labels)}."] if labels else []


def _ties(rows: Sequence[Mapping[str, Any]], version: ModelVersion) -> list[str]:
    """Whether the order means nothing at all."""
    is_number = version.kind is Kind.NUMERIC
    scale = version.card["calibration"]["slope"] if is_number else 1.0
    if len(rows) < 2 or rows[0]["score"] - rows[-1]["score"] >= SCORE_TOLERANCE * scale:
        return []
    note = (
        f"{version.label} does not tell these apart: their scores differ by less than the "
        f"{SCORE_TOLERANCE:g} that two scores of one complex may."
    )
    return [note]


def _version(connection: Connection, model: str | None) -> ModelVersion:
    if model is not None:
        return find_version(connection, model)
    label = label_of_alias(connection, PRODUCTION)
    if label is not None:
        version = find_version(connection, label)
        if any(has_scored(connection, version.id, synthetic=either) for either in (False, True)):
            return version
    version_id = last_scored_version(connection)
    if version_id is None:
        raise NotFoundError(
            "nothing has been scored yet: `smmdb train --name NAME`, then "
            "`smmdb predict --model NAME` (`smmdb find` lists complexes without scores)"
        )
    return get_version(connection, version_id)


def _check_min_score(score: float | None, version: ModelVersion) -> None:
    if score is not None and version.kind is Kind.BINARY and not 0 <= score <= 1:
        raise InputError(
            f"--min-score {score:g}: a score of {version.label} is a chance, from 0 to 1"
        )


def _speaks_of(version: ModelVersion) -> list[str]:
    """What a score of a version speaks of, what not, and how well."""
    notes = []
    if version.trained_on_synthetic:
        notes.append(
            f"{version.label} was trained on SYNTHETIC data: its scores are a demonstration, "
            "not evidence."
        )
    if version.policy is None:
        target = version.card["target"]
        is_number = version.kind is Kind.NUMERIC
        unsaid = "what that is nobody has said" if is_number else "what that means nobody has said"
        speaks = (
            f"is {target['question']}, highest first"
            if is_number
            else f"speaks of {target['question']}"
        )
        said = (target["description"] or unsaid).rstrip(".")
        notes.append(f"A score of {version.label} {speaks}: {said}.")
    return [*notes, f"Of {version.label}: {version.card['verdict']}"]


def _out_of_domain(row: Mapping[str, Any], seen_metals: frozenset[str]) -> list[str]:
    """Why a score is less sure, as the view `latest_predictions` says it."""
    reasons = {
        "unseen metal": not seen_metals.issuperset(row["metals"]),
        "clipped": bool(row["n_clipped"]),
        "far": row["distance"] is not None and row["distance"] > 1,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _remarks(row: Mapping[str, Any], seen_metals: frozenset[str]) -> list[str]:
    """What makes a score less sure, or the complex known."""
    remarks: list[str] = [] if row["label"] == "unlabelled" else [f"literature: {row['label']}"]
    unseen = [metal for metal in row["metals"] if metal not in seen_metals]
    if unseen:
        remarks.append(f"{', '.join(unseen)} not in training")
    if row["distance"] is not None and row["distance"] > 1:
        remarks.append(f"far from the training ({row['distance']:.1f})")
    if row["training_part"] is not None:
        remarks.append(f"in {row['training_part']} set")
    return [*remarks, *row["implausible"], *of_structure(row)]
