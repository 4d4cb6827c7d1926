"""Row: from the named cells of one record to a finding, with every problem told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from screening.evidence import cells as cell
from screening.evidence.cells import DecimalMark
from screening.evidence.columns import NUMBER_COLUMNS, NumberColumn
from screening.evidence.doubt import odd_pairs, outside
from screening.evidence.finding import Behaviour, Finding, Sample, spread_fields
from screening.evidence.identifier import doubt
from screening.evidence.quantity import Quantity

_SAMPLES = {"undiluted": Sample.NEAT}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong (or odd) with one row; column is None where it is the whole row."""

    line: int
    column: str | None
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.message}"


class _Reader:
    """Takes cells one by one and keeps the problems, so that one pass tells all of them."""

    def __init__(self, line: int, cells: Mapping[str, str], mark: DecimalMark) -> None:
        self._line, self._cells, self._mark = line, cells, mark
        self.errors: list[RowProblem] = []
        self.warnings: list[RowProblem] = []

    def error(self, column: str | None, message: str) -> None:
        self.errors.append(RowProblem(self._line, column, message))

    def warn(self, column: str | None, message: str) -> None:
        self.warnings.append(RowProblem(self._line, column, message))

    def take(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        try:
            text = cell.clean(self._cells.get(name, ""))
            return parse(text) if text else None
        except cell.CellError as error:
            self.error(name, str(error))
            return None

    def require(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        n_errors = len(self.errors)
        value = self.take(name, parse)
        if value is None and len(self.errors) == n_errors:
            self.error(name, "is empty and must be filled")
        return value

    def quantity(self, column: NumberColumn) -> Quantity | None:
        """The number in the unit of its heading; warns outside the usual range."""
        quantity = self.take(
            column.name, lambda text: cell.parse_quantity(text, column, self._mark)
        )
        if quantity is None:
            return None
        text = cell.clean(self._cells[column.name])
        if self._mark is DecimalMark.EITHER and cell.may_be_thousands(text):
            self.warn(column.name, f"{text!r} is read as {quantity.value:g}, not as thousands")
        if cell.is_grouped(text):
            self.warn(column.name, f"the blank in {text!r} is read as grouping thousands")
        if quantity.has_unstored:
            self.warn(
                column.name, f"the uncertainty in {text!r} is kept only with the row as given"
            )
        if quantity.is_about:
            about = f"{text!r} is stored as {quantity.value:g}, as given it stays with the row"
            self.warn(column.name, about)
        for value in (quantity.value, quantity.low, quantity.high):
            if value is not None and (message := outside(value, column)):
                self.warn(column.name, message)
        return quantity


def read_row(
    line: int, cells: Mapping[str, str], mark: DecimalMark
) -> tuple[Finding | None, list[RowProblem], list[RowProblem]]:
    """The finding of one row (None if it has an error), its errors and its warnings."""
    reader = _Reader(line, cells, mark)
    formula = reader.take("formula", cell.parse_text)
    # A compound that has no better name is called by its formula.
    take = reader.take if formula else reader.require
    identifier = take("identifier", cell.parse_text) or formula
    behaviour = reader.require("behaviour", lambda text: cell.parse_state(text, Behaviour))
    given: dict[str, tuple[Quantity, NumberColumn]] = {}
    for column in NUMBER_COLUMNS:
        if (quantity := reader.quantity(column)) is None:
            continue
        if column.field in given:
            other = given[column.field][1].name
            reader.error(column.name, f"both {other} and {column.name} are filled: keep one")
        given[column.field] = (quantity, column)
    doi = reader.take("doi", cell.parse_doi)
    year = reader.take("year", cell.parse_year)
    sample = reader.take("sample", lambda text: cell.parse_state(text, Sample, _SAMPLES))
    host = reader.take("host", cell.parse_text)
    fit = reader.take("fit", cell.parse_text)
    tb_definition = reader.take("tb_definition", cell.parse_text)
    note = reader.take("note", cell.parse_text)
    if year is not None and doi is None:
        # A publication is known by its DOI; without one the note keeps the year.
        note, year = f"{note}; published {year}" if note else f"published {year}", None
    if reader.errors or identifier is None or behaviour is None:
        return None, reader.errors, reader.warnings
    ueff = given.get("ueff_k")
    finding = Finding(
        identifier=identifier,
        behaviour=behaviour,
        stated_formula=formula,
        sample=sample or Sample.NOT_STATED,
        host=host,
        doi=doi,
        year=year,
        ueff_given=ueff[0].value if ueff else None,
        ueff_unit=ueff[1].unit if ueff else None,
        fit=fit,
        tb_definition=tb_definition,
        note=note,
        **_numbers(given),
    )
    if message := doubt(identifier):
        reader.warn("identifier", message)
    for name, message in odd_pairs(finding):
        reader.warn(name, message)
    return finding, reader.errors, reader.warnings


def _numbers(given: Mapping[str, tuple[Quantity, NumberColumn]]) -> dict[str, float | None]:
    """The numbers of a finding by field, in the units of its fields."""
    numbers: dict[str, float | None] = {}
    for field, (quantity, column) in given.items():
        value, *spread = quantity.times(column.factor).numbers
        numbers[field] = value
        if column.has_spread:
            numbers |= zip(spread_fields(field), spread, strict=True)
    return numbers
