"""Property: tables of measured or computed values into the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from screening.errors import InputError
from screening.evidence.cells import one_line, printable, quoted
from screening.evidence.identifier import doubt
from screening.evidence.property_table import PropertyRow, PropertyTable, read_values
from screening.evidence.property_value import Kind, infer_kind, is_property_name, is_value
from screening.store.properties import Origin, Stored, add_values
from screening.store.property_definitions import (
    Definition,
    define,
    describe,
    find_definition,
    lock_properties,
)
from screening.store.property_list import list_values
from screening.store.rejections import Wanted, find_codes
from screening.store.source_names import check_file_name
from screening.store.targets import SMM


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

    description: of a new property, or of one that was made without. kind: None for what the cells
    are (see `infer_kind`), or what the property is already. of_file: only structures that came from
    a file of this name are meant. One transaction, which a dry run takes back.

    Raises InputError where the property is another than the table's, NotFoundError where no
    structure came from *of_file*.
    """
    if not is_property_name(name):
        raise InputError(
            f"{name!r} cannot name a property: a letter, then letters, digits and underscores (give"
            " another name with --as)"
        )
    if name == SMM:
        raise InputError(
            f"{SMM} is what labels made of findings are called: give another name (--as)"
        )
    texts = {
        "source": source,
        "method": method,
        "unit": unit,
        "by": by,
        "description": description,
    }
    for what, value in texts.items():
        if value is not None and not value.strip():
            raise InputError(f"the {what} is empty")
    origin = Origin(
        source=one_line(source),
        method=None if method is None else one_line(method),
        of_file=None if of_file is None else printable(of_file),
        file=printable(table.name),
        sha256=table.sha256,
        by=one_line(by),
    )
    unit = None if unit is None else one_line(unit)
    description = None if description is None else printable(description)
    with engine.connect() as connection, connection.begin() as transaction:
        lock_properties(connection)
        if origin.of_file is not None:
            check_file_name(connection, origin.of_file)
        definition = find_definition(connection, name)
        is_new, is_described = definition is None, False
        if definition is None:
            _check_any(table, kind)
            kind = kind or (Kind.NUMERIC if unit else infer_kind(cell.text for cell in table.cells))
            if kind is Kind.BINARY and unit:
                raise InputError(f"a yes or no has no unit: leave --unit {unit} out")
            definition = define(
                connection, name, kind=kind, unit=unit, description=description, by=origin.by
            )
        else:
            _check_same(definition, kind, unit, description)
            if description is not None and definition.description is None:
                definition = describe(connection, definition, description, by=origin.by)
                is_described = True
        rows, errors = read_values(table, definition.kind)
        stored = add_values(connection, definition, rows, origin)
        values = list_values(connection, name, ids=list(stored.ids.values()))
        waiting = [value for value in values if value["state"] == "waiting"]
        codes = find_codes(
            connection,
            {v["value_id"]: Wanted(v["identifier"], of_file=v["of_file"]) for v in waiting},
        )
        # A property without a value is not made.
        if dry_run or (is_new and not stored.ids):
            transaction.rollback()
    good = [row for row in rows if row.line in stored.ids]
    numbers = [row.value for row in good]
    refused = {error.line: error for error in (*errors, *stored.errors)}
    return PropertyReport(
        name=name,
        kind=definition.kind,
        unit=definition.unit,
        is_new=is_new,
        is_described=is_described,
        outcomes=_outcomes(
            table,
            good,
            stored,
            {value["value_id"]: _match(value, codes.get(value["value_id"])) for value in values},
            {n: e.message for n, e in refused.items()},
        ),
        n_yes=numbers.count(1.0) if definition.kind is Kind.BINARY else 0,
        least=min(numbers, default=None),
        most=max(numbers, default=None),
        states=Counter(value["state"] for value in values),
        rejected=len(codes),
        several=sum(len(value["complex_ids"]) > 1 for value in values),
    )


def _check_any(table: PropertyTable, kind: Kind | None) -> None:
    """Raise InputError where a whole column holds nothing that a new property could be made of."""
    kinds = (Kind.NUMERIC, Kind.BINARY) if kind is None else (kind,)
    if table.cells and not any(is_value(cell.text, k) for cell in table.cells for k in kinds):
        words = ["a number" if k is Kind.NUMERIC else "a yes or no" for k in kinds]
        cell = next((cell for cell in table.cells if cell.text), table.cells[0])
        raise InputError(
            f"no row of the column {table.column!r} holds {' or '.join(words)} (line"
            f" {cell.line}: {quoted(cell.text)}): name another --column"
        )


def _check_same(
    definition: Definition, kind: Kind | None, unit: str | None, description: str | None
) -> None:
    """Raise InputError where a table would make another thing of a property that is there."""
    name = definition.name
    if kind is not None and kind is not definition.kind:
        raise InputError(f"{name} is {definition.kind} here, not {kind}: give another name (--as)")
    if unit != definition.unit:
        there = f"in {definition.unit}" if definition.unit else "without a unit"
        raise InputError(
            f"{name} is stored {there}, this table is"
            f" {f'in {unit}' if unit else 'without one (--unit)'}: smmdb converts nothing; give the"
            " values in the same unit, or another name (--as)"
        )
    if description is not None and definition.description not in (None, description):
        raise InputError(f"{name} has its description already: {definition.description}")


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
