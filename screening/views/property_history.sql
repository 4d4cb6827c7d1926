create view property_history as
select
    d.name as property,
    h.value_id,
    v.identifier,
    v.value,
    v.given,
    v.source,
    v.method,
    v.of_file,
    v.withdrawn_at is not null as is_withdrawn,
    h.event,
    h.at,
    h.by,
    h.reason,
    v.source_name,
    v.source_row
from (
    select id as property_id, null::bigint as value_id, 'defined' as event, defined_at as at,
        defined_by as by, null as reason
    from property_definition
    union all
    select property_id, id, 'entered', entered_at, entered_by, null
    from property_value
    union all
    select coalesce(e.property_id, o.property_id), e.value_id, e.event, e.at, e.by, e.reason
    from property_event as e
    left join property_value as o on o.id = e.value_id
) as h
join property_definition as d on d.id = h.property_id
left join property_value as v on v.id = h.value_id;

comment on view property_history is 'What happened to each property and to each of its values, withdrawn ones included: when, by whom and why.';
comment on column property_history.value_id is 'Empty: it happened to the property itself.';
comment on column property_history.is_withdrawn is 'The value counts no more today, whatever happened in this event.';
comment on column property_history.event is 'defined or described (the property); entered, withdrawn or reinstated (a value).';
comment on column property_history.by is 'Who did it.';
comment on column property_history.given is 'The value as it stood in its file.';
comment on column property_history.of_file is 'Only structures from the file of this name are meant; empty for all of this identifier.';
