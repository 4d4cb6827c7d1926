"""Store findings: what papers say, and which compound each statement is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import insert

from screening.evidence.identifier import read_identifier
from screening.evidence.table import TableRow
from screening.schema import FindingRow, PublicationRow

MATCHED_BY = (
    "refcode",
    "refcode family",
    "COD id",
    "CCDC number",
    "compound name",
    "identifier",
)
"""How a finding can match, in the order in which it is tried."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A finding whose identifier fits several compounds; it stays unmatched.

    matches: "identifier (formula)" of the complexes that it fits, sorted. One crystal can hold
    several compounds, such as a complex cation with a complex anion.
    """

    finding_id: int
    identifier: str
    matches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchReport:
    """How many findings there are, how many have their compound, and which fit several.

    changed: findings that gained, lost or changed their compound in this call.
    """

    findings: int
    matched: int
    changed: int
    ambiguous: tuple[Ambiguity, ...]

    @property
    def unmatched(self) -> int:
        """Findings without a compound, the ambiguous ones included."""
        return self.findings - self.matched


def lock_evidence(connection: Connection) -> None:
    """Let one transaction at a time change findings, matches and labels."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext('smmdb.evidence'), 0)"))


def add_findings(
    connection: Connection, rows: Sequence[TableRow], *, source_name: str, entered_by: str
) -> int:
    """Add the findings that are not known yet, unmatched; how many those were."""
    if not rows:
        return 0
    lock_evidence(connection)
    publications = _add_publications(connection, rows)
    values = [
        {
            "key": row.finding.key,
            "publication_id": publications.get(row.finding.doi) if row.finding.doi else None,
            "identifier": row.finding.identifier,
            "sample": row.finding.sample.value,
            "behaviour": row.finding.behaviour.value,
            "dc_field_oe": row.finding.dc_field_oe,
            "t_min_k": row.finding.t_min_k,
            "f_max_hz": row.finding.f_max_hz,
            "ueff_k": row.finding.ueff_k,
            "ueff_given": row.finding.ueff_given,
            "ueff_unit": row.finding.ueff_unit,
            "tau0_s": row.finding.tau0_s,
            "fit": row.finding.fit,
            "tb_k": row.finding.tb_k,
            "tb_definition": row.finding.tb_definition,
            "note": row.finding.note,
            "is_synthetic": row.finding.is_synthetic,
            "source_name": source_name,
            "source_row": row.line,
            "entered_by": entered_by,
        }
        for row in rows
    ]
    statement = insert(FindingRow).on_conflict_do_nothing().returning(FindingRow.id)
    return len(connection.execute(statement, values).all())


def _add_publications(connection: Connection, rows: Sequence[TableRow]) -> dict[str, int]:
    """Ids of the papers of *rows* by DOI; a paper that lacked its year gains it."""
    years: dict[str, int | None] = {}
    for row in rows:
        if row.finding.doi is not None:
            years[row.finding.doi] = years.get(row.finding.doi) or row.finding.year
    if not years:
        return {}
    statement = insert(PublicationRow)
    statement = statement.on_conflict_do_update(
        index_elements=["doi"],
        set_={"year": text("coalesce(publication.year, excluded.year)")},
    )
    returning = statement.returning(PublicationRow.doi, PublicationRow.id)
    values = [{"doi": doi, "year": year} for doi, year in years.items()]
    return {row.doi: row.id for row in connection.execute(returning, values)}


def match_findings(connection: Connection) -> MatchReport:
    """Give every finding its compound, as far as one and only one fits its identifier.

    All findings are asked anew, so that the result does not depend on whether structures or
    findings came first: a refcode family that stood in for a missing determination gives way to
    the determination itself.
    """
    lock_evidence(connection)
    rows = connection.execute(text("select id, identifier from finding order by id")).all()
    readings = [read_identifier(row.identifier) for row in rows]
    parameters: dict[str, Any] = {
        "ids": [row.id for row in rows],
        "refcodes": [reading.refcode for reading in readings],
        "families": [reading.family for reading in readings],
        "cod_ids": [reading.cod_id for reading in readings],
        "ccdc_numbers": [reading.ccdc_number for reading in readings],
        "names": [reading.name for reading in readings],
    }
    changed: list[tuple[int, int | None, str | None]] = []
    ambiguous: list[Ambiguity] = []
    for row in connection.execute(_VERDICTS, parameters):
        compounds = row.compounds or []
        if len(compounds) > 1:
            ambiguous.append(Ambiguity(row.id, row.identifier, tuple(row.matches)))
        one = len(compounds) == 1
        found = (compounds[0], MATCHED_BY[row.kind - 1]) if one else (None, None)
        if found != (row.compound_id, row.matched_by):
            changed.append((row.id, *found))
    if changed:
        ids, compound_ids, matched_by = map(list, zip(*changed, strict=True))
        connection.execute(_UPDATE, {"ids": ids, "compounds": compound_ids, "by": matched_by})
    matched = connection.execute(text("select count(compound_id) from finding")).scalar_one()
    return MatchReport(len(rows), matched, len(changed), tuple(ambiguous))


