"""Mapping: how a table with other headings and words is read as findings; a TOML file."""

import tomllib
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from screening.errors import InputError
from screening.evidence.columns import NumberColumn, find_column
from screening.evidence.records import Record

_KEYS = {"title", "columns", "ranges", "values", "note", "ignore", "refuse"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Rows that the mapping refuses: where *column* is *value*, or holds *contains*."""

    column: str
    reason: str
    value: str | None = None
    contains: str | None = None

    def holds(self, text: str) -> bool:
        if self.contains is not None:
            return self.contains in text
        return text == self.value


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column of a foreign table is.

    columns: ours by theirs. ranges: our column of (lowest, highest), two of theirs. values: our
    words by theirs, by our column. note: columns that are kept in the note, each behind its name.
    ignore: columns that are kept only with the row as given.
    """

    name: str
    columns: MappingType[str, str]
    ranges: MappingType[str, tuple[str, str]]
    values: MappingType[str, MappingType[str, str]]
    note: tuple[str, ...]
    ignore: tuple[str, ...]
    refuse: tuple[Refusal, ...]

    def heading(self, theirs: Sequence[str], name: str) -> tuple[str, ...]:
        """Our headings for the table *name*. Raises InputError where mapping and table disagree."""
        pairs = [column for pair in self.ranges.values() for column in pair]
        named = [*self.columns.values(), *pairs, *self.note, *self.ignore]
        named += [refusal.column for refusal in self.refuse]
        if missing := sorted(set(named) - set(theirs)):
            raise InputError(
                f"{name} has no column {', '.join(missing)}, which {self.name} speaks of"
            )
        if unused := [column for column in theirs if column and column not in named]:
            raise InputError(
                f"{self.name} does not say what becomes of {', '.join(unused)} in {name}: name them"
                " under columns, ranges, note or ignore"
            )
        return (*self.columns, *self.ranges, *(["note"] if self.note else []))

    def record(self, given: MappingType[str, str], line: int) -> Record:
        """One row of theirs under our headings; its problem says why it is refused."""
        for refusal in self.refuse:
            text = given.get(refusal.column, "")
            if refusal.holds(text):
                return Record(line, problem=f"{refusal.column} {text!r}: {refusal.reason}")
        cells = [
            self.values.get(ours, {}).get(text, text)
            for ours, theirs in self.columns.items()
            for text in (given.get(theirs, ""),)
        ]
        cells += [_range(given.get(a, ""), given.get(b, "")) for a, b in self.ranges.values()]
        if self.note:
            kept = [f"{column} {given[column]}" for column in self.note if given.get(column)]
            cells.append("; ".join(kept))
        return Record(line, tuple(cells))


def _range(low: str, high: str) -> str:
    if low == high or not (low and high):
        return (low or high) if low == high else f"> {low}" if low else f"< {high}"
    return f"{low} to {high}"


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises InputError where it cannot be used."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{path} is no TOML: {error}") from error
    try:
        return _mapping(path.name, data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is no mapping of columns: {error}") from error


def _mapping(name: str, data: dict[str, Any]) -> Mapping:
    if unknown := sorted(data.keys() - _KEYS):
        raise ValueError(f"it does not know {', '.join(unknown)}")
    columns = dict(data["columns"])
    ranges = {ours: (str(low), str(high)) for ours, (low, high) in data.get("ranges", {}).items()}
    values = {ours: dict(words) for ours, words in data.get("values", {}).items()}
    for ours in (*columns, *ranges, *values):
        if find_column(ours) is None:
            raise ValueError(f"{ours!r} is no column of a findings table")
    for ours in ranges:
        column = find_column(ours)
        if not isinstance(column, NumberColumn) or not column.has_spread:
            raise ValueError(f"{ours} cannot hold a range")
    if both := sorted(columns.keys() & ranges.keys()):
        raise ValueError(f"{', '.join(both)} is filled twice")
    note = tuple(data.get("note", ()))
    if note and "note" in columns:
        raise ValueError("note is filled twice")
    refuse = tuple(Refusal(**entry) for entry in data.get("refuse", ()))
    if any((r.value is None) == (r.contains is None) for r in refuse):
        raise ValueError("a refusal has either value or contains")
    return Mapping(name, columns, ranges, values, note, tuple(data.get("ignore", ())), refuse)
