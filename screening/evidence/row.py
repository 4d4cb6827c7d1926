"""Row: from the named cells of one record to a finding, with every problem told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from screening.evidence import cells as cell
from screening.evidence.cells import DecimalMark
from screening.evidence.columns import ALTERNATIVES, COLUMNS, NumberColumn
from screening.evidence.finding import Behaviour, Finding, Sample
from screening.evidence.identifier import doubt

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

    def number(self, column: NumberColumn) -> float | None:
        """The number in the unit of its heading; warns outside the usual range."""
        value = self.take(column.name, lambda text: cell.parse_number(text, column, self._mark))
        if value is None:
            return None
        text = self._cells[column.name]
        if self._mark is DecimalMark.EITHER and cell.may_be_thousands(text):
            self.warn(column.name, f"{text!r} is read as {value:g}, not as thousands")
        if column.usual is not None:
            low, high = (bound / column.factor for bound in column.usual)
            if not low <= value <= high:
                self.warn(
                    column.name,
                    f"{value:g} {column.unit} is outside the usual {low:.3g} to {high:.3g};"
                    " is the unit right?",
                )
        return value


def read_row(
    line: int, cells: Mapping[str, str], mark: DecimalMark
) -> tuple[Finding | None, list[RowProblem], list[RowProblem]]:
    """The finding of one row (None if it has an error), its errors and its warnings."""
    reader = _Reader(line, cells, mark)
    identifier = reader.require("identifier", cell.parse_text)
    behaviour = reader.require("behaviour", lambda text: cell.parse_state(text, Behaviour))
    given: dict[str, tuple[float, NumberColumn]] = {}
    for column in (*COLUMNS, *ALTERNATIVES):
        if not isinstance(column, NumberColumn) or (value := reader.number(column)) is None:
            continue
        if column.field in given:
            other = given[column.field][1].name
            reader.error(column.name, f"both {other} and {column.name} are filled: keep one")
        given[column.field] = (value, column)
    number = {field: value * column.factor for field, (value, column) in given.items()}
    doi = reader.take("doi", cell.parse_doi)
    year = reader.take("year", cell.parse_year)
    sample = reader.take("sample", lambda text: cell.parse_state(text, Sample, _SAMPLES))
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
        sample=sample or Sample.NOT_STATED,
        doi=doi,
        year=year,
        dc_field_oe=number.get("dc_field_oe"),
        t_min_k=number.get("t_min_k"),
        f_max_hz=number.get("f_max_hz"),
        ueff_k=number.get("ueff_k"),
        ueff_given=ueff[0] if ueff else None,
        ueff_unit=ueff[1].unit if ueff else None,
        tau0_s=number.get("tau0_s"),
        fit=fit,
        tb_k=number.get("tb_k"),
        tb_definition=tb_definition,
        note=note,
    )
    if message := doubt(identifier):
        reader.warn("identifier", message)
    _warn_of_odd_pairs(finding, reader)
    return finding, reader.errors, reader.warnings


def _warn_of_odd_pairs(finding: Finding, reader: _Reader) -> None:
    """Warn where two cells of a row sit oddly beside each other."""
    behaviour = finding.behaviour
    if finding.ueff_k is not None and behaviour in (
        Behaviour.NO_SIGNAL_OBSERVED,
        Behaviour.NOT_MEASURED,
    ):
        reader.warn("behaviour", f"{behaviour}, yet a barrier Ueff is given")
    if behaviour is Behaviour.SMM_FIELD_INDUCED and finding.dc_field_oe == 0:
        reader.warn("dc_field_oe", "field-induced, yet the field is 0")
    if behaviour is Behaviour.SMM_ZERO_FIELD and finding.dc_field_oe:
        reader.warn(
            "dc_field_oe", f"SMM in zero field, yet the field is {finding.dc_field_oe:g} Oe"
        )
    if behaviour is Behaviour.NO_SIGNAL_OBSERVED:
        limits = ("dc_field_oe", "t_min_k", "f_max_hz")
        if empty := [name for name in limits if getattr(finding, name) is None]:
            message = f"no signal, but {', '.join(empty)} empty: strict policies cannot use it"
            reader.warn("behaviour", message)
    if finding.tb_k is not None and finding.tb_definition is None:
        reader.warn("tb_definition", "is empty: blocking temperatures differ with their definition")
