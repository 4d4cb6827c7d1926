"""Label changes: the compounds that two policies put into different classes."""

from typing import Any

from sqlalchemy import Connection, text

from screening.evidence.policy import Policy


def compare_labels(connection: Connection, policy: Policy, other: Policy) -> list[dict[str, Any]]:
    """Compounds whose class under *policy* is not that under *other*, both resolved before.

    Keys: compound_id, identifiers, metals, class and reason (under *policy*), other_class,
    other_reason, finding_ids (that the label of *policy* rests on). Ordered by the classes.
    """
    parameters = {
        "policy": policy.name,
        "version": policy.version,
        "other": other.name,
        "other_version": other.version,
    }
    return [dict(row) for row in connection.execute(_CHANGES, parameters).mappings()]


# Both policies label the same compounds: all that have a finding.
_CHANGES = text("""
    select mine.compound_id, names.identifiers, names.metals, mine.class, mine.reason,
        theirs.class as other_class, theirs.reason as other_reason, mine.finding_ids
    from label as mine join label as theirs using (compound_id)
    cross join lateral (
        select array_agg(distinct identifier order by identifier) as identifiers,
            array_agg(distinct metal order by metal) as metals
        from complex cross join unnest(complex.metals) as metal
        where complex.compound_id = mine.compound_id and superseded_at is null
    ) as names
    where mine.policy = :policy and mine.policy_version = :version
        and theirs.policy = :other and theirs.policy_version = :other_version
        and mine.class <> theirs.class
    order by theirs.class, mine.class, mine.reason, names.identifiers, mine.compound_id""")
