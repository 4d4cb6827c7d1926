"""Show: everything known of the complexes that a name stands for."""

from typing import Any

from sqlalchemy import Connection, Engine

from screening.chemistry.ion import describe_ion
from screening.errors import NotFoundError
from screening.store.details import find_complexes, list_complexes, read_details
from screening.store.property_list import values_of_complex
from screening.store.structures import find_rejections


def show(engine: Engine, given: str) -> list[dict[str, Any]]:
    """Details of each complex called *given*; NotFoundError when there is none."""
    with engine.connect() as connection:
        shown = [
            read_details(connection, complex_id)
            | {"properties": values_of_complex(connection, complex_id)}
            for complex_id in _find(connection, given)
        ]
    for site in (site for item in shown for site in item["metal_sites"]):
        site["ion"] = describe_ion(site["element"], site["oxidation_state"])
    return shown


def list_called(engine: Engine, given: str) -> list[dict[str, Any]]:
    """The complexes called *given*, a line each; NotFoundError when there is none."""
    with engine.connect() as connection:
        return list_complexes(connection, _find(connection, given))


def _find(connection: Connection, given: str) -> list[int]:
    found = find_complexes(connection, given)
    if found:
        return found
    told = [
        f"{block or 'a block without a name'} of {file} was read and rejected: {code}: {reason}"
        for block, file, code, reason in find_rejections(connection, given)
    ]
    earlier = find_complexes(connection, given, superseded=True)
    if earlier:
        rows = ", ".join(f"'row {row}'" for row in earlier)
        told.append(f"an earlier reading held it, as smmdb show {rows} tells")
    if told:
        raise NotFoundError("\n".join(told))
    raise NotFoundError(
        f"no complex is called {given!r}; give a refcode, COD id, CCDC number or block name, as "
        "`smmdb rank` prints it"
    )
