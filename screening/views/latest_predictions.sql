create view latest_predictions as
select
    p.complex_id,
    c.identifier,
    c.refcode,
    m.name as model,
    m.version as model_version,
    p.score,
    p.spread,
    p.run_id,
    r.started_at as scored_at,
    c.is_synthetic,
    m.trained_on_synthetic
from (
    -- A version that has only begun does not hide one that has finished.
    select distinct on (v.name) v.id, v.name, v.version, v.trained_on_synthetic
    from model_version as v
    where exists (select from prediction as any_score where any_score.model_version_id = v.id)
    order by
        v.name,
        exists (
            select from screening_run as done
            where done.model_version_id = v.id and done.status = 'done'
        ) desc,
        v.version desc
) as m
join prediction as p on p.model_version_id = m.id
join complex as c on c.id = p.complex_id and c.superseded_at is null
join screening_run as r on r.id = p.run_id;

comment on view latest_predictions is 'The scores by one version of each model: the newest that has finished a run, else the newest that has scored anything.';
comment on column latest_predictions.score is 'Predicted probability of the positive class.';
comment on column latest_predictions.spread is 'Standard deviation of the score over repeated looks, such as rotations.';
comment on column latest_predictions.scored_at is 'Start of the run.';
comment on column latest_predictions.is_synthetic is 'The complex was made by a program, not measured.';
comment on column latest_predictions.trained_on_synthetic is 'The model has seen synthetic complexes.';
