"""Property meaning: what is said of a property beside its values, and whether that agrees."""

from dataclasses import dataclass

from sqlalchemy import Connection

from screening.errors import InputError
from screening.evidence.cells import quoted
from screening.evidence.property_table import PropertyTable
from screening.evidence.property_value import Kind, infer_kind, is_property_name, is_value
from screening.store.property_definitions import Definition, define, describe
from screening.store.targets import SMM


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a user says of the property that a table holds.

    kind: None for what the cells are (see `infer_kind`), or what the property is already. unit: of
    a number. description: of a new property, or of one that was made without.
    """

    name: str
    kind: Kind | None
    unit: str | None
    description: str | None

    def check(self) -> None:
        """Raise InputError for words that say nothing, and a name that cannot be one."""
        if not is_property_name(self.name):
            raise InputError(
                f"{self.name!r} cannot name a property: a letter, then letters, digits and"
                " underscores (give another name with --as)"
            )
        if self.name == SMM:
            raise InputError(
                f"{SMM} is what labels made of findings are called: give another name (--as)"
            )
        check_not_empty("unit", self.unit)
        check_not_empty("description", self.description)

    def define(
        self, connection: Connection, before: Definition | None, table: PropertyTable, *, by: str
    ) -> Definition:
        """The property of the table's values: as it was *before*, described only now, or new.

        Raises InputError where the table does not fit it.
        """
        if before is None:
            return self._define_new(connection, table, by)
        self._check_same(before)
        if self.description is not None and before.description is None:
            return describe(connection, before, self.description, by=by)
        return before

    def _define_new(self, connection: Connection, table: PropertyTable, by: str) -> Definition:
        _check_any(table, self.kind)
        kind = self.kind
        if kind is None:
            kind = Kind.NUMERIC if self.unit else infer_kind(cell.text for cell in table.cells)
        if kind is Kind.BINARY and self.unit:
            raise InputError(f"a yes or no has no unit: leave --unit {self.unit} out")
        return define(
            connection, self.name, kind=kind, unit=self.unit, description=self.description, by=by
        )

    def _check_same(self, definition: Definition) -> None:
        """Raise InputError where a table would make another thing of a property that is there."""
        name = self.name
        if self.kind is not None and self.kind is not definition.kind:
            raise InputError(
                f"{name} is {definition.kind} here, not {self.kind}: give another name (--as)"
            )
        if self.unit != definition.unit:
            there = f"in {definition.unit}" if definition.unit else "without a unit"
            raise InputError(
                f"{name} is stored {there}, this table is"
                f" {f'in {self.unit}' if self.unit else 'without one (--unit)'}: smmdb converts"
                " nothing; give the values in the same unit, or another name (--as)"
            )
        if self.description is not None and definition.description not in (None, self.description):
            raise InputError(f"{name} has its description already: {definition.description}")


def check_not_empty(what: str, value: str | None) -> None:
    """Raise InputError for a text without a word."""
    if value is not None and not value.strip():
        raise InputError(f"the {what} is empty")


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
