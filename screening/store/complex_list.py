"""Complex list: the current complexes that match some filters, by name."""

from typing import Any

from sqlalchemy import Connection, text

from screening.store.complex_columns import FORMULA_DIFFERS, IMPLAUSIBLE, SITES
from screening.store.filters import Filters

_LISTED = f"""
    select c.id as complex_id, c.compound_id, c.identifier, c.refcode, c.cod_id, c.ccdc_number,
        c.doi, c.compound_name, c.formula, c.metals, c.nuclearity, c.charge, c.ligand_classes,
        {SITES}, c.is_disordered, c.metal_disordered, c.donor_disordered, c.missing_hydrogens,
        c.cell is not null as has_crystal, c.space_group, c.temperature_k, c.r_factor,
        c.is_synthetic, c.skeleton_key, {IMPLAUSIBLE}, {FORMULA_DIFFERS}
    from complex c where c.superseded_at is null"""  # noqa: S608 - fixed columns


def list_matching(
    connection: Connection, filters: Filters, limit: int | None
) -> list[dict[str, Any]]:
    """The first *limit* (None: all) in the order of their identifiers."""
    conditions, values = filters.sql()
    query = text(f"{_LISTED}{conditions} order by c.identifier, c.id limit :limit")
    rows = connection.execute(query, values | {"limit": limit})
    return [dict(row) for row in rows.mappings()]


def count_matching(connection: Connection, filters: Filters) -> int:
    """How many complexes match."""
    conditions, values = filters.sql()
    query = text(
        f"select count(*) from complex c where c.superseded_at is null{conditions}"  # noqa: S608 - fixed conditions
    )
    return int(connection.execute(query, values).scalar_one())


def skeletons_of(connection: Connection, complex_ids: list[int]) -> list[str]:
    """The isostructural skeleton keys of these complexes."""
    query = text("select distinct skeleton_key from complex where id = any(:ids)")
    return list(connection.scalars(query, {"ids": complex_ids}))
