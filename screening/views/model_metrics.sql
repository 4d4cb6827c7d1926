create view model_metrics as
select
    v.name as model,
    v.version as model_version,
    m.part,
    m.subject,
    m.name as metric,
    m.value,
    m.low,
    m.high,
    m.n,
    coalesce(e.target, v.target) as target,
    case when e.id is null then v.at_least else e.at_least end as at_least,
    v.policy,
    v.policy_version,
    m.evaluation_id,
    e.evaluated_at,
    v.trained_on_synthetic,
    v.created_at as trained_at
from metric as m
join model_version as v on v.id = m.model_version_id
left join evaluation as e on e.id = m.evaluation_id;

comment on view model_metrics is 'Computed figures of each model version, and of baselines on the same examples.';
comment on column model_metrics.part is 'The examples it was computed on: validation, test, random test, or unseen by an evaluation; with a metal: those that have it.';
comment on column model_metrics.subject is 'The network, or a baseline beside it.';
comment on column model_metrics.target is 'What was asked: smm, labels under a policy, or the name of a property.';
comment on column model_metrics.at_least is 'The number from which on a numeric property is a yes.';
comment on column model_metrics.evaluation_id is 'The later evaluation that computed it; empty: the training. See the view evaluations.';
comment on column model_metrics.low is 'Lower end of the interval.';
comment on column model_metrics.high is 'Upper end of the interval.';
comment on column model_metrics.n is 'Number of examples.';
