create view prediction_failures as
select
    f.run_id,
    v.name as model,
    v.version as model_version,
    f.complex_id,
    c.identifier,
    f.code,
    f.reason,
    f.failed_at,
    exists (
        select from prediction as p
        where p.model_version_id = v.id and p.complex_id = f.complex_id
    ) as scored_since,
    c.is_synthetic
from prediction_failure as f
join screening_run as r on r.id = f.run_id
join model_version as v on v.id = r.model_version_id
join complex as c on c.id = f.complex_id
where c.superseded_at is null;

comment on view prediction_failures is 'One complex that a run could not score, and why.';
comment on column prediction_failures.code is 'Why, as a word to group by.';
comment on column prediction_failures.reason is 'Why, in words.';
comment on column prediction_failures.scored_since is 'The same version has scored it by now.';
comment on column prediction_failures.is_synthetic is 'Made by a program, not measured.';
