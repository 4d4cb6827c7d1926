create view candidates as
select
    c.id as complex_id,
    c.compound_id,
    c.identifier,
    c.refcode,
    c.formula,
    c.metals,
    c.nuclearity,
    c.ligand_classes,
    p.score,
    p.spread,
    p.distance,
    p.out_of_domain,
    v.target,
    v.kind,
    v.at_least,
    p.model,
    p.model_version,
    l.class as label,
    e.part is not null as was_training_example,
    e.part as training_part,
    (
        select f.severity from plausibility_flag as f
        where f.complex_id = c.id and f.severity in ('high', 'medium', 'soft')
        order by array_position(array['high', 'medium', 'soft'], f.severity)
        limit 1
    ) as severity_against,
    c.is_disordered,
    c.metal_disordered,
    c.donor_disordered,
    c.cell is not null as has_crystal,
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
-- Of the policy there are labels of one version, which may be newer than the model's.
left join label as l
    on l.policy = v.policy
    and l.compound_id = c.compound_id
-- A complex read anew is still what the model was trained on when it was read before.
left join training_example as t on t.model_version_id = v.id and t.complex_id = c.id
-- Of a version that was trained elsewhere the examples are known by their keys.
left join imported_example as i
    on i.model_version_id = v.id
    and i.content_key = c.content_key
cross join lateral (
    select coalesce(
        t.part,
        i.part,
        case when exists (select from complex as o where o.superseded_by = c.id) then (
            with recursive earlier (id) as (
                select o.id from complex as o
                where o.superseded_by = c.id
                union
                select o.id from complex as o
                join earlier on o.superseded_by = earlier.id
            )

            select s.part from training_example as s
            join earlier on earlier.id = s.complex_id
            where s.model_version_id = v.id
            limit 1
        ) end
    ) as part
) as e;

comment on view candidates is 'Every scored complex with what is known of it, by one version of each model: the newest that has finished a run, else the newest that has scored anything.';
comment on column candidates.score is 'Of a model of a yes or no the probability of yes, calibrated to its share in the training; of a model of a number that number, in the unit of the property.';
comment on column candidates.target is 'What the score speaks of: smm, labels under a policy, or the name of a property.';
comment on column candidates.at_least is 'The number from which on a numeric property is the yes that the score speaks of.';
comment on column candidates.kind is 'binary: the score is a probability; numeric: it is a number.';
comment on column candidates.distance is 'How far the complex lies from the training examples as the network sees them, in units of the limit that 1 % of the validation examples exceed; empty: the model does not know.';
comment on column candidates.out_of_domain is 'Why the score is less sure: unseen metal, clipped (atoms outside the box) or far (distance above 1); test with: out_of_domain = ''{}''.';
comment on column candidates.spread is 'Standard deviation of the score over repeated looks: networks and views.';
comment on column candidates.label is 'Of the compound under the policy that the model was trained by, as that policy is now: positive, negative, unlabelled, excluded; empty: no finding, or a model of a property (see the view properties).';
comment on column candidates.was_training_example is 'The model was trained or tested on this complex, or on an earlier reading of it: its score is no prediction.';
comment on column candidates.training_part is 'train, validation or test.';
comment on column candidates.severity_against is 'The strongest plausibility rule that speaks against it: high, medium or soft; empty: none. Which: the view plausibility.';
comment on column candidates.ligand_classes is 'All classes of its ligands; test with: ''salen-type'' = any (ligand_classes).';
comment on column candidates.has_crystal is 'False: from a file of molecules, computed or drawn, such as xyz.';
comment on column candidates.donor_disordered is 'An atom that binds a metal is disordered.';
comment on column candidates.metals is 'Element symbols; test with: ''Dy'' = any (metals).';
comment on column candidates.n_clipped is 'Atoms outside the box that the model saw.';
comment on column candidates.is_synthetic is 'Made by a program, not measured.';
comment on column candidates.trained_on_synthetic is 'The model has seen synthetic complexes.';
