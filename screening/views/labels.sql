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
        where c.compound_id = l.compound_id
    ) as identifiers,
    l.finding_ids,
    l.resolved_at
from label as l;

comment on view labels is 'What a policy makes of all findings on one compound; computed, never typed.';
comment on column labels.class is 'positive, negative, unlabelled or excluded.';
comment on column labels.identifiers is 'The determinations of the compound.';
comment on column labels.finding_ids is 'The findings that were weighed.';
