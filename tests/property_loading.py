"""Import values of a property from rows of a test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from screening.evidence.property_table import read_property_table
from screening.property import PropertyReport, import_property

Import = Callable[..., PropertyReport]


def loader(engine: Engine, folder: Path) -> Import:
    """A function that imports rows "identifier,value" as the property `spin` of the source `A`."""

    def load(*rows: str, file: str = "a.csv", **given: Any) -> PropertyReport:
        path = folder / file
        path.write_text("\n".join(("id,value", *rows)) + "\n")
        table = read_property_table(path, id_column="id", column="value")
        return import_property(engine, table, **{"name": "spin", "source": "A", "by": "me"} | given)

    return load
