create view evaluations as
select
    e.id as evaluation_id,
    v.name as model,
    v.version as model_version,
    e.target,
    e.policy,
    e.policy_version,
    e.property_source,
    e.at_least,
    e.n,
    e.n_positive,
    e.left_out,
    e.settings,
    e.reliability,
    e.verdict,
    v.trained_on_synthetic,
    e.digest,
    e.code_version,
    e.evaluated_at
from evaluation as e
join model_version as v on v.id = e.model_version_id;

comment on view evaluations is 'Each test of a model version on complexes that it never saw; its figures are in model_metrics.';
comment on column evaluations.target is 'What was asked: smm, labels under a policy, or the name of a property.';
comment on column evaluations.property_source is 'Of a property only what this source says; empty: all sources.';
comment on column evaluations.at_least is 'The number from which on a numeric property is a yes.';
comment on column evaluations.n is 'Number of complexes.';
comment on column evaluations.n_positive is 'Complexes whose answer is yes; empty: the answers are numbers.';
comment on column evaluations.left_out is 'How many complexes with an answer were left out, by why.';
comment on column evaluations.settings is 'Rotations, whether complexes tied to the training were allowed, the best baseline, and how many lie outside the domain.';
comment on column evaluations.reliability is 'Share of positives by score; of numbers there is none.';
comment on column evaluations.digest is 'sha256 of the question and the examples with their classes.';