# A bare number can be a COD id or a CCDC number: both have the same rank, so that a number which
# is both, of two compounds, is ambiguous and not silently the first.
_VERDICTS = text("""
    with reading as materialized (
        select * from unnest(
            cast(:ids as bigint[]), cast(:refcodes as text[]), cast(:families as text[]),
            cast(:cod_ids as bigint[]), cast(:ccdc_numbers as bigint[]), cast(:names as text[])
        ) as t (finding_id, refcode, family, cod_id, ccdc_number, name)
    ), hit as (
        select finding_id, compound_id, c.identifier, c.formula, 1 as kind, 1 as rank
        from reading join complex c using (refcode)
        union all
        select finding_id, compound_id, c.identifier, c.formula, 2, 2
        from reading join complex c on left(c.refcode, 6) = family
        union all
        select finding_id, compound_id, c.identifier, c.formula, 3, 3
        from reading join complex c using (cod_id)
        union all
        select finding_id, compound_id, c.identifier, c.formula, 4, 3
        from reading join complex c using (ccdc_number)
        union all
        select finding_id, compound_id, c.identifier, c.formula, 5, 5
        from reading
        join complex c on lower(regexp_replace(trim(c.compound_name), '\\s+', ' ', 'g')) = name
        union all
        select finding_id, compound_id, c.identifier, c.formula, 6, 6
        from reading
        join complex c on lower(regexp_replace(trim(c.identifier), '\\s+', ' ', 'g')) = name
    ), best as (
        select *, min(rank) over (partition by finding_id) as best_rank from hit
    ), verdict as (
        select finding_id, min(kind) as kind, array_agg(distinct compound_id) as compounds,
            array_agg(distinct identifier || ' (' || formula || ')') as matches
        from best where rank = best_rank group by finding_id
    )
    select f.id, f.identifier, f.compound_id, f.matched_by, v.kind, v.compounds, v.matches
    from finding f left join verdict v on v.finding_id = f.id
    where f.compound_id is not null or v.compounds is not null
    order by f.id""")

_UPDATE = text("""
    update finding f set compound_id = t.compound_id, matched_by = t.matched_by,
        matched_at = case when t.compound_id is not null then now() end
    from unnest(
        cast(:ids as bigint[]), cast(:compounds as bigint[]), cast(:by as text[])
    ) as t (id, compound_id, matched_by)
    where f.id = t.id""")


def list_findings(
    connection: Connection,
    *,
    identifier: str | None = None,
    unmatched: bool = False,
    keys: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Findings in the order of entry, as rows; the arguments narrow them down.

    identifier: as written in the table, or refcode or identifier of a complex of the compound.
    """
    parameters = {"identifier": identifier, "unmatched": unmatched, "keys": keys}
    return [dict(row) for row in connection.execute(_LIST, parameters).mappings()]


FINDING_FIELDS = (
    "id",
    "identifier",
    "formula",
    "matched_by",
    "behaviour",
    "sample",
    "dc_field_oe",
    "t_min_k",
    "f_max_hz",
    "ueff_k",
    "ueff_given",
    "ueff_unit",
    "tau0_s",
    "fit",
    "tb_k",
    "tb_definition",
    "doi",
    "year",
    "note",
    "is_synthetic",
    "source_name",
    "source_row",
    "entered_by",
    "entered_at",
)
"""The keys of the rows of `list_findings`."""

_LIST = text("""
    select f.id, f.identifier, compound.formula, f.matched_by, f.behaviour, f.sample,
        f.dc_field_oe, f.t_min_k, f.f_max_hz, f.ueff_k, f.ueff_given, f.ueff_unit, f.tau0_s, f.fit,
        f.tb_k, f.tb_definition, publication.doi, publication.year, f.note, f.is_synthetic,
        f.source_name, f.source_row, f.entered_by, f.entered_at
    from finding f
    left join compound on compound.id = f.compound_id
    left join publication on publication.id = f.publication_id
    where (not :unmatched or f.compound_id is null)
        and (cast(:keys as text[]) is null or f.key = any(cast(:keys as text[])))
        and (cast(:identifier as text) is null
            or lower(f.identifier) = lower(cast(:identifier as text))
            or f.compound_id in (
                select compound_id from complex
                where refcode = upper(cast(:identifier as text))
                    or identifier = cast(:identifier as text)))
    order by f.id""")
