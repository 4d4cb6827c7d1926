"""Store findings: what papers say, and which compound each statement is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from screening.evidence.identifier import read_identifier
from screening.evidence.row import RowProblem
from screening.evidence.table import TableRow
from screening.schema import FindingRow, PublicationRow
from screening.store.lookup import MATCHED_BY, find_compounds


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A finding whose identifier fits several compounds; it stays unmatched.

    matches: "identifier (formula)" of the complexes that it fits, sorted, which is also how a
    table says which one is meant. One crystal can hold several compounds, such as a complex cation
    with a complex anion.
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


def find_other_years(connection: Connection, rows: Sequence[TableRow]) -> list[RowProblem]:
    """Warnings where a row gives its paper another year than the first that was stored for it."""
    dois = {row.finding.doi for row in rows if row.finding.year is not None}
    query = select(PublicationRow.doi, PublicationRow.year).where(PublicationRow.doi.in_(dois))
    years = {row.doi: row.year for row in connection.execute(query)}
    warnings = []
    for row in rows:
        doi, year = row.finding.doi, row.finding.year
        if doi is not None and year is not None and years.get(doi, year) != year:
            message = f"{year} here, but {doi} is stored with {years[doi]}, which stays"
            warnings.append(RowProblem(row.line, "year", message))
    return warnings


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
    rows = connection.execute(_FINDINGS).all()
    verdicts = find_compounds(connection, {r.id: read_identifier(r.identifier) for r in rows})
    changed: list[tuple[int, int | None, str | None]] = []
    ambiguous: list[Ambiguity] = []
    for row in rows:
        verdict = verdicts.get(row.id)
        found: tuple[int | None, str | None] = (None, None)
        if verdict is not None and len(verdict.compounds) == 1:
            found = (verdict.compounds[0], MATCHED_BY[verdict.kind - 1])
        elif verdict is not None:
            ambiguous.append(Ambiguity(row.id, row.identifier, tuple(verdict.matches)))
        if found != (row.compound_id, row.matched_by):
            changed.append((row.id, *found))
    if changed:
        ids, compound_ids, matched_by = map(list, zip(*changed, strict=True))
        connection.execute(_UPDATE, {"ids": ids, "compounds": compound_ids, "by": matched_by})
    matched = connection.execute(text("select count(compound_id) from finding")).scalar_one()
    return MatchReport(len(rows), matched, len(changed), tuple(ambiguous))


_FINDINGS = text("select id, identifier, compound_id, matched_by from finding order by id")

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
    """Findings in the order of entry, as rows with the keys `FINDING_FIELDS`.

    identifier: whatever a findings table may hold; gives the findings on the compounds that it
    fits, and those that wait under an identifier of the same meaning.
    """
    found = connection.execute(_LIST, {"unmatched": unmatched, "keys": keys}).mappings()
    rows = [dict(row) for row in found]
    readings = {row["id"]: read_identifier(row["identifier"]) for row in rows}
    if identifier is not None:
        asked = read_identifier(identifier)
        fits = find_compounds(connection, {0: asked}).get(0)
        compounds = set(fits.compounds) if fits else set()
        rows = [
            row
            for row in rows
            if row["compound_id"] in compounds
            or (row["compound_id"] is None and asked.overlaps(readings[row["id"]]))
        ]
    waiting = {row["id"]: readings[row["id"]] for row in rows if row["compound_id"] is None}
    verdicts = find_compounds(connection, waiting) if waiting else {}
    for row in rows:
        verdict = verdicts.get(row["id"])
        is_ambiguous = verdict is not None and len(verdict.compounds) > 1
        row["fits"] = "; ".join(verdict.matches) if verdict and is_ambiguous else None
    return [{field: row[field] for field in FINDING_FIELDS} for row in rows]


FINDING_FIELDS = (
    "id",
    "identifier",
    "formula",
    "matched_by",
    "fits",
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
"""The keys of the rows of `list_findings`; fits: the complexes of an ambiguous finding."""

_LIST = text("""
    select f.id, f.identifier, f.compound_id, compound.formula, f.matched_by, f.behaviour, f.sample,
        f.dc_field_oe, f.t_min_k, f.f_max_hz, f.ueff_k, f.ueff_given, f.ueff_unit, f.tau0_s, f.fit,
        f.tb_k, f.tb_definition, publication.doi, publication.year, f.note, f.is_synthetic,
        f.source_name, f.source_row, f.entered_by, f.entered_at
    from finding f
    left join compound on compound.id = f.compound_id
    left join publication on publication.id = f.publication_id
    where (not :unmatched or f.compound_id is null)
        and (cast(:keys as text[]) is null or f.key = any(cast(:keys as text[])))
    order by f.id""")
