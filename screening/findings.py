"""Findings: listed, compared, shown with their compounds, exported."""

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine

from screening.errors import NotFoundError
from screening.evidence.export import to_cells, to_csv, to_json, to_xlsx
from screening.new_file import write_new
from screening.store import curation
from screening.store.conflicts import find_conflicts
from screening.store.details import find_complexes
from screening.store.finding_list import as_finding, read_finding
from screening.store.finding_list import list_findings as stored_findings
from screening.store.labels import labels_of
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


def list_conflicts(engine: Engine, *, identifier: str | None = None) -> list[dict[str, Any]]:
    """Compounds whose findings contradict each other or mix up units, see `find_conflicts`."""
    with engine.connect() as connection:
        return find_conflicts(connection, identifier=identifier)


def show_finding(engine: Engine, finding_id: int) -> dict[str, Any]:
    """One finding with its history. Raises NotFoundError."""
    with engine.connect() as connection:
        history = {"history": curation.read_history(connection, finding_id)}
        return read_finding(connection, finding_id) | history


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


def export_findings(
    engine: Engine,
    path: Path,
    *,
    file_format: ExportFormat,
    identifier: str | None = None,
    overwrite: bool = False,
) -> int:
    """Write the findings that count into a table that imports to the same; how many.

    Raises InputError where *path* exists (unless *overwrite*) or cannot be written.
    """
    cells = _export_cells(engine, identifier)
    content = (
        to_xlsx(cells)
        if file_format == "xlsx"
        else (to_json(cells) if file_format == "json" else to_csv(cells)).encode()
    )
    write_new(path, content, overwrite=overwrite)
    return len(cells)


def export_text(engine: Engine, *, as_json: bool, identifier: str | None = None) -> str:
    """What `export_findings` would write, as text."""
    cells = _export_cells(engine, identifier)
    return to_json(cells) if as_json else to_csv(cells)


def _export_cells(engine: Engine, identifier: str | None) -> list[dict[str, str]]:
    rows = list_findings(engine, identifier=identifier)
    return [to_cells(as_finding(row)) for row in rows if row["state"] != "withdrawn"]
