"""Store what properties are: name, kind, unit and description, said once."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, text, update

from screening.errors import NotFoundError
from screening.evidence.cells import printable
from screening.evidence.property_value import Kind
from screening.schema import PropertyDefinitionRow, PropertyEventRow


@dataclass(frozen=True, slots=True)
class Definition:
    """What a property is; unit: of a numeric one that has a unit."""

    id: int
    name: str
    kind: Kind
    unit: str | None
    description: str | None


def lock_properties(connection: Connection) -> None:
    """Let one transaction at a time add properties and values."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext('smmdb.properties'), 0)"))


def find_definition(connection: Connection, name: str) -> Definition | None:
    """The property called *name*, if there is one."""
    table = PropertyDefinitionRow
    query = select(table.id, table.name, table.kind, table.unit, table.description)
    row = connection.execute(query.where(table.name == name)).one_or_none()
    return row and Definition(row.id, row.name, Kind(row.kind), row.unit, row.description)


def get_definition(connection: Connection, name: str) -> Definition:
    """The property called *name*. Raises NotFoundError."""
    if (found := find_definition(connection, name)) is None:
        raise NotFoundError(f"there is no property {name!r}; `smmdb property list` names them")
    return found


def define(
    connection: Connection,
    name: str,
    *,
    kind: Kind,
    unit: str | None,
    description: str | None,
    by: str,
) -> Definition:
    """Add a property."""
    values = {
        "name": name,
        "kind": kind.value,
        "unit": unit,
        "description": None if description is None else printable(description),
        "defined_by": printable(by),
    }
    statement = insert(PropertyDefinitionRow).values(values).returning(PropertyDefinitionRow.id)
    return Definition(
        connection.execute(statement).scalar_one(), name, kind, unit, values["description"]
    )


def describe(
    connection: Connection, definition: Definition, description: str, *, by: str
) -> Definition:
    """Give a property without a description one; its history tells by whom."""
    described = replace(definition, description=printable(description))
    # Before the change itself: the guard of the table asks for it.
    event = {"property_id": definition.id, "event": "described", "by": printable(by)}
    connection.execute(insert(PropertyEventRow).values(event))
    own = PropertyDefinitionRow.id == definition.id
    change = update(PropertyDefinitionRow).where(own).values(description=described.description)
    connection.execute(change)
    return described
