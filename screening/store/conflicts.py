"""Store conflicts: compounds whose findings do not go together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, text

from screening.evidence.contradiction import contradict
from screening.evidence.doubt import pair_doubts, swap_message, swapped
from screening.evidence.finding import Behaviour, Finding
from screening.evidence.row import RowProblem
from screening.evidence.table import TableRow
from screening.store.finding_list import as_finding, list_findings


def find_conflicts(
    connection: Connection, *, identifier: str | None = None
) -> list[dict[str, Any]]:
    """Compounds with findings that contradict each other, or whose numbers do not go together.

    Each is a row: compound_id, formula, identifiers, reasons (what stands against what, with the
    ids of the findings) and findings, rows of `list_findings` that any reason names.
    """
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in list_findings(connection, identifier=identifier):
        if row["state"] == "matched":
            groups[row["compound_id"]].append(row)
    found = {compound: _reasons(rows) for compound, rows in groups.items()}
    found = {compound: reasons for compound, reasons in found.items() if reasons}
    names = {
        row.compound_id: list(row.identifiers)
        for row in connection.execute(_NAMES, {"compounds": list(found)})
    }
    return [
        {
            "compound_id": compound,
            "formula": groups[compound][0]["formula"],
            "identifiers": names.get(compound, []),
            "reasons": [words for _, words in reasons],
            "findings": [
                row
                for row in groups[compound]
                if row["id"] in set().union(*(ids for ids, _ in reasons))
            ],
        }
        for compound, reasons in found.items()
    ]


def _reasons(rows: Sequence[dict[str, Any]]) -> list[tuple[set[int], str]]:
    findings = [as_finding(row) for row in rows]
    ids = [row["id"] for row in rows]
    reasons = [
        ({ids[i]}, f"{ids[i]}: the paper contradicts itself")
        for i, finding in enumerate(findings)
        if finding.behaviour is Behaviour.CONFLICT
    ]
    for (i, one), (j, other) in combinations(enumerate(findings), 2):
        if Behaviour.CONFLICT not in (one.behaviour, other.behaviour) and contradict(one, other):
            words = f"{ids[i]} and {ids[j]}: {one.behaviour} against {other.behaviour}"
            reasons.append(({ids[i], ids[j]}, words))
    for i, j, message in pair_doubts(findings):
        reasons.append(({ids[i], ids[j]}, f"{ids[i]} and {ids[j]}: {message}"))
    return reasons


def find_swaps(connection: Connection, rows: Iterable[TableRow]) -> list[RowProblem]:
    """Warnings where a row and another finding on its compound mix up K and cm-1.

    Only findings from elsewhere are compared: what stands in one table under one identifier is
    told by the table itself.
    """
    by_key = {row.finding.key: row for row in rows if row.finding.ueff_k is not None}
    warnings = []
    for pair in connection.execute(_BARRIERS, {"keys": list(by_key)}):
        row = by_key[pair.key]
        other = Finding(
            identifier=pair.identifier, behaviour=Behaviour(pair.behaviour), ueff_k=pair.ueff_k
        )
        if swapped(row.finding, other):
            there = f"{pair.ueff_k:.4g} K in finding {pair.id}"
            if pair.doi:
                there += f" ({pair.doi})"
            message = swap_message(f"{row.finding.ueff_k:.4g} K here", there)
            warnings.append(RowProblem(row.line, "ueff_k", message))
    return warnings


_BARRIERS = text("""
    select f.key, o.id, o.identifier, o.behaviour, o.ueff_k, p.doi
    from finding f
    join finding o on o.compound_id = f.compound_id and o.id <> f.id
    left join publication p on p.id = o.publication_id
    where f.key = any(cast(:keys as text[])) and f.withdrawn_at is null
        and o.ueff_k is not null and o.withdrawn_at is null
        and not o.key = any(cast(:keys as text[]))
    order by f.id, o.id""")

_NAMES = text("""
    select compound_id, array_agg(distinct identifier) as identifiers from complex
    where compound_id = any(cast(:compounds as bigint[])) and superseded_at is null
    group by compound_id""")
