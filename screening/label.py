"""Label: findings tables into the database, and labels from them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from screening.errors import InputError
from screening.evidence.policy import LabelClass, Policy, builtin_policies, load_policy
from screening.evidence.row import RowProblem
from screening.evidence.table import FindingTable, read_table, template
from screening.progress import SILENT, Progress
from screening.store.findings import (
    FINDING_FIELDS,
    Ambiguity,
    add_findings,
    find_other_years,
    match_findings,
)
from screening.store.findings import list_findings as stored_findings
from screening.store.labels import count_contradicted, count_labels, resolve_labels

__all__ = [
    "FINDING_FIELDS",
    "ImportReport",
    "Resolved",
    "import_findings",
    "import_table",
    "list_findings",
    "resolve",
    "write_template",
]

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one findings table; rows = added + known + refused.

    matched_by: the rows of this table that have their compound, by how they matched.
    unmatched: identifiers of this table that no complex has yet.
    ambiguous: those that fit several compounds.
    labels: compounds by class in the whole database, by policy.
    contradicted: compounds of the whole database whose findings contradict each other.
    """

    rows: int
    added: int
    known: int
    refused: int
    errors: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    matched_by: Mapping[str, int]
    unmatched: tuple[str, ...]
    ambiguous: tuple[Ambiguity, ...]
    labels: Mapping[str, Mapping[LabelClass, int]]
    contradicted: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """Labels made anew under one policy; rows: compounds by metal and class."""

    policy: Policy
    rows: list[dict[str, Any]]
    contradicted: int


def import_findings(
    engine: Engine,
    path: Path,
    *,
    entered_by: str,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> ImportReport:
    """Import the findings table *path*; raises InputError where it cannot be used as a whole."""
    return import_table(
        engine,
        read_table(path),
        source_name=path.name,
        entered_by=entered_by,
        dry_run=dry_run,
        progress=progress,
    )


def import_table(
    engine: Engine,
    table: FindingTable,
    *,
    source_name: str,
    entered_by: str,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> ImportReport:
    """Add the good rows of *table*, match all findings, resolve all labels.

    One transaction, which a dry run takes back at its end.
    """
    refused = len({problem.line for problem in table.errors})
    added = 0
    other_years: list[RowProblem] = []
    with engine.connect() as connection, connection.begin() as transaction:
        with progress.task("Storing findings", len(table.rows)) as task:
            for start in range(0, len(table.rows), _BATCH):
                batch = table.rows[start : start + _BATCH]
                added += add_findings(
                    connection, batch, source_name=source_name, entered_by=entered_by
                )
                other_years += find_other_years(connection, batch)
                task.advance(len(batch))
        match = match_findings(connection)
        labels = {p.name: resolve_labels(connection, p) for p in builtin_policies()}
        contradicted = count_contradicted(connection)
        keys = [row.finding.key for row in table.rows]
        stored = stored_findings(connection, keys=keys)
        if dry_run:
            transaction.rollback()
    own = {row["id"] for row in stored}
    ambiguous = tuple(a for a in match.ambiguous if a.finding_id in own)
    several = {a.finding_id for a in ambiguous}
    waiting = [row for row in stored if row["matched_by"] is None and row["id"] not in several]
    return ImportReport(
        rows=len(table.rows) + refused,
        added=added,
        known=len(table.rows) - added,
        refused=refused,
        errors=table.errors,
        warnings=(*table.warnings, *other_years),
        matched_by=Counter(row["matched_by"] for row in stored if row["matched_by"]),
        unmatched=tuple(sorted({row["identifier"] for row in waiting})),
        ambiguous=ambiguous,
        labels=labels,
        contradicted=contradicted,
    )


def write_template(path: Path) -> None:
    """Write an empty findings table. Raises InputError where *path* exists or cannot be made."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise InputError(f"{path} exists already and is left as it is") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def list_findings(
    engine: Engine, *, identifier: str | None = None, unmatched: bool = False
) -> list[dict[str, Any]]:
    """Findings as rows, in the order of entry."""
    with engine.connect() as connection:
        return stored_findings(connection, identifier=identifier, unmatched=unmatched)


def resolve(engine: Engine, policy_name: str) -> Resolved:
    """Match all findings and resolve all labels under one policy.

    Raises NotFoundError where there is no such policy.
    """
    policy = load_policy(policy_name)
    with engine.begin() as connection:
        match_findings(connection)
        resolve_labels(connection, policy)
        return Resolved(policy, count_labels(connection, policy), count_contradicted(connection))
