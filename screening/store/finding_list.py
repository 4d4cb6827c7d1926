"""Store findings, read: each with its compound, its doubts and what it waits for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, text

from screening.errors import NotFoundError
from screening.evidence.doubt import doubts
from screening.evidence.finding import Behaviour, Finding, Sample
from screening.evidence.identifier import read_identifier
from screening.store.findings import statements
from screening.store.lookup import find_compounds
from screening.store.rejections import Wanted, find_codes

_STATED = tuple(field.name for field in fields(Finding))


def list_findings(
    connection: Connection,
    *,
    identifier: str | None = None,
    unmatched: bool = False,
    withdrawn: bool = False,
    keys: Sequence[str] | None = None,
    ids: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Findings in the order of entry, as rows with the keys `FINDING_FIELDS`.

    identifier: whatever a findings table may hold; gives the findings on the compounds that it
    fits, and those that wait under an identifier of the same meaning. unmatched, withdrawn: only
    such findings; a withdrawn one waits for nothing.
    """
    asked = {"unmatched": unmatched, "withdrawn": withdrawn, "keys": keys, "ids": ids}
    found = connection.execute(_LIST, asked).all()
    if identifier is not None:
        found = _on(connection, identifier, found)
    waiting = [row for row in found if row.state == "waiting"]
    readings = {row.id: read_identifier(row.identifier) for row in waiting}
    verdicts = find_compounds(connection, readings, statements(waiting)) if waiting else {}
    codes = find_codes(
        connection,
        {row.id: Wanted(row.identifier, is_of_paper=row.doi is not None) for row in waiting},
    )
    rows = []
    for row in found:
        shown = row._asdict()
        verdict = verdicts.get(row.id)
        is_ambiguous = verdict is not None and len(verdict.compounds) > 1
        shown["state"] = "ambiguous" if is_ambiguous else row.state
        shown["fits"] = "; ".join(verdict.matches) if verdict and is_ambiguous else None
        shown["rejected_as"] = None if is_ambiguous else codes.get(row.id)
        shown["doubts"] = "; ".join(doubts(as_finding(shown))) or None
        rows.append({field: shown[field] for field in FINDING_FIELDS})
    return rows


def read_finding(connection: Connection, finding_id: int) -> dict[str, Any]:
    """One finding, as a row of `list_findings`. Raises NotFoundError."""
    rows = list_findings(connection, ids=[finding_id])
    if not rows:
        raise NotFoundError(f"There is no finding {finding_id}; `smmdb label list` shows their ids")
    return rows[0]


def _on(connection: Connection, identifier: str, rows: Iterable[Any]) -> list[Any]:
    """Those of *rows* that are on a compound called so, or wait under an identifier like it."""
    asked = read_identifier(identifier)
    fits = find_compounds(connection, {0: asked}).get(0)
    compounds = set(fits.compounds) if fits else set()
    return [
        row
        for row in rows
        if row.compound_id in compounds
        or (row.compound_id is None and asked.overlaps(read_identifier(row.identifier)))
    ]


def as_finding(row: Mapping[str, Any]) -> Finding:
    """The statement of a row of `list_findings`."""
    stated = {name: row[name] for name in _STATED}
    stated["behaviour"] = Behaviour(row["behaviour"])
    stated["sample"] = Sample(row["sample"])
    return Finding(**stated)


FINDING_FIELDS = (
    "id",
    "key",
    "identifier",
    "stated_formula",
    "state",
    "compound_id",
    "formula",
    "matched_by",
    "fits",
    "rejected_as",
    "behaviour",
    "sample",
    "host",
    "dc_field_oe",
    "t_min_k",
    "f_max_hz",
    "ueff_k",
    "ueff_low_k",
    "ueff_high_k",
    "ueff_sigma_k",
    "ueff_given",
    "ueff_unit",
    "tau0_s",
    "tau0_low_s",
    "tau0_high_s",
    "tau0_sigma_s",
    "fit",
    "raman_n",
    "tau_qtm_s",
    "tb_k",
    "tb_low_k",
    "tb_high_k",
    "tb_sigma_k",
    "tb_definition",
    "doi",
    "year",
    "note",
    "doubts",
    "given",
    "is_synthetic",
    "source_name",
    "source_row",
    "entered_by",
    "entered_at",
    "replaces",
    "withdrawn_at",
)
"""The keys of the rows of `list_findings`.

key: sha256 of the statement. state: matched, waiting, ambiguous or withdrawn. fits: the complexes
of an ambiguous finding. rejected_as: the code by which the structure was rejected that a finding
waits for. formula: of the compound. given: the row as it stood in its file.
"""

_LIST = text("""
    select f.id, f.key, f.identifier, f.stated_formula,
        f.compound_id, compound.formula, f.matched_by,
        case when f.withdrawn_at is not null then 'withdrawn'
            when f.compound_id is null then 'waiting' else 'matched' end as state,
        f.behaviour, f.sample, f.host, f.dc_field_oe, f.t_min_k, f.f_max_hz,
        f.ueff_k, f.ueff_low_k, f.ueff_high_k, f.ueff_sigma_k, f.ueff_given, f.ueff_unit,
        f.tau0_s, f.tau0_low_s, f.tau0_high_s, f.tau0_sigma_s, f.fit, f.raman_n, f.tau_qtm_s,
        f.tb_k, f.tb_low_k, f.tb_high_k, f.tb_sigma_k, f.tb_definition,
        publication.doi, publication.year, f.note, f.given, f.is_synthetic,
        f.source_name, f.source_row, f.entered_by, f.entered_at, f.replaces, f.withdrawn_at
    from finding f
    left join compound on compound.id = f.compound_id
    left join publication on publication.id = f.publication_id
    where (not :unmatched or (f.compound_id is null and f.withdrawn_at is null))
        and (not :withdrawn or f.withdrawn_at is not null)
        and (cast(:keys as text[]) is null or f.key = any(cast(:keys as text[])))
        and (cast(:ids as bigint[]) is null or f.id = any(cast(:ids as bigint[])))
    order by f.id""")


def complexes_of_papers(connection: Connection, dois: Iterable[str]) -> dict[str, list[str]]:
    """The complexes that come from each paper, as "identifier (formula)", by its DOI."""
    wanted = {"dois": sorted(set(dois))}
    return {row.doi: list(row.complexes) for row in connection.execute(_OF_PAPERS, wanted)}


_OF_PAPERS = text("""
    select lower(doi) as doi,
        array_agg(distinct identifier || ' (' || formula || ')') as complexes
    from complex
    where lower(doi) = any(cast(:dois as text[])) and superseded_at is null group by 1""")
