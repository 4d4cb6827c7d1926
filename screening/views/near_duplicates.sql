create view near_duplicates as
select
    c.id as complex_id,
    c.identifier,
    o.id as other_id,
    o.identifier as other_identifier,
    d.reason,
    c.is_synthetic
from near_duplicate as d
cross join lateral (values (d.complex_id, d.other_id), (d.other_id, d.complex_id)) as p (one, two)
join complex as c on c.id = p.one
join complex as o on o.id = p.two
where c.superseded_at is null and o.superseded_at is null;

comment on view near_duplicates is 'Two complexes that may be one determination under two names, a row from the side of each; neither is dropped.';
comment on column near_duplicates.other_id is 'complex_id of the other.';
comment on column near_duplicates.other_identifier is 'What the other is called.';
comment on column near_duplicates.reason is 'Why they may be one.';
comment on column near_duplicates.is_synthetic is 'Made by a program, not measured.';
