"""Lookup: which compounds an identifier of the literature fits."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from screening.evidence.identifier import Reading

MATCHED_BY = (
    "refcode",
    "refcode family",
    "COD id",
    "CCDC number",
    "compound name",
    "identifier",
)
"""How a finding can match, in the order in which it is tried."""


def find_compounds(connection: Connection, readings: Mapping[int, Reading]) -> dict[int, Any]:
    """The compounds that each reading fits best, as rows (kind, compounds, matches) by its key."""
    values = readings.values()
    parameters: dict[str, Any] = {
        "keys": list(readings),
        "refcodes": [reading.refcode for reading in values],
        "families": [reading.family for reading in values],
        "cod_ids": [reading.cod_id for reading in values],
        "ccdc_numbers": [reading.ccdc_number for reading in values],
        "names": [reading.name for reading in values],
        "formulas": [reading.formula for reading in values],
        "wholes": [reading.whole for reading in values],
    }
    return {row.key: row for row in connection.execute(_BEST, parameters)}


# A bare number can be a COD id or a CCDC number: both have the same rank, so that a number which
# is both, of two compounds, is ambiguous and not silently the first.
_BEST = text("""
    with reading as materialized (
        select * from unnest(
            cast(:keys as bigint[]), cast(:refcodes as text[]), cast(:families as text[]),
            cast(:cod_ids as bigint[]), cast(:ccdc_numbers as bigint[]), cast(:names as text[]),
            cast(:formulas as text[]), cast(:wholes as text[])
        ) as t (key, refcode, family, cod_id, ccdc_number, name, wanted, whole)
    ), named as (
        select key, name, wanted from reading
        union all
        select key, whole, null from reading where whole is not null
    ), hit as (
        select key, wanted, compound_id, c.identifier, c.formula, 1 as kind, 1 as rank
        from reading join complex c using (refcode)
        union all
        select key, wanted, compound_id, c.identifier, c.formula, 2, 2
        from reading join complex c on left(c.refcode, 6) = family
        union all
        select key, wanted, compound_id, c.identifier, c.formula, 3, 3
        from reading join complex c using (cod_id)
        union all
        select key, wanted, compound_id, c.identifier, c.formula, 4, 3
        from reading join complex c using (ccdc_number)
        union all
        select key, wanted, compound_id, c.identifier, c.formula, 5, 5
        from named
        join complex c on lower(regexp_replace(trim(c.compound_name), '\\s+', ' ', 'g')) = name
        union all
        select key, wanted, compound_id, c.identifier, c.formula, 6, 6
        from named
        join complex c on lower(regexp_replace(trim(c.identifier), '\\s+', ' ', 'g')) = name
    ), best as (
        select *, min(rank) over (partition by key) as best_rank from hit
        where wanted is null or replace(formula, ' ', '') = wanted
    )
    select key, min(kind) as kind, array_agg(distinct compound_id) as compounds,
        array_agg(distinct identifier || ' (' || formula || ')') as matches
    from best where rank = best_rank group by key""")
