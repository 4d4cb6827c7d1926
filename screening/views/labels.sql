create view labels as
select
    l.policy,
    l.policy_version,
    l.compound_id,
    l.class,
    l.reason,
    (
        select array_agg(distinct c.identifier order by c.identifier)
        from complex as c
        where c.compound_id = l.compound_id and c.superseded_at is null
    ) as identifiers,
    l.finding_ids,
    exists (
        select from finding as f
        where f.compound_id = l.compound_id and f.is_synthetic and f.withdrawn_at is null
    )
    or exists (
        select from complex as c
        where c.compound_id = l.compound_id and c.is_synthetic and c.superseded_at is null
    )
    as is_synthetic,
    l.resolved_at
from label as l;

comment on view labels is 'What a policy makes of all findings on one compound; computed, never typed.';
comment on column labels.class is 'positive, negative, unlabelled or excluded.';
comment on column labels.identifiers is 'The determinations of the compound.';
comment on column labels.finding_ids is 'The findings that were weighed.';
comment on column labels.is_synthetic is 'A finding on the compound, or a determination of it, was made up.';
