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
    c.charge,
    c.charge_reason,
    c.ligand_classes,
    c.n_atoms,
    c.missing_hydrogens,
    c.molar_mass,
    c.formula_sum,
    c.formula_moiety,
    c.components,
    c.cell is not null as has_crystal,
    c.space_group,
    c.temperature_k,
    c.r_factor,
    c.is_disordered,
    c.metal_disordered,
    c.donor_disordered,
    c.stated,
    c.is_synthetic,
    c.skeleton_key,
    c.created_at
from complex as c
where c.superseded_at is null;

comment on view complexes is 'One molecule from one determination, or from a file without a crystal, by its newest reading.';
comment on column complexes.compound_id is 'Complexes with the same number are determinations of one compound.';
comment on column complexes.identifier is 'Refcode, else COD id, else CCDC number, else the name of the data block.';
comment on column complexes.formula is 'Of the molecule alone, solvent and counter-ions left out.';
comment on column complexes.metals is 'Element symbols; test with: ''Dy'' = any (metals).';
comment on column complexes.nuclearity is 'Number of metal atoms.';
comment on column complexes.charge is 'Of the molecule, e; empty: not known.';
comment on column complexes.charge_reason is 'From what the charge is known.';
comment on column complexes.ligand_classes is 'All classes of its ligands; test with: ''salen-type'' = any (ligand_classes).';
comment on column complexes.missing_hydrogens is 'Hydrogens that the formula of the file has and its atoms lack; empty: not known.';
comment on column complexes.molar_mass is 'g/mol.';
comment on column complexes.formula_sum is 'As the file gives it.';
comment on column complexes.formula_moiety is 'As the file gives it.';
comment on column complexes.components is 'Solvent molecules and counter-ions of the crystal: formula, count per cell, kind.';
comment on column complexes.has_crystal is 'False: from a file of molecules, computed or drawn, such as xyz.';
comment on column complexes.temperature_k is 'Of the diffraction measurement.';
comment on column complexes.is_disordered is 'Some atom of the molecule is disordered; the major part was kept.';
comment on column complexes.metal_disordered is 'A metal is disordered.';
comment on column complexes.donor_disordered is 'An atom that binds a metal is disordered.';
comment on column complexes.stated is 'What else the file says of the molecule: the key=value pairs of an xyz comment, the oxidation number of an atom type of a CIF.';
comment on column complexes.skeleton_key is 'The same for isostructural molecules: one connectivity, in which all lanthanides and yttrium are one element, and all halogens one.';
comment on column complexes.is_synthetic is 'Made by a program, not measured.';
