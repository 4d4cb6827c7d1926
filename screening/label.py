"""Label: findings tables into the database, and labels from them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from screening.evidence.mapping import read_mapping
from screening.evidence.policy import LabelClass, Policy, load_policy
from screening.evidence.row import RowProblem
from screening.evidence.table import FindingTable, read_table, template
from screening.new_file import write_new
from screening.progress import SILENT, Progress
from screening.store.conflicts import find_swaps
from screening.store.finding_list import list_findings as stored_findings
from screening.store.findings import (
    Ambiguity,
    add_findings,
    find_other_years,
    match_findings,
)
from screening.store.label_changes import compare_labels
from screening.store.labels import (
    count_contradicted,
    count_labels,
    match_and_resolve,
    resolve_labels,
)

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row of a table, or would in a dry run.

    outcome: added, known, withdrawn (known, and somebody has withdrawn it) or refused.
    finding_id: of the finding in the database; None for a refused row, and for a row that a dry
    run would add. match: how it has its compound, and which; or what it waits for.
    remarks: errors or warnings of the row.
    """

    line: int
    identifier: str | None
    outcome: str
    finding_id: int | None
    match: str | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one findings table; rows = added + known + refused.

    outcomes: row by row, by line.
    matched_by: the rows of this table that have their compound, by how they matched.
    unmatched: identifiers of this table that no complex has yet; rejected: those of them whose
    structure was read and rejected, with the code.
    ambiguous: those that fit several compounds.
    labels: compounds by class in the whole database, by policy.
    contradicted: compounds of the whole database whose findings contradict each other.
    """

    rows: int
    added: int
    known: int
    refused: int
    outcomes: tuple[RowOutcome, ...]
    errors: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    matched_by: Mapping[str, int]
    unmatched: tuple[str, ...]
    rejected: Mapping[str, str]
    ambiguous: tuple[Ambiguity, ...]
    labels: Mapping[str, Mapping[LabelClass, int]]
    contradicted: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """Labels made anew under one policy; rows: compounds by metal and class.

    other: the policy that it was set against, if any; changes: the compounds whose class is
    another under that, see `compare_labels`.
    """

    policy: Policy
    rows: list[dict[str, Any]]
    contradicted: int
    other: Policy | None = None
    changes: tuple[dict[str, Any], ...] = ()


def import_findings(
    engine: Engine,
    path: Path,
    *,
    entered_by: str,
    sheet: str | None = None,
    mapping: Path | None = None,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> ImportReport:
    """Import the findings table *path*; raises InputError where it cannot be used as a whole."""
    return import_table(
        engine,
        read_findings(path, sheet=sheet, mapping=mapping),
        source_name=path.name,
        entered_by=entered_by,
        dry_run=dry_run,
        progress=progress,
    )


def read_findings(
    path: Path, *, sheet: str | None = None, mapping: Path | None = None
) -> FindingTable:
    """The findings of a file; mapping: a file that says what its columns are."""
    columns = None if mapping is None else read_mapping(mapping)
    return read_table(path, sheet=sheet, mapping=columns)


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
    if table.sheet is not None:
        source_name = f"{source_name}, sheet {table.sheet}"
    refused = len({problem.line for problem in table.errors})
    added: list[str] = []
    against_stored: list[RowProblem] = []
    with engine.connect() as connection, connection.begin() as transaction:
        with progress.task("Storing findings", len(table.rows)) as task:
            for start in range(0, len(table.rows), _BATCH):
                batch = table.rows[start : start + _BATCH]
                added += add_findings(
                    connection, batch, source_name=source_name, entered_by=entered_by
                )
                against_stored += find_other_years(connection, batch)
                task.advance(len(batch))
        match, labels = match_and_resolve(connection)
        contradicted = count_contradicted(connection)
        keys = [row.finding.key for row in table.rows]
        stored = stored_findings(connection, keys=keys)
        against_stored += find_swaps(connection, table.rows)
        if dry_run:
            transaction.rollback()
    own = {row["id"] for row in stored}
    ambiguous = tuple(a for a in match.ambiguous if a.finding_id in own)
    several = {a.finding_id for a in ambiguous}
    waiting = [row for row in stored if row["state"] == "waiting" and row["id"] not in several]
    warnings = (*table.warnings, *against_stored)
    return ImportReport(
        rows=len(table.rows) + refused,
        added=len(added),
        known=len(table.rows) - len(added),
        refused=refused,
        outcomes=_outcomes(table, warnings, {row["key"]: row for row in stored}, added, dry_run),
        errors=table.errors,
        warnings=warnings,
        matched_by=Counter(row["matched_by"] for row in stored if row["state"] == "matched"),
        unmatched=tuple(sorted({row["identifier"] for row in waiting})),
        rejected={row["identifier"]: row["rejected_as"] for row in waiting if row["rejected_as"]},
        ambiguous=ambiguous,
        labels=labels,
        contradicted=contradicted,
    )


def _outcomes(
    table: FindingTable,
    warnings: Sequence[RowProblem],
    stored: Mapping[str, Mapping[str, Any]],
    added: Sequence[str],
    dry_run: bool,
) -> tuple[RowOutcome, ...]:
    remarks: dict[int, list[str]] = defaultdict(list)
    for problem in (*table.errors, *warnings):
        where = f"{problem.column}: " if problem.column else ""
        remarks[problem.line].append(where + problem.message)
    new = set(added)
    outcomes = [
        RowOutcome(line, identifier, "refused", None, None, tuple(remarks[line]))
        for line, identifier in table.refused.items()
    ]
    for row in table.rows:
        found = stored[row.finding.key]
        is_new = row.finding.key in new
        new.discard(row.finding.key)  # the same statement further down is known by then
        outcome = "withdrawn" if found["state"] == "withdrawn" else "added" if is_new else "known"
        was_there = not (dry_run and row.finding.key in added)
        outcomes.append(
            RowOutcome(
                row.line,
                row.finding.identifier,
                outcome,
                found["id"] if was_there else None,
                _match(found),
                tuple(remarks[row.line]),
            )
        )
    return tuple(sorted(outcomes, key=lambda outcome: outcome.line))


def _match(found: Mapping[str, Any]) -> str:
    if found["state"] == "matched":
        return f"by {found['matched_by']}: {found['formula']}"
    if found["state"] == "ambiguous":
        return f"ambiguous: {found['fits']}"
    if found["state"] == "withdrawn":
        return "withdrawn"
    code = found["rejected_as"]
    return f"read and rejected: {code}" if code else "waits for its structure"


def write_template(path: Path, *, overwrite: bool = False) -> None:
    """Write an empty findings table.

    Raises InputError where *path* exists (unless *overwrite*) or cannot be made.
    """
    write_new(path, template().encode(), overwrite=overwrite)


def resolve(engine: Engine, policy_name: str, against: str | None = None) -> Resolved:
    """Match all findings and resolve all labels under one policy, and under *against* beside it.

    Raises NotFoundError where there is no such policy.
    """
    policy = load_policy(policy_name)
    other = None if against is None else load_policy(against)
    with engine.begin() as connection:
        match_findings(connection)
        resolve_labels(connection, policy)
        rows, contradicted = count_labels(connection, policy), count_contradicted(connection)
        if other is None:
            return Resolved(policy, rows, contradicted)
        resolve_labels(connection, other)
        changes = compare_labels(connection, policy, other)
        return Resolved(policy, rows, contradicted, other, tuple(changes))
