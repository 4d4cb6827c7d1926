create view candidates as
select
    c.id as complex_id,
    c.compound_id,
    c.identifier,
    c.refcode,
    c.formula,
    c.metals,
    c.nuclearity,
    p.score,
    p.spread,
    p.model,
    p.model_version,
    l.class as label,
    e.part is not null as was_training_example,
    e.part as training_part,
    c.is_disordered,
    c.metal_disordered,
    (
        select g.n_clipped from voxel_grid as g
        where g.spec_id = v.spec_id and g.complex_id = c.id
    ) as n_clipped,  -- no join: the best few need not read all grids
    c.is_synthetic,
    p.trained_on_synthetic,
    c.doi,
    c.year,
    c.cod_id,
    c.ccdc_number,
    c.compound_name
from latest_predictions as p
join complex as c on c.id = p.complex_id
join model_version as v on v.name = p.model and v.version = p.model_version
left join label as l
    on l.policy = v.policy
    and l.policy_version = v.policy_version
    and l.compound_id = c.compound_id
left join training_example as e on e.model_version_id = v.id and e.complex_id = c.id;

comment on view candidates is 'Every scored complex with what is known of it, by one version of each model: the newest that has finished a run, else the newest that has scored anything.';
comment on column candidates.score is 'Predicted probability of the positive class.';
comment on column candidates.spread is 'Standard deviation of the score over repeated looks, such as rotations.';
comment on column candidates.label is 'Of the compound under the policy that the model was trained by: positive, negative, unlabelled, excluded; empty: no finding.';
comment on column candidates.was_training_example is 'The model was trained or tested on this complex: its score is no prediction.';
comment on column candidates.training_part is 'train, validation or test.';
comment on column candidates.metals is 'Element symbols; test with: ''Dy'' = any (metals).';
comment on column candidates.n_clipped is 'Atoms outside the box that the model saw.';
comment on column candidates.is_synthetic is 'Made by a program, not measured.';
comment on column candidates.trained_on_synthetic is 'The model has seen synthetic complexes.';
