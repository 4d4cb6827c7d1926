"""Lookup: which compounds an identifier of the literature fits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, text

from screening.evidence.formula import CrystalFormula, formula_fits
from screening.evidence.identifier import Reading, is_paper_label

MATCHED_BY = (
    "refcode",
    "refcode family",
    "COD id",
    "CCDC number",
    "DOI and formula",
    "compound name",
    "identifier",
)
"""How a finding can match, in the order in which it is tried."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What else a finding says of its compound: the DOI of the paper, a formula."""

    doi: str | None
    formula: str


def find_compounds(
    connection: Connection,
    readings: Mapping[int, Reading],
    statements: Mapping[int, Statement] | None = None,
) -> dict[int, Any]:
    """The compounds that each reading fits best, as rows (kind, compounds, matches) by its key.

    statements: by the same keys, of findings; what a user asks for has none. With them a reading
    can match by DOI and formula, the number of a compound in a paper (`1`) names only what comes
    from the same paper, and the name of a data block nothing that states another paper.
    """
    values = readings.values()
    statements = statements or {}
    by_formula = _find_by_formula(connection, statements)
    parameters: dict[str, Any] = {
        "keys": list(readings),
        "refcodes": [reading.refcode for reading in values],
        "families": [reading.family for reading in values],
        "cod_ids": [reading.cod_id for reading in values],
        "ccdc_numbers": [reading.ccdc_number for reading in values],
        "names": [reading.name for reading in values],
        "formulas": [reading.formula for reading in values],
        "wholes": [reading.whole for reading in values],
        "papers": [
            statements[key].doi or ""
            if key in statements and is_paper_label(reading.name)
            else None
            for key, reading in readings.items()
        ],
        "dois": [
            statements[key].doi if key in statements and reading.is_name else None
            for key, reading in readings.items()
        ],
        "formula_keys": [key for key, _ in by_formula],
        "formula_complexes": [complex_id for _, complex_id in by_formula],
    }
    return {row.key: row for row in connection.execute(_BEST, parameters)}


def _find_by_formula(
    connection: Connection, statements: Mapping[int, Statement]
) -> list[tuple[int, int]]:
    """(key, complex) of the complexes of the same paper whose formula fits."""
    by_doi = defaultdict(list)
    dois = sorted({said.doi for said in statements.values() if said.doi})
    for row in connection.execute(_OF_PAPERS, {"dois": dois}) if dois else ():
        by_doi[row.doi].append(row)
    fits = cache(formula_fits)
    return [
        (key, row.id)
        for key, said in statements.items()
        for row in by_doi.get(said.doi, ())
        if fits(said.formula, _crystal(row))
    ]


def _crystal(row: Row[Any]) -> CrystalFormula:
    return CrystalFormula(row.formula, row.formula_sum, row.formula_moiety, tuple(row.beside))


_OF_PAPERS = text("""
    select id, lower(doi) as doi, formula, formula_sum, formula_moiety,
        array(select c ->> 'formula' from jsonb_array_elements(components) as c) as beside
    from complex where lower(doi) = any(cast(:dois as text[])) and superseded_at is null""")

# A bare number can be a COD id or a CCDC number: both have the same rank, so that a number which
# is both, of two compounds, is ambiguous and not silently the first.
_BEST = text("""
    with reading as materialized (
        select * from unnest(
            cast(:keys as bigint[]), cast(:refcodes as text[]), cast(:families as text[]),
            cast(:cod_ids as bigint[]), cast(:ccdc_numbers as bigint[]), cast(:names as text[]),
            cast(:formulas as text[]), cast(:wholes as text[]), cast(:papers as text[]),
            cast(:dois as text[])
        ) as t (key, refcode, family, cod_id, ccdc_number, name, wanted, whole, paper, stated_doi)
    ), named as (
        select key, name, wanted, paper, stated_doi from reading
        union all
        select key, whole, null, null, stated_doi from reading where whole is not null
    ), by_formula as (
        select * from unnest(
            cast(:formula_keys as bigint[]), cast(:formula_complexes as bigint[])
        ) as t (key, complex_id)
    ), hit as (
        select key, wanted, c.id as complex_id, 1 as kind, 1 as rank
        from reading join complex c using (refcode)
        union all
        select key, wanted, c.id, 2, 2
        from reading join complex c on left(c.refcode, 6) = family
        union all
        select key, wanted, c.id, 3, 3
        from reading join complex c using (cod_id)
        union all
        select key, wanted, c.id, 4, 3
        from reading join complex c using (ccdc_number)
        union all
        select key, null, complex_id, 5, 4
        from by_formula
        union all
        select key, wanted, c.id, 6, 5
        from named
        join complex c on lower(regexp_replace(trim(c.compound_name), '\\s+', ' ', 'g')) = name
            and (paper is null or lower(c.doi) = paper)
        union all
        select key, wanted, c.id, 7, 6
        from named
        join complex c on lower(regexp_replace(trim(c.identifier), '\\s+', ' ', 'g')) = name
            and (paper is null or lower(c.doi) = paper)
            and (stated_doi is null or c.doi is null or lower(c.doi) = stated_doi)
    ), current as (
        select key, compound_id, identifier, formula, kind, rank
        from hit join complex c on c.id = complex_id
        where superseded_at is null
            and (wanted is null or replace(formula, ' ', '') = wanted)
    ), best as (
        select *, min(rank) over (partition by key) as best_rank from current
    )
    select key, min(kind) as kind, array_agg(distinct compound_id) as compounds,
        array_agg(distinct identifier || ' (' || formula || ')') as matches
    from best where rank = best_rank group by key""")


def describe_complexes(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Current complexes of *ids* as rows (id, identifier, title, compound_id, compound_formula).

    title: "identifier (formula)", which is also how a table says which one is meant.
    """
    found = connection.execute(_COMPLEXES, {"ids": list(ids)})
    return [dict(row) for row in found.mappings()]


_COMPLEXES = text("""
    select c.id, c.identifier, c.identifier || ' (' || c.formula || ')' as title, c.compound_id,
        k.formula as compound_formula
    from complex c join compound k on k.id = c.compound_id
    where c.id = any(cast(:ids as bigint[])) and c.superseded_at is null
    order by c.identifier, c.id""")
