"""Curate: findings listed, compared, matched by hand, withdrawn, corrected and exported."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine

from screening.errors import InputError, NotFoundError
from screening.evidence.cells import DecimalMark
from screening.evidence.columns import NumberColumn, find_column
from screening.evidence.export import to_cells, to_csv, to_json, to_xlsx
from screening.evidence.policy import builtin_policies
from screening.evidence.row import read_row
from screening.evidence.table import TableRow
from screening.store import curation
from screening.store.conflicts import find_conflicts
from screening.store.details import find_complexes
from screening.store.finding_list import (
    as_finding,
    complexes_of_papers,
)
from screening.store.finding_list import list_findings as stored_findings
from screening.store.findings import add_findings, lock_evidence, match_findings
from screening.store.labels import labels_of, resolve_labels
from screening.store.lookup import describe_complexes

ExportFormat = Literal["csv", "xlsx", "json"]


def list_findings(
    engine: Engine,
    *,
    identifier: str | None = None,
    unmatched: bool = False,
    withdrawn: bool = False,
) -> list[dict[str, Any]]:
    """Findings as rows, in the order of entry."""
    with engine.connect() as connection:
        return stored_findings(
            connection, identifier=identifier, unmatched=unmatched, withdrawn=withdrawn
        )


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


def list_conflicts(engine: Engine, *, identifier: str | None = None) -> list[dict[str, Any]]:
    """Compounds whose findings contradict each other or mix up units, see `find_conflicts`."""
    with engine.connect() as connection:
        return find_conflicts(connection, identifier=identifier)


def show_finding(engine: Engine, finding_id: int) -> dict[str, Any]:
    """One finding with its history. Raises NotFoundError."""
    with engine.connect() as connection:
        return _one(connection, finding_id) | {
            "history": curation.read_history(connection, finding_id)
        }


def show_compounds(engine: Engine, name: str) -> list[dict[str, Any]]:
    """The compounds that *name* fits, each with findings, labels and conflicts.

    Raises NotFoundError where nothing is called so.
    """
    with engine.connect() as connection:
        complexes = describe_complexes(connection, find_complexes(connection, name))
        if not complexes:
            raise NotFoundError(
                f"no complex is called {name!r}; `smmdb label list --identifier` finds findings"
                " that wait under this name"
            )
        found = stored_findings(connection, identifier=name)
        conflicts = {
            row["compound_id"]: row["reasons"]
            for row in find_conflicts(connection, identifier=name)
        }
        compounds = {row["compound_id"]: row["compound_formula"] for row in complexes}
        return [
            {
                "compound_id": compound,
                "formula": formula,
                "identifiers": sorted(
                    {row["identifier"] for row in complexes if row["compound_id"] == compound}
                ),
                "findings": [row for row in found if row["compound_id"] == compound],
                "conflicts": conflicts.get(compound, []),
                "labels": labels_of(connection, compound),
            }
            for compound, formula in compounds.items()
        ]


def decide_match(
    engine: Engine, finding_id: int, name: str, *, by: str, reason: str | None = None
) -> tuple[bool, str]:
    """Decide that a finding speaks of the complex *name*; (whether that is new, the complex).

    Raises NotFoundError where one of them is not there, InputError where *name* fits complexes of
    several compounds, or the finding is withdrawn.
    """
    with engine.begin() as connection:
        _one(connection, finding_id)
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
        old = _one(connection, finding_id)
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


def export_findings(
    engine: Engine, path: Path, *, file_format: ExportFormat, identifier: str | None = None
) -> int:
    """Write the findings that count into a table that imports to the same; how many.

    Raises InputError where *path* exists or cannot be written.
    """
    cells = _export_cells(engine, identifier)
    content = (
        to_xlsx(cells)
        if file_format == "xlsx"
        else (to_json(cells) if file_format == "json" else to_csv(cells)).encode()
    )
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise InputError(f"{path} exists already and is left as it is") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    return len(cells)


def export_text(engine: Engine, *, as_json: bool, identifier: str | None = None) -> str:
    """What `export_findings` would write, as text."""
    cells = _export_cells(engine, identifier)
    return to_json(cells) if as_json else to_csv(cells)


def _export_cells(engine: Engine, identifier: str | None) -> list[dict[str, str]]:
    rows = list_findings(engine, identifier=identifier)
    return [to_cells(as_finding(row)) for row in rows if row["state"] != "withdrawn"]


def _one(connection: Connection, finding_id: int) -> dict[str, Any]:
    rows = stored_findings(connection, ids=[finding_id])
    if not rows:
        raise NotFoundError(f"There is no finding {finding_id}; `smmdb label list` shows their ids")
    return rows[0]


def _refresh(connection: Connection) -> None:
    """Bring matches and labels in line with what was decided, in the same transaction."""
    match_findings(connection)
    for policy in builtin_policies():
        resolve_labels(connection, policy)
