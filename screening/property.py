"""Property: tables of measured or computed values into the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from screening.evidence.cells import one_line, printable
from screening.evidence.identifier import doubt
from screening.evidence.property_table import PropertyRow, PropertyTable, read_values
from screening.evidence.property_value import Kind
from screening.property_meaning import Meaning, check_not_empty
from screening.store.properties import Origin, Stored, add_values
from screening.store.property_definitions import (
    find_definition,
    lock_properties,
)
from screening.store.property_list import list_values
from screening.store.rejections import Wanted, find_codes
from screening.store.source_names import check_file_name


@dataclass(frozen=True, slots=True)
class ValueOutcome:
    """What became of one row of a table, or would in a dry run.

    outcome: added, known, withdrawn (before, and left so) or refused. match: how it has its
    complex; or what it waits for. remark: why it is refused, or what is odd about it.
    """

    line: int
    identifier: str | None
    given: str | None
    outcome: str
    match: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class PropertyReport:
    """What became of one table; rows = added + known + withdrawn + refused.

    is_new: the property was not there before. is_described: it was, and has a description only
    now. n_yes: stored rows with a yes, of a binary property. least, most: of a numeric one.
    states: stored rows by matched, waiting and ambiguous. rejected: those that wait for a structure
    which was read and rejected. several: those that belong to more than one complex.
    """

    name: str
    kind: Kind
    unit: str | None
    is_new: bool
    is_described: bool
    outcomes: tuple[ValueOutcome, ...]
    n_yes: int
    least: float | None
    most: float | None
    states: Mapping[str, int]
    rejected: int
    several: int

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows by outcome."""
        return Counter(outcome.outcome for outcome in self.outcomes)


def import_property(
    engine: Engine,
    table: PropertyTable,
    *,
    name: str,
    source: str,
    by: str,
    method: str | None = None,
    kind: Kind | None = None,
    unit: str | None = None,
    description: str | None = None,
    of_file: str | None = None,
    dry_run: bool = False,
) -> PropertyReport:
    """Add the good rows of *table* as values of the property *name*, which a first table defines.

    kind, unit, description: see `Meaning`. of_file: only structures that came from a file of this
    name are meant. One transaction, which a dry run takes back.

    Raises InputError where the property is another than the table's, NotFoundError where no
    structure came from *of_file*.
    """
    meaning = Meaning(name, kind, unit and one_line(unit), description and printable(description))
    meaning.check()
    for what, value in {"source": source, "method": method, "by": by}.items():
        check_not_empty(what, value)
    origin = Origin(
        source=one_line(source),
        method=None if method is None else one_line(method),
        of_file=None if of_file is None else printable(of_file),
        file=printable(table.name),
        sha256=table.sha256,
        by=one_line(by),
    )
    with engine.connect() as connection, connection.begin() as transaction:
        lock_properties(connection)
        if origin.of_file is not None:
            check_file_name(connection, origin.of_file)
        before = find_definition(connection, name)
        definition = meaning.define(connection, before, table, by=origin.by)
        rows, errors = read_values(table, definition.kind)
        stored = add_values(connection, definition, rows, origin)
        values = list_values(connection, name, ids=list(stored.ids.values()))
        waiting = [value for value in values if value["state"] == "waiting"]
        codes = find_codes(
            connection,
            {v["value_id"]: Wanted(v["identifier"], of_file=v["of_file"]) for v in waiting},
        )
        # A property without a value is not made.
        if dry_run or (before is None and not stored.ids):
            transaction.rollback()
    good = [row for row in rows if row.line in stored.ids]
    numbers = [row.value for row in good]
    matches = {value["value_id"]: _match(value, codes.get(value["value_id"])) for value in values}
    refused = {error.line: error.message for error in (*errors, *stored.errors)}
    return PropertyReport(
        name=name,
        kind=definition.kind,
        unit=definition.unit,
        is_new=before is None,
        is_described=before is not None and before.description != definition.description,
        outcomes=_outcomes(table, good, stored, matches, refused),
        n_yes=numbers.count(1.0) if definition.kind is Kind.BINARY else 0,
        least=min(numbers, default=None),
        most=max(numbers, default=None),
        states=Counter(value["state"] for value in values),
        rejected=len(codes),
        several=sum(len(value["complex_ids"]) > 1 for value in values),
    )


def _outcomes(
    table: PropertyTable,
    rows: Sequence[PropertyRow],
    stored: Stored,
    matches: Mapping[int, str],
    refused: Mapping[int, str],
) -> tuple[ValueOutcome, ...]:
    cells = {cell.line: cell for cell in table.cells}
    outcomes = [
        ValueOutcome(
            row.line,
            row.identifier,
            row.given,
            "added" if row.line in stored.added else "known",
            matches[stored.ids[row.line]],
            doubt(row.identifier),
        )
        for row in rows
    ]
    others = {line: ("refused", message) for line, message in refused.items()}
    others |= dict.fromkeys(stored.withdrawn, ("withdrawn", "withdrawn before"))
    for line, (outcome, remark) in others.items():
        cell = cells.get(line)
        identifier, given = (cell.identifier, cell.text) if cell else (None, None)
        outcomes.append(ValueOutcome(line, identifier, given, outcome, None, remark))
    return tuple(sorted(outcomes, key=lambda outcome: outcome.line))


def _match(value: Mapping[str, Any], rejected_as: str | None) -> str:
    if value["state"] == "matched":
        n = len(value["complex_ids"])
        return f"by {value['matched_by']}" + (f": {n} complexes" if n > 1 else "")
    if value["state"] == "ambiguous":
        return f"ambiguous: {'; '.join(value['fits'])}"
    return f"read and rejected: {rejected_as}" if rejected_as else "waits for its structure"
