create view findings as
select
    f.id as finding_id,
    f.identifier,
    p.doi,
    p.year,
    f.compound_id,
    f.compound_id is not null as is_matched,
    f.matched_by,
    f.sample,
    f.behaviour,
    f.dc_field_oe,
    f.t_min_k,
    f.f_max_hz,
    f.ueff_k,
    f.ueff_given,
    f.ueff_unit,
    f.tau0_s,
    f.fit,
    f.tb_k,
    f.tb_definition,
    f.note,
    f.is_synthetic,
    f.source_name,
    f.source_row,
    f.entered_by,
    f.entered_at
from finding as f
left join publication as p on p.id = f.publication_id;

comment on view findings is 'One statement of one paper on one sample; contradictions stay side by side.';
comment on column findings.identifier is 'As given: refcode, CCDC number, COD id or compound name.';
comment on column findings.compound_id is 'The compound it speaks of; empty until a matching complex arrives.';
comment on column findings.sample is 'neat, diluted or not_stated.';
comment on column findings.behaviour is 'smm_zero_field, smm_field_induced, slow_relaxation_no_barrier, no_signal_observed, not_measured or conflict.';
comment on column findings.dc_field_oe is 'Static field of the ac measurement, Oe.';
comment on column findings.t_min_k is 'Lowest temperature measured, K.';
comment on column findings.f_max_hz is 'Highest ac frequency measured, Hz.';
comment on column findings.ueff_k is 'Effective barrier, K.';
comment on column findings.ueff_given is 'Effective barrier as typed, in ueff_unit.';
comment on column findings.tau0_s is 'Pre-exponential factor, s.';
comment on column findings.tb_k is 'Blocking temperature, K, by tb_definition.';
comment on column findings.is_synthetic is 'Made up for the sample, not from a paper.';
