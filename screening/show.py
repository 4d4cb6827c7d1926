"""Show: everything known of the complexes that a name stands for."""

from typing import Any

from sqlalchemy import Engine

from screening.called import find_called
from screening.chemistry.ion import describe_ion
from screening.store.details import list_complexes, read_details
from screening.store.property_list import values_of_complex


def show(engine: Engine, given: str) -> list[dict[str, Any]]:
    """Details of each complex called *given*; NotFoundError when there is none."""
    with engine.connect() as connection:
        shown = [
            read_details(connection, complex_id)
            | {"properties": values_of_complex(connection, complex_id)}
            for complex_id in find_called(connection, given)
        ]
    for site in (site for item in shown for site in item["metal_sites"]):
        site["ion"] = describe_ion(site["element"], site["oxidation_state"])
    return shown


def list_called(engine: Engine, given: str) -> list[dict[str, Any]]:
    """The complexes called *given*, a line each; NotFoundError when there is none."""
    with engine.connect() as connection:
        return list_complexes(connection, find_called(connection, given))
