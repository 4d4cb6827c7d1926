"""Rank: the complexes that a model version scores highest, one row a compound, each explained."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine

from screening.errors import NotFoundError
from screening.store.models import ModelVersion, find_version, get_version
from screening.store.ranking import (
    Filters,
    count_labelled,
    count_scored,
    last_scored_version,
    ranked,
    training_metals,
)


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
    """The *top* complexes that match *filters*; without *model* the version that scored last.

    When a version has scored both real and synthetic complexes, the synthetic ones are left out
    unless the filters ask for them. Raises NotFoundError when nothing was scored.
    """
    with engine.connect() as connection:
        version = _version(connection, model)
        real, synthetic = count_scored(connection, version.id)
        if not real + synthetic:
            raise NotFoundError(
                f"{version.label} has scored nothing yet: run `smmdb predict --model "
                f"{version.label}`"
            )
        notes = []
        if version.trained_on_synthetic:
            notes.append(
                f"{version.label} was trained on SYNTHETIC data: its scores are a demonstration, "
                "not evidence."
            )
        notes.append(f"Of {version.label}: {version.card['verdict']}")
        if filters.synthetic is None and real and synthetic:
            filters = replace(filters, synthetic=False)
            notes.append(
                f"{synthetic:,} synthetic complexes are left out (--synthetic shows them)."
            )
        if not filters.labelled:
            hidden = count_labelled(connection, version.id, replace(filters, labelled=True))
            if hidden:
                notes.append(
                    f"{hidden:,} compounds with a literature label are left out "
                    "(--include-labelled shows them)."
                )
        seen_metals = training_metals(connection, version.id)
        rows: list[dict[str, Any]] = []
        compounds: set[int] = set()
        for row in ranked(connection, version.id, filters):
            if one_per_compound and row["compound_id"] in compounds:
                continue
            compounds.add(row["compound_id"])
            rows.append(
                {"rank": len(rows) + 1, **row, "remarks": "; ".join(_remarks(row, seen_metals))}
            )
            if len(rows) == top:
                break
    return Ranking(version, rows, tuple(notes))


def _version(connection: Connection, model: str | None) -> ModelVersion:
    if model is not None:
        return find_version(connection, model)
    version_id = last_scored_version(connection)
    if version_id is None:
        raise NotFoundError(
            "nothing has been scored yet: `smmdb train --name NAME`, then "
            "`smmdb predict --model NAME`"
        )
    return get_version(connection, version_id)


def _remarks(row: Mapping[str, Any], seen_metals: frozenset[str]) -> list[str]:
    """What makes a score less sure, or the complex known."""
    remarks = [] if row["label"] == "unlabelled" else [f"literature: {row['label']}"]
    unseen = [metal for metal in row["metals"] if metal not in seen_metals]
    if unseen:
        remarks.append(f"{', '.join(unseen)} not in training")
    if row["training_part"] is not None:
        remarks.append(f"in {row['training_part']} set")
    if row["metal_disordered"]:
        remarks.append("metal disordered")
    elif row["is_disordered"]:
        remarks.append("disordered")
    if row["formula_differs"]:
        remarks.append("atoms do not fit the sum formula")
    if row["n_clipped"]:
        atoms = "1 atom" if row["n_clipped"] == 1 else f"{row['n_clipped']} atoms"
        remarks.append(f"{atoms} outside the box")
    if row["is_synthetic"]:
        remarks.append("synthetic")
    return remarks
