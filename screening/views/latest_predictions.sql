create view latest_predictions as
select
    p.complex_id,
    c.identifier,
    c.refcode,
    m.name as model,
    m.version as model_version,
    p.score,
    p.spread,
    p.distance,
    array_remove(array[
        case when not c.metals <@ m.training_metals then 'unseen metal' end,
        case
            when (
                select g.n_clipped from voxel_grid as g
                where g.spec_id = m.spec_id and g.complex_id = c.id
            ) > 0 then 'clipped'
        end,
        case when p.distance > 1 then 'far' end
    ], null) as out_of_domain,
    p.run_id,
    r.started_at as scored_at,
    c.is_synthetic,
    m.trained_on_synthetic
from (
    -- A version that has only begun does not hide one that has finished.
    select distinct on (v.name) v.id, v.name, v.version, v.trained_on_synthetic, v.spec_id,
        array(
            select unnest(o.metals) from training_example as e
            join complex as o on o.id = e.complex_id
            where e.model_version_id = v.id and e.part = 'train'
            union
            select unnest(i.metals) from imported_example as i
            where i.model_version_id = v.id and i.part = 'train'
        ) as training_metals
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
comment on column latest_predictions.score is 'Of a model of a yes or no the probability of yes, calibrated to its share in the training; of a model of a number that number, in the unit of the property.';
comment on column latest_predictions.spread is 'Standard deviation of the score over repeated looks: networks and views.';
comment on column latest_predictions.distance is 'How far the complex lies from the training examples as the network sees them, in units of the limit that 1 % of the validation examples exceed; empty: the model does not know.';
comment on column latest_predictions.out_of_domain is 'Why the score is less sure: unseen metal, clipped (atoms outside the box) or far (distance above 1); test with: out_of_domain = ''{}''.';
comment on column latest_predictions.scored_at is 'Start of the run.';
comment on column latest_predictions.is_synthetic is 'The complex was made by a program, not measured.';
comment on column latest_predictions.trained_on_synthetic is 'The model has seen synthetic complexes.';
