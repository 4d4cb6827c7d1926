create view finding_history as
select
    f.id as finding_id,
    f.identifier,
    f.behaviour,
    p.doi,
    f.withdrawn_at is not null as is_withdrawn,
    h.event,
    h.at,
    h.by,
    h.reason,
    h.details
from finding as f
left join publication as p on p.id = f.publication_id
cross join lateral (
    select
        'entered' as event,
        f.entered_at as at,
        f.entered_by as by,
        null as reason,
        jsonb_build_object('file', f.source_name, 'row', f.source_row) as details
    union all
    select e.event, e.at, e.by, e.reason, e.details
    from finding_event as e
    where e.finding_id = f.id
) as h;

comment on view finding_history is 'What happened to each finding, withdrawn ones included: when, by whom and why.';
comment on column finding_history.event is 'entered, matched, unmatched, decided, undecided, withdrawn or reinstated.';
comment on column finding_history.is_withdrawn is 'The finding counts no more.';
comment on column finding_history.by is 'Who did it; smmdb where a match was found.';
comment on column finding_history.details is 'File and row, the compound, the complex of a decision, or the finding that replaces it.';
