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
    v.policy,
    v.policy_version,
    v.trained_on_synthetic,
    v.created_at as trained_at
from metric as m
join model_version as v on v.id = m.model_version_id;

comment on view model_metrics is 'Computed figures of each model version, and of baselines on the same examples.';
comment on column model_metrics.part is 'The examples it was computed on: train, validation, test, ...';
comment on column model_metrics.subject is 'The network, or a baseline beside it.';
comment on column model_metrics.low is 'Lower end of the interval.';
comment on column model_metrics.high is 'Upper end of the interval.';
comment on column model_metrics.n is 'Number of examples.';
