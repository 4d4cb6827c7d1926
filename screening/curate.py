"""Curate: findings matched by hand, withdrawn, corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from screening.errors import InputError, NotFoundError
from screening.evidence.cells import DecimalMark
from screening.evidence.columns import NumberColumn, find_column
from screening.evidence.export import to_cells
from screening.evidence.identifier import read_identifier
from screening.evidence.row import read_row
from screening.evidence.table import TableRow
from screening.store import curation
from screening.store.details import find_complexes
from screening.store.finding_list import as_finding, complexes_of_papers, read_finding
from screening.store.finding_list import list_findings as stored_findings
from screening.store.findings import add_findings, lock_evidence
from screening.store.labels import match_and_resolve
from screening.store.lookup import Statement, describe_complexes, find_compounds


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
            told = ["of the same paper"] if row["candidates"] else []
            if row["rejected_as"]:
                told.append(f"read and rejected: {row['rejected_as']}")
            row["why"] = "; ".join(told) or None
    return sorted(rows, key=lambda row: (row["state"] != "ambiguous", not row["candidates"]))


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a finding: the title of its complex; is_new: not decided so before.

    before: what was decided until now. others: what the finding fits by itself, where the complex
    is none of that.
    """

    title: str
    is_new: bool
    before: str | None
    others: tuple[str, ...]


def decide_match(
    engine: Engine, finding_id: int, name: str, *, by: str, reason: str | None = None
) -> Decision:
    """Decide that a finding speaks of the complex *name*, whatever it fits by itself.

    Raises NotFoundError where one of them is not there, InputError where *name* fits complexes of
    several compounds, or the finding is withdrawn.
    """
    with engine.begin() as connection:
        finding = read_finding(connection, finding_id)
        complexes = describe_complexes(connection, find_complexes(connection, name))
        if not complexes:
            raise NotFoundError(f"no complex is called {name!r}")
        if len({row["compound_id"] for row in complexes}) > 1:
            fits = "; ".join(row["title"] for row in complexes)
            raise InputError(f"{name!r} fits several compounds; give one of: {fits}")
        chosen = complexes[0]
        earlier = curation.decided_complex(connection, finding_id)
        is_new = curation.decide(connection, finding_id, chosen["id"], by=by, reason=reason)
        others = _other_candidates(connection, finding, chosen)
        if is_new:
            match_and_resolve(connection)
        before = _title(connection, earlier) if is_new and earlier is not None else None
        return Decision(chosen["title"], is_new, before, others)


def _other_candidates(
    connection: Connection, finding: Mapping[str, Any], chosen: Mapping[str, Any]
) -> tuple[str, ...]:
    """What a finding fits by itself, or what its paper holds; empty where *chosen* is of that."""
    readings = {0: read_identifier(finding["identifier"])}
    said = Statement(finding["doi"], finding["stated_formula"] or finding["identifier"])
    fits = find_compounds(connection, readings, {0: said}).get(0)
    if fits is not None:
        return () if chosen["compound_id"] in fits.compounds else tuple(sorted(fits.matches))
    if finding["doi"] is None:
        return ()
    of_paper = complexes_of_papers(connection, [finding["doi"]]).get(finding["doi"], [])
    return () if chosen["title"] in of_paper else tuple(of_paper)


def _title(connection: Connection, complex_id: int) -> str:
    current = describe_complexes(connection, [complex_id])
    return current[0]["title"] if current else f"row {complex_id}, which was superseded"


def undo_match(engine: Engine, finding_id: int, *, by: str, reason: str | None = None) -> bool:
    """Take a decision back: the finding matches by itself again. False where there is none."""
    with engine.begin() as connection:
        is_new = curation.undecide(connection, finding_id, by=by, reason=reason)
        if is_new:
            match_and_resolve(connection)
        return is_new


def withdraw(engine: Engine, finding_id: int, *, by: str, reason: str) -> bool:
    """Let a finding count no more; False where it is withdrawn already. Raises NotFoundError."""
    with engine.begin() as connection:
        is_new = curation.withdraw(connection, finding_id, by=by, reason=reason)
        if is_new:
            match_and_resolve(connection)
        return is_new


def reinstate(engine: Engine, finding_id: int, *, by: str, reason: str | None = None) -> bool:
    """Let a withdrawn finding count again; False where it was not withdrawn."""
    with engine.begin() as connection:
        is_new = curation.reinstate(connection, finding_id, by=by, reason=reason)
        if is_new:
            match_and_resolve(connection)
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
        match_and_resolve(connection)
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
