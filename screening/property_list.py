"""Property list: what is known of properties, listed, shown, exported."""

from typing import Any

from sqlalchemy import Connection, Engine

from screening.errors import NotFoundError
from screening.evidence.property_value import Kind
from screening.store.details import find_complexes
from screening.store.property_definitions import get_definition
from screening.store.property_list import count_by_metal, list_values
from screening.store.property_list import list_properties as stored_properties


def list_properties(engine: Engine) -> list[dict[str, Any]]:
    """All properties with how many values they have and of how many complexes."""
    with engine.connect() as connection:
        return stored_properties(connection)


def show_property(engine: Engine, name: str, of: str | None = None) -> dict[str, Any]:
    """One property: its definition and counts, `by_metal`, and `values` on the complexes *of*.

    Raises NotFoundError where there is no such property, or nothing is called *of*.
    """
    with engine.connect() as connection:
        get_definition(connection, name)
        (shown,) = (row for row in stored_properties(connection) if row["name"] == name)
        shown["by_metal"] = count_by_metal(connection, name)
        shown["values"] = _values_of(connection, name, of) if of is not None else []
        return shown


def _values_of(connection: Connection, name: str, of: str) -> list[dict[str, Any]]:
    wanted = set(find_complexes(connection, of))
    if not wanted:
        raise NotFoundError(f"no complex is called {of!r}")
    return [
        row for row in list_values(connection, name) if not wanted.isdisjoint(row["complex_ids"])
    ]


def export_property(
    engine: Engine, name: str, *, state: str | None = None, source: str | None = None
) -> list[dict[str, Any]]:
    """The values of a property as rows, in the order of entry. Raises NotFoundError.

    value: 0 or 1 of a yes or no, which an import takes again.
    """
    with engine.connect() as connection:
        definition = get_definition(connection, name)
        rows = list_values(connection, name, state=state, source=source)
    if definition.kind is Kind.BINARY:
        rows = [row | {"value": int(row["value"])} for row in rows]
    return rows
