"""JSON rows: a list of objects as `smmdb label export --format json` writes it."""

import json
from typing import Any

from screening.errors import InputError
from screening.evidence.records import Record


def read_json(text: str, name: str) -> tuple[Record | None, list[Record]]:
    """The keys of all objects as heading, and the objects as records; the first object is line 1.

    Raises InputError where the text is no list of flat objects.
    """
    try:
        # Numbers stay as they are written: 1.10 is no 1.1.
        data: Any = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is no JSON: {error}") from error
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise InputError(f"{name} is no JSON list of objects, one a finding")
    if not data:
        return None, []
    keys = list(dict.fromkeys(key for row in data for key in row))
    records = [_record(line, row, keys) for line, row in enumerate(data, start=1)]
    return Record(0, tuple(keys)), [
        record for record in records if record.problem or any(record.cells)
    ]


def _record(line: int, row: dict[str, Any], keys: list[str]) -> Record:
    cells = []
    for key in keys:
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            return Record(line, problem=f"{key} is {json.dumps(value)}: write text or a number")
        cells.append((value or "").strip())
    return Record(line, tuple(cells))
