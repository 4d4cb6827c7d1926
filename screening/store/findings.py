"""Store findings: what papers say, and which compound each statement is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.dialects.postgresql import insert

from screening.evidence.cells import printable
from screening.evidence.finding import Finding
from screening.evidence.identifier import read_identifier
from screening.evidence.row import RowProblem
from screening.evidence.table import TableRow
from screening.schema import FindingEventRow, FindingRow, PublicationRow
from screening.store.lookup import MATCHED_BY, Statement, find_compounds


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
    connection: Connection,
    rows: Sequence[TableRow],
    *,
    source_name: str,
    entered_by: str,
    replaces: int | None = None,
) -> list[str]:
    """Add the findings that are not known yet, unmatched; their keys.

    replaces: the id of the finding that the (one) row corrects.
    """
    if not rows:
        return []
    lock_evidence(connection)
    publications = _add_publications(connection, rows)
    values = [
        {
            "key": row.finding.key,
            "publication_id": publications.get(row.finding.doi) if row.finding.doi else None,
            **{name: getattr(row.finding, name) for name in _STATED},
            "sample": row.finding.sample.value,
            "behaviour": row.finding.behaviour.value,
            "is_synthetic": row.finding.is_synthetic,
            "given": dict(row.given),
            "source_name": source_name,
            "source_row": row.line,
            "entered_by": printable(entered_by),
            "replaces": replaces,
        }
        for row in rows
    ]
    statement = insert(FindingRow).on_conflict_do_nothing().returning(FindingRow.key)
    return list(connection.scalars(statement, values))


_OF_THE_PAPER = {"doi", "year"}
_STATED = tuple(f.name for f in fields(Finding) if f.name not in _OF_THE_PAPER)
"""What a finding states, under the same names in its class and its table."""


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


DECISION = "decision"
"""How a finding has matched where somebody decided it."""
BY_ITSELF = "smmdb"
"""Who has matched a finding that nobody decided on."""


def match_findings(connection: Connection) -> MatchReport:
    """Give every finding its compound, as far as one and only one fits it.

    A decision comes first; then the identifier, and the formula with the DOI. All findings that
    are not withdrawn are asked anew, so that the result does not depend on whether structures or
    findings came first: a refcode family that stood in for a missing determination gives way to
    the determination itself. Each change leaves an event.
    """
    lock_evidence(connection)
    rows = connection.execute(_FINDINGS).all()
    decided = {row.id: row.compound_id for row in connection.execute(_DECIDED)}
    asked = [row for row in rows if row.id not in decided]
    verdicts = find_compounds(
        connection,
        {row.id: read_identifier(row.identifier) for row in asked},
        statements(asked),
    )
    changed: list[tuple[int, int | None, str | None]] = []
    ambiguous: list[Ambiguity] = []
    matched = 0
    for row in rows:
        verdict = verdicts.get(row.id)
        found: tuple[int | None, str | None] = (None, None)
        if row.id in decided:
            found = (decided[row.id], DECISION)
        elif verdict is not None and len(verdict.compounds) == 1:
            found = (verdict.compounds[0], MATCHED_BY[verdict.kind - 1])
        elif verdict is not None:
            ambiguous.append(Ambiguity(row.id, row.identifier, tuple(verdict.matches)))
        matched += found[0] is not None
        if found != (row.compound_id, row.matched_by):
            changed.append((row.id, *found))
    if changed:
        ids, compound_ids, matched_by = map(list, zip(*changed, strict=True))
        connection.execute(_UPDATE, {"ids": ids, "compounds": compound_ids, "by": matched_by})
        connection.execute(insert(FindingEventRow), [_match_event(*change) for change in changed])
    return MatchReport(len(rows), matched, len(changed), tuple(ambiguous))


def statements(rows: Iterable[Row[Any]]) -> dict[int, Statement]:
    """What findings say of their compounds beside the identifier, by the id of the finding.

    rows: with id, identifier, stated_formula and doi. A finding without a formula of its own may
    have it as its identifier.
    """
    return {row.id: Statement(row.doi, row.stated_formula or row.identifier) for row in rows}


def _match_event(
    finding_id: int, compound_id: int | None, matched_by: str | None
) -> dict[str, object]:
    is_matched = compound_id is not None
    return {
        "finding_id": finding_id,
        "event": "matched" if is_matched else "unmatched",
        "by": BY_ITSELF,
        "details": {"compound_id": compound_id, "matched_by": matched_by} if is_matched else {},
    }


_FINDINGS = text("""
    select f.id, f.identifier, f.stated_formula, p.doi, f.compound_id, f.matched_by
    from finding f left join publication p on p.id = f.publication_id
    where f.withdrawn_at is null order by f.id""")

# A decision names a complex; better chemistry may have put another row in its place since.
_DECIDED = text("""
    with recursive taken as (
        select f.id as finding_id, c.compound_id, c.superseded_at, c.superseded_by
        from finding f join complex c on c.id = f.decided_complex_id
        where f.withdrawn_at is null
        union all
        select finding_id, c.compound_id, c.superseded_at, c.superseded_by
        from taken join complex c on c.id = taken.superseded_by
    )
    select finding_id as id, compound_id from taken where superseded_at is null""")

_UPDATE = text("""
    update finding f set compound_id = t.compound_id, matched_by = t.matched_by,
        matched_at = case when t.compound_id is not null then now() end
    from unnest(
        cast(:ids as bigint[]), cast(:compounds as bigint[]), cast(:by as text[])
    ) as t (id, compound_id, matched_by)
    where f.id = t.id""")
