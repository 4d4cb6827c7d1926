"""Report files: rows to CSV or JSON by the ending of the name, whole or not at all."""

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import click

from cli.output import as_json_value, csv_cell
from screening.new_file import new_file

Write = Callable[[Sequence[Mapping[str, Any]]], None]


overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace a file of that name; without it none is touched."
)


def check_report(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse, before any work, a name that says no kind of file, and a folder not to write in."""
    if path is None:
        return None
    if path.suffix.lower() not in {".csv", ".json"}:
        raise click.BadParameter("the name must end in .csv or .json")
    if not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise click.BadParameter(f"nothing may be written into {path.parent}")
    return path


@contextmanager
def open_report(path: Path, keys: Sequence[str]) -> Iterator[Write]:
    """Give a function that adds rows; the file takes its place at the end, not after a stop.

    Raises InputError where it cannot be written.
    """
    with new_file(path) as raw, TextIOWrapper(raw, encoding="utf-8", newline="") as file:
        writer = _Json(file, keys) if path.suffix.lower() == ".json" else _Csv(file, keys)
        yield writer.write
        writer.close()


class _Csv:
    def __init__(self, file: IO[str], keys: Sequence[str]) -> None:
        self._keys = keys
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(keys)

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._writer.writerows([csv_cell(row.get(key)) for key in self._keys] for row in rows)

    def close(self) -> None:
        pass


class _Json:
    """A list with an object a line."""

    def __init__(self, file: IO[str], keys: Sequence[str]) -> None:
        self._file, self._keys, self._between = file, keys, "[\n"

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            picked = {key: row.get(key) for key in self._keys}
            line = json.dumps(picked, default=as_json_value, ensure_ascii=False)
            self._file.write(self._between + line)
            self._between = ",\n"

    def close(self) -> None:
        self._file.write("[]\n" if self._between == "[\n" else "\n]\n")
