"""Curate: findings matched by hand, withdrawn, corrected."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine

from screening.errors import InputError, NotFoundError
from screening.evidence.cells import DecimalMark
from screening.evidence.columns import NumberColumn, find_column
from screening.evidence.export import to_cells
from screening.evidence.policy import builtin_policies
from screening.evidence.row import read_row
from screening.evidence.table import TableRow
from screening.store import curation
from screening.store.details import find_complexes
from screening.store.finding_list import as_finding, complexes_of_papers, read_finding
from screening.store.finding_list import list_findings as stored_findings
from screening.store.findings import add_findings, lock_evidence, match_findings
from screening.store.labels import resolve_labels
from screening.store.lookup import describe_complexes


def list_open(engine: Engine) -> list[dict[str, Any]]:
    """Findings without a compound, each with candidates: "identifier (formula)" of complexes.

    The candidates of an ambiguous finding all fit it; those of a waiting one come from its paper
    and do not fit by their formula. First what can be decided.
    """
    with engine.connect() as connection:
        rows = stored_findings(connection, unmatched=True)
        papers = complexes_of_papers(connection, (row["doi"] for row in rows if row["doi"]))
    for row in rows:
        if row["fits"]:
            row["candidates"], row["why"] = row["fits"].split("; "), "all fit"
        else:
            row["candidates"] = papers.get(row["doi"], [])
            row["why"] = "of the same paper" if row["candidates"] else None
    return sorted(rows, key=lambda row: (row["state"] != "ambiguous", not row["candidates"]))


def decide_match(
    engine: Engine, finding_id: int, name: str, *, by: str, reason: str | None = None
) -> tuple[bool, str]:
    """Decide that a finding speaks of the complex *name*; (whether that is new, the complex).

    Raises NotFoundError where one of them is not there, InputError where *name* fits complexes of
    several compounds, or the finding is withdrawn.
    """
    with engine.begin() as connection:
        read_finding(connection, finding_id)
        complexes = describe_complexes(connection, find_complexes(connection, name))
        if not complexes:
            raise NotFoundError(f"no complex is called {name!r}")
        if len({row["compound_id"] for row in complexes}) > 1:
            fits = "; ".join(row["title"] for row in complexes)
            raise InputError(f"{name!r} fits several compounds; give one of: {fits}")
        chosen = complexes[0]
        is_new = curation.decide(connection, finding_id, chosen["id"], by=by, reason=reason)
        if is_new:
            _refresh(connection)
        return is_new, chosen["title"]


def undo_match(engine: Engine, finding_id: int, *, by: str, reason: str | None = None) -> bool:
    """Take a decision back: the finding matches by itself again. False where there is none."""
    with engine.begin() as connection:
        is_new = curation.undecide(connection, finding_id, by=by, reason=reason)
        if is_new:
            _refresh(connection)
        return is_new


def withdraw(engine: Engine, finding_id: int, *, by: str, reason: str) -> bool:
    """Let a finding count no more; False where it is withdrawn already. Raises NotFoundError."""
    with engine.begin() as connection:
        is_new = curation.withdraw(connection, finding_id, by=by, reason=reason)
        if is_new:
            _refresh(connection)
        return is_new


def reinstate(engine: Engine, finding_id: int, *, by: str, reason: str | None = None) -> bool:
    """Let a withdrawn finding count again; False where it was not withdrawn."""
    with engine.begin() as connection:
        is_new = curation.reinstate(connection, finding_id, by=by, reason=reason)
        if is_new:
            _refresh(connection)
        return is_new


def standing_replacements(engine: Engine, finding_id: int) -> list[int]:
    """The findings that were entered in place of this one and count."""
    with engine.connect() as connection:
        rows = stored_findings(connection)
    return [
        row["id"] for row in rows if row["replaces"] == finding_id and row["state"] != "withdrawn"
    ]


def correct(
    engine: Engine, finding_id: int, changes: Mapping[str, str], *, by: str, reason: str
) -> tuple[int, list[str]]:
    """Withdraw a finding and enter another in its place; (the new id, warnings on its cells).

    changes: text of cells by heading, an empty text empties the cell; the rest stays. Raises
    InputError where a cell cannot be used, where nothing would change, or where another finding
    says so already.
    """
    with engine.begin() as connection:
        lock_evidence(connection)
        old = read_finding(connection, finding_id)
        if old["state"] == "withdrawn":
            raise InputError(f"Finding {finding_id} is withdrawn already")
        before = as_finding(old)
        cells = _changed(to_cells(before), changes)
        finding, errors, warnings = read_row(old["source_row"], cells, DecimalMark.POINT)
        if finding is None:
            raise InputError("\n".join(f"{e.column}: {e.message}" for e in errors))
        if finding.key == before.key:
            raise InputError(f"Finding {finding_id} says so already: nothing to correct")
        row = TableRow(old["source_row"], finding, cells)
        added = add_findings(
            connection, [row], source_name=old["source_name"], entered_by=by, replaces=finding_id
        )
        (new,) = stored_findings(connection, keys=[finding.key])
        if not added:
            back = (
                f"let that count again (smmdb label withdraw {new['id']} --undo) and "
                if new["state"] == "withdrawn"
                else ""
            )
            raise InputError(
                f"Finding {new['id']} ({new['state']}) says so already; {back}withdraw"
                f" {finding_id} instead of correcting it"
            )
        curation.withdraw(connection, finding_id, by=by, reason=reason, replaced_by=new["id"])
        if (decided := curation.decided_complex(connection, finding_id)) is not None:
            words = f"as decided for finding {finding_id}"
            curation.decide(connection, new["id"], decided, by=by, reason=words)
        _refresh(connection)
        return new["id"], [f"{w.column}: {w.message}" for w in warnings]


def _changed(cells: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    changed = dict(cells)
    for heading, text in changes.items():
        column = find_column(heading)
        if column is None:
            raise InputError(f"{heading!r} is no column of a findings table")
        if isinstance(column, NumberColumn):
            # The same quantity in its other unit gives way.
            for name in list(changed):
                other = find_column(name)
                if isinstance(other, NumberColumn) and other.field == column.field:
                    del changed[name]
        changed[column.name] = text.strip()
    return {name: text for name, text in changed.items() if text}


def _refresh(connection: Connection) -> None:
    """Bring matches and labels in line with what was decided, in the same transaction."""
    match_findings(connection)
    for policy in builtin_policies():
        resolve_labels(connection, policy)
