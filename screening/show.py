"""Show: everything known of the complexes that a name stands for."""

from typing import Any

from sqlalchemy import Engine

from screening.chemistry.ion import describe_ion
from screening.errors import NotFoundError
from screening.store.details import find_complexes, read_details
from screening.store.structures import find_rejections


def show(engine: Engine, given: str) -> list[dict[str, Any]]:
    """Details of each complex called *given*; NotFoundError when there is none."""
    with engine.connect() as connection:
        found = find_complexes(connection, given)
        if not found:
            rejected = find_rejections(connection, given)
            if rejected:
                raise NotFoundError(
                    "\n".join(
                        f"{block} of {file} was read and rejected: {code}: {reason}"
                        for block, file, code, reason in rejected
                    )
                )
            raise NotFoundError(
                f"no complex is called {given!r}; give a refcode, COD id, CCDC number or block "
                "name, as `smmdb rank` prints it"
            )
        shown = [read_details(connection, complex_id) for complex_id in found]
    for site in (site for item in shown for site in item["metal_sites"]):
        site["ion"] = describe_ion(site["element"], site["oxidation_state"])
    return shown
