create view plausibility as
select
    f.complex_id,
    c.identifier,
    c.refcode,
    f.rule,
    f.severity,
    r.statement,
    f.reason,
    r.source,
    r.exceptions,
    c.is_synthetic
from plausibility_flag as f
join complex as c on c.id = f.complex_id
join plausibility_rule as r on r.name = f.rule
where c.superseded_at is null;

comment on view plausibility is 'One rule of chemistry that applies to a complex; it flags and never deletes.';
comment on column plausibility.rule is 'R1 to R16.';
comment on column plausibility.severity is 'high, medium or soft speak against a single-molecule magnet, favourable for one, note neither.';
comment on column plausibility.statement is 'What the rule says.';
comment on column plausibility.reason is 'Why it applies to this complex.';
comment on column plausibility.source is 'Where the rule comes from.';
comment on column plausibility.exceptions is 'Where the rule is known to fail.';
comment on column plausibility.is_synthetic is 'The complex was made by a program, not measured.';
