"""Store properties: measured or computed values, and the complexes that they belong to.

Which complexes a value belongs to is nowhere stored: the view `properties` finds it out from what
is here now, so that a value waits for its structure and follows it to a newer reading.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, text

from screening.evidence.identifier import read_identifier
from screening.evidence.property_table import PropertyRow
from screening.evidence.row import RowProblem
from screening.schema import PropertyValueRow
from screening.store.property_definitions import Definition


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the values of one table come from.

    source: the paper or data set. method: how they were measured or computed. of_file: only the
    structures that came from a file of this name are meant. file, sha256: of the table.
    """

    source: str
    method: str | None
    of_file: str | None
    file: str
    sha256: str
    by: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the rows of one table.

    ids: of the values by line, those known before included. added: lines that are new.
    withdrawn: lines that say what was withdrawn before, and stay so; they have no id.
    errors: rows that contradict what the same source has said before.
    """

    ids: Mapping[int, int]
    added: frozenset[int]
    withdrawn: frozenset[int]
    errors: tuple[RowProblem, ...]


def add_values(
    connection: Connection, definition: Definition, rows: Sequence[PropertyRow], origin: Origin
) -> Stored:
    """Add the values that are not known yet; what a source has said once it cannot unsay.

    A row is an error where the same source gives its structure another value, under the same
    identifier or under another one of the same complex, or the same value by another method.
    What was withdrawn stays withdrawn, and another value takes its place.
    """
    known = _known(connection, definition, rows, origin)
    gone = _withdrawn(connection, definition, rows, origin)
    withdrawn = frozenset(
        row.line for row in rows if row.name not in known and (row.name, row.value) in gone
    )
    said_before = {row.line: known[row.name] for row in rows if row.name in known}
    wrong = {
        row.line: message
        for row in rows
        if row.line in said_before
        and (message := _contradiction(row, said_before[row.line], origin))
    }
    fresh: dict[str, PropertyRow] = {}
    for row in rows:
        if row.line not in said_before and row.line not in withdrawn:
            fresh.setdefault(row.name, row)
    attempt = connection.begin_nested()
    new_ids = _insert(connection, definition, fresh, origin)
    if clashes := _find_clashes(connection, definition, origin, new_ids):
        attempt.rollback()
        new_ids = _insert(
            connection, definition, {n: row for n, row in fresh.items() if n not in clashes}, origin
        )
    else:
        attempt.commit()
    wrong |= {row.line: clashes[row.name] for row in rows if row.name in clashes}
    ids = {line: before.id for line, before in said_before.items() if line not in wrong}
    return Stored(
        ids | {row.line: new_ids[row.name] for row in rows if row.name in new_ids},
        frozenset(fresh[name].line for name in new_ids),
        withdrawn,
        tuple(RowProblem(line, None, message) for line, message in sorted(wrong.items())),
    )


def _known(
    connection: Connection, definition: Definition, rows: Sequence[PropertyRow], origin: Origin
) -> dict[str, Any]:
    """What is stored of the structures of *rows* from the same source, by their name."""
    asked = _asked(definition, rows, origin)
    return {row.name: row for row in connection.execute(_KNOWN, asked)}


def _withdrawn(
    connection: Connection, definition: Definition, rows: Sequence[PropertyRow], origin: Origin
) -> set[tuple[str, float]]:
    """Name and value of what the same source said of the structures of *rows*, and counts no more.

    Only by the same method: by another one it is another statement.
    """
    asked = _asked(definition, rows, origin) | {"method": origin.method}
    return {(row.name, row.value) for row in connection.execute(_WITHDRAWN, asked)}


def _asked(
    definition: Definition, rows: Sequence[PropertyRow], origin: Origin
) -> dict[str, object]:
    return {
        "property": definition.id,
        "source": origin.source,
        "of_file": origin.of_file,
        "names": [row.name for row in rows],
    }


_KNOWN = text("""
    select id, name, value, given, method, source_name, source_row from property_value
    where property_id = :property and source = :source and withdrawn_at is null
        and of_file is not distinct from cast(:of_file as text)
        and name = any(cast(:names as text[]))""")
_WITHDRAWN = text("""
    select name, value from property_value
    where property_id = :property and source = :source and withdrawn_at is not null
        and of_file is not distinct from cast(:of_file as text)
        and method is not distinct from cast(:method as text)
        and name = any(cast(:names as text[]))""")


def _contradiction(row: PropertyRow, known: Any, origin: Origin) -> str | None:
    place = f"{known.source_name}, line {known.source_row}"
    if row.value != known.value:
        return (
            f"{row.identifier} has {row.given} here, but {known.given} is stored from the same"
            f" source ({place})"
        )
    if origin.method != known.method:
        method = f"the method {known.method!r}" if known.method else "no method"
        return (
            f"{row.identifier} is stored with {method} from the same source ({place}); name the"
            " method in --source, too, where a source has several"
        )
    return None


def _insert(
    connection: Connection,
    definition: Definition,
    rows: Mapping[str, PropertyRow],
    origin: Origin,
) -> dict[str, int]:
    """Add *rows*, by name; their ids by name."""
    if not rows:
        return {}
    values = [
        {"property_id": definition.id, **_structure(row), **_from(origin), **_said(row)}
        for row in rows.values()
    ]
    statement = insert(PropertyValueRow).returning(PropertyValueRow.name, PropertyValueRow.id)
    return {row.name: row.id for row in connection.execute(statement, values)}


def _structure(row: PropertyRow) -> dict[str, object]:
    reading = read_identifier(row.identifier)
    return {
        "identifier": row.identifier,
        "name": row.name,
        "refcode": reading.refcode,
        "cod_id": reading.cod_id,
        "ccdc_number": reading.ccdc_number,
        "base": reading.name if reading.formula else None,
        "formula": reading.formula,
    }


def _from(origin: Origin) -> dict[str, object]:
    return {
        "source": origin.source,
        "method": origin.method,
        "of_file": origin.of_file,
        "source_name": origin.file,
        "source_sha256": origin.sha256,
        "entered_by": origin.by,
    }


def _said(row: PropertyRow) -> dict[str, object]:
    return {"value": row.value, "given": row.given, "source_row": row.line}


def _find_clashes(
    connection: Connection, definition: Definition, origin: Origin, new_ids: Mapping[str, int]
) -> dict[str, str]:
    """Why values under *new_ids* cannot stand, by name: their source says otherwise of a complex.

    What was stored before stands; of new values that contradict only each other none does.
    """
    asked = {"property": definition.name, "source": origin.source}
    of_complex = defaultdict(list)
    for row in connection.execute(_CONTRADICTED, asked):
        of_complex[row.complex_id].append(row)
    names = {value_id: name for name, value_id in new_ids.items()}
    clashes = {}
    for rows in of_complex.values():
        standing = [row for row in rows if row.value_id not in names] or rows
        for row in rows:
            others = [other for other in standing if other.value != row.value]
            if row.value_id in names and others:
                clashes[names[row.value_id]] = _clash(row, others)
    return clashes


def _clash(row: Any, others: Sequence[Any]) -> str:
    said = "; ".join(
        f"{other.identifier} with {other.given} ({other.source_name}, line {other.source_row})"
        for other in others
    )
    return f"{row.identifier} has {row.given} here, but is the same complex as {said}"


_CONTRADICTED = text("""
    select complex_id, value_id, identifier, value, given, source_name, source_row
    from properties
    where property = :property and source = :source and is_contradicted
    order by value_id""")
