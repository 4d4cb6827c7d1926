"""Find: the complexes that the database holds, without any model."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from screening.called import find_called
from screening.ligand_name import ligand_class
from screening.remarks import of_structure
from screening.store.complex_list import count_matching, list_matching, skeletons_of
from screening.store.filters import Filters


@dataclass(frozen=True, slots=True)
class Found:
    """The rows to show, and how many complexes match."""

    rows: list[dict[str, Any]]
    total: int


def find(
    engine: Engine, filters: Filters, *, isostructural_to: str | None = None, top: int | None = None
) -> Found:
    """The complexes that match *filters*, the first *top* (None: all) by their identifiers.

    isostructural_to: a name as `show` takes it; only complexes with the same skeleton, in which all
    lanthanides and yttrium are one element, and all halogens one.

    Raises InputError for a ligand class that no complex has, NotFoundError for an unknown name.
    """
    with engine.connect() as connection:
        classes = [ligand_class(connection, name) for name in filters.ligand_classes]
        filters = replace(filters, ligand_classes=classes)
        if isostructural_to is not None:
            like = skeletons_of(connection, find_called(connection, isostructural_to))
            filters = replace(filters, skeletons=like)
        rows = list_matching(connection, filters, top)
        total = len(rows) if top is None else count_matching(connection, filters)
    return Found([row | {"remarks": "; ".join(_remarks(row))} for row in rows], total)


def _remarks(row: dict[str, Any]) -> list[str]:
    return [*row["implausible"], *of_structure(row)]
