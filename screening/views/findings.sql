create view findings as
select
    f.id as finding_id,
    f.identifier,
    f.stated_formula,
    p.doi,
    p.year,
    f.compound_id,
    f.compound_id is not null as is_matched,
    f.matched_by,
    f.sample,
    f.host,
    f.behaviour,
    f.dc_field_oe,
    f.t_min_k,
    f.f_max_hz,
    f.ueff_k,
    f.ueff_low_k,
    f.ueff_high_k,
    f.ueff_sigma_k,
    f.ueff_given,
    f.ueff_unit,
    f.tau0_s,
    f.tau0_low_s,
    f.tau0_high_s,
    f.tau0_sigma_s,
    f.fit,
    f.raman_n,
    f.tau_qtm_s,
    f.tb_k,
    f.tb_low_k,
    f.tb_high_k,
    f.tb_sigma_k,
    f.tb_definition,
    f.note,
    f.given,
    f.is_synthetic,
    f.source_name,
    f.source_row,
    f.entered_by,
    f.entered_at,
    f.replaces
from finding as f
left join publication as p on p.id = f.publication_id
where f.withdrawn_at is null;

comment on view findings is 'One statement of one paper on one sample; contradictions stay side by side. Withdrawn ones are in finding_history only.';
comment on column findings.identifier is 'As given: refcode, CCDC number, COD id or compound name.';
comment on column findings.compound_id is 'The compound it speaks of; empty until a matching complex arrives.';
comment on column findings.sample is 'neat, diluted or not_stated.';
comment on column findings.behaviour is 'smm_zero_field, smm_field_induced, smm_field_not_stated, signal_only, slow_relaxation_no_barrier, no_signal_observed, not_measured or conflict.';
comment on column findings.dc_field_oe is 'Static field of the ac measurement, Oe.';
comment on column findings.t_min_k is 'Lowest temperature measured, K.';
comment on column findings.f_max_hz is 'Highest ac frequency measured, Hz.';
comment on column findings.stated_formula is 'Formula of the compound as the paper has it.';
comment on column findings.host is 'Host of a diluted sample and the share in it.';
comment on column findings.ueff_k is 'Effective barrier, K; empty for a range or a bound.';
comment on column findings.ueff_low_k is 'Lower end of a range or a bound, K.';
comment on column findings.ueff_high_k is 'Upper end of a range or a bound, K.';
comment on column findings.ueff_sigma_k is 'Standard uncertainty of ueff_k, K.';
comment on column findings.ueff_given is 'Effective barrier as typed, in ueff_unit.';
comment on column findings.tau0_s is 'Pre-exponential factor, s; empty for a range or a bound.';
comment on column findings.tau0_low_s is 'Lower end of a range or a bound, s.';
comment on column findings.tau0_high_s is 'Upper end of a range or a bound, s.';
comment on column findings.tau0_sigma_s is 'Standard uncertainty of tau0_s, s.';
comment on column findings.raman_n is 'Exponent of a Raman process, 1/tau = C T^n.';
comment on column findings.tau_qtm_s is 'Time of quantum tunnelling, s.';
comment on column findings.tb_k is 'Blocking temperature, K, by tb_definition; empty for a range or a bound.';
comment on column findings.tb_low_k is 'Lower end of a range or a bound, K.';
comment on column findings.tb_high_k is 'Upper end of a range or a bound, K.';
comment on column findings.tb_sigma_k is 'Standard uncertainty of tb_k, K.';
comment on column findings.given is 'The row as it stood in its file, by the headings of the file.';
comment on column findings.replaces is 'The withdrawn finding that this one corrects.';
comment on column findings.is_synthetic is 'Made up for the sample, not from a paper.';
