"""Store labels: what a policy makes of the findings, compound by compound."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Connection, or_, text
from sqlalchemy.dialects.postgresql import insert

from screening.evidence.contradiction import is_contradicted
from screening.evidence.finding import Behaviour, Finding, Sample
from screening.evidence.policy import LabelClass, Policy, builtin_policies, resolve
from screening.schema import LabelRow
from screening.store.findings import MatchReport, lock_evidence, match_findings


def match_and_resolve(
    connection: Connection,
) -> tuple[MatchReport, dict[str, dict[LabelClass, int]]]:
    """Match all findings, then resolve the labels of every policy; compounds by class, by policy.

    To be called whenever complexes or findings have changed, in the transaction of the change.
    """
    matched = match_findings(connection)
    return matched, {p.name: resolve_labels(connection, p) for p in builtin_policies()}


def resolve_labels(connection: Connection, policy: Policy) -> dict[LabelClass, int]:
    """Bring the labels of *policy* in line with the matched findings; compounds by class.

    A label that does not change keeps its time; one whose compound lost its findings goes, and so
    do those of other versions of the policy, which nobody would bring in line any more. So a
    policy has labels of one version, and readers need not ask for it.
    """
    lock_evidence(connection)
    findings = _matched(connection)
    labels = [_label(policy, compound, stated) for compound, stated in findings.items()]
    of_policy = {"policy": policy.name, "version": policy.version}
    connection.execute(_DELETE_OTHERS, of_policy | {"compounds": list(findings)})
    if labels:
        connection.execute(_UPSERT, labels)
    return dict(Counter(LabelClass(label["class"]) for label in labels))


def count_contradicted(connection: Connection) -> int:
    """Compounds whose findings contradict each other, under any policy."""
    compounds = _matched(connection).values()
    return sum(is_contradicted([finding for _, finding in stated]) for stated in compounds)


def _matched(connection: Connection) -> dict[int, list[tuple[int, Finding]]]:
    """Findings with their ids, by compound; of each what policies ask for."""
    findings: dict[int, list[tuple[int, Finding]]] = defaultdict(list)
    for row in connection.execute(_MATCHED):
        finding = Finding(
            identifier=row.identifier,
            behaviour=Behaviour(row.behaviour),
            sample=Sample(row.sample),
            dc_field_oe=row.dc_field_oe,
            t_min_k=row.t_min_k,
            f_max_hz=row.f_max_hz,
        )
        findings[row.compound_id].append((row.id, finding))
    return findings


def _label(policy: Policy, compound_id: int, stated: list[tuple[int, Finding]]) -> dict[str, Any]:
    resolution = resolve([finding for _, finding in stated], policy)
    reason = resolution.reason
    if resolution.opposed:
        ids = ", ".join(str(stated[i][0]) for i in resolution.opposed)
        one = len(resolution.opposed) == 1
        reason += f"; {'another finding says' if one else 'other findings say'} otherwise ({ids})"
    return {
        "policy": policy.name,
        "policy_version": policy.version,
        "compound_id": compound_id,
        "class": resolution.class_.value,
        "reason": reason,
        "finding_ids": [stated[i][0] for i in resolution.used],
    }


_MATCHED = text("""
    select id, compound_id, identifier, behaviour, sample, dc_field_oe, t_min_k, f_max_hz
    from finding where compound_id is not null and withdrawn_at is null
    order by compound_id, id""")

_DELETE_OTHERS = text("""
    delete from label where policy = :policy and (policy_version <> :version
        or compound_id <> all (cast(:compounds as bigint[])))""")

_INSERT = insert(LabelRow)
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=["policy", "policy_version", "compound_id"],
    set_={
        "class": _INSERT.excluded["class"],
        "reason": _INSERT.excluded.reason,
        "finding_ids": _INSERT.excluded.finding_ids,
        "resolved_at": text("now()"),
    },
    where=or_(
        LabelRow.class_ != _INSERT.excluded["class"],
        LabelRow.reason != _INSERT.excluded.reason,
        LabelRow.finding_ids != _INSERT.excluded.finding_ids,
    ),
)


def count_labels(connection: Connection, policy: Policy) -> list[dict[str, Any]]:
    """Labelled compounds by metal and class, most positives first.

    A compound of several metals counts under each of them; the last row, metal None, counts every
    compound once.
    """
    of_policy = {"policy": policy.name, "version": policy.version}
    return [dict(row) for row in connection.execute(_COUNTS, of_policy).mappings()]


_COUNTS = text("""
    with labelled as (
        select compound_id, class from label where policy = :policy and policy_version = :version
    ), counted as (
        select distinct compound_id, class, metal
        from labelled join complex using (compound_id) cross join unnest(metals) as metal
        where superseded_at is null
        union all
        select compound_id, class, null from labelled
    )
    select metal,
        count(*) filter (where class = 'positive') as positive,
        count(*) filter (where class = 'negative') as negative,
        count(*) filter (where class = 'unlabelled') as unlabelled,
        count(*) filter (where class = 'excluded') as excluded
    from counted group by metal order by metal is null, positive desc, metal""")


def labels_of(connection: Connection, compound_id: int) -> list[dict[str, Any]]:
    """The labels of one compound, the newest version of each policy."""
    return [dict(r) for r in connection.execute(_LABELS, {"compound": compound_id}).mappings()]


_LABELS = text("""
    select distinct on (policy) policy, policy_version, class as label, reason, finding_ids,
        resolved_at
    from label where compound_id = :compound order by policy, policy_version desc""")
