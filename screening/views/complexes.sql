create view complexes as
select
    c.id as complex_id,
    c.compound_id,
    c.identifier,
    c.refcode,
    c.cod_id,
    c.ccdc_number,
    c.doi,
    c.year,
    c.compound_name,
    c.formula,
    c.metals,
    c.nuclearity,
    c.n_atoms,
    c.molar_mass,
    c.formula_sum,
    c.formula_moiety,
    c.components,
    c.space_group,
    c.temperature_k,
    c.r_factor,
    c.is_disordered,
    c.metal_disordered,
    c.is_synthetic,
    c.created_at
from complex as c;

comment on view complexes is 'One molecule from one determination.';
comment on column complexes.compound_id is 'Complexes with the same number are determinations of one compound.';
comment on column complexes.identifier is 'Refcode, else COD id, else CCDC number, else the name of the data block.';
comment on column complexes.formula is 'Of the molecule alone, solvent and counter-ions left out.';
comment on column complexes.metals is 'Element symbols; test with: ''Dy'' = any (metals).';
comment on column complexes.nuclearity is 'Number of metal atoms.';
comment on column complexes.molar_mass is 'g/mol.';
comment on column complexes.formula_sum is 'As the file gives it.';
comment on column complexes.formula_moiety is 'As the file gives it.';
comment on column complexes.components is 'Solvent molecules and counter-ions of the crystal: formula, count per cell, kind.';
comment on column complexes.temperature_k is 'Of the diffraction measurement.';
comment on column complexes.is_disordered is 'Some atom of the molecule is disordered; the major part was kept.';
comment on column complexes.metal_disordered is 'A metal is disordered.';
comment on column complexes.is_synthetic is 'Made by a program, not measured.';
