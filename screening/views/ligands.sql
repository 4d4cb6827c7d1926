create view ligands as
select
    l.complex_id,
    c.identifier,
    c.refcode,
    l.position,
    l.formula,
    l.classes,
    l.denticity,
    l.hapticity,
    l.n_metals,
    l.n_metals > 1 as is_bridging,
    l.donor_set,
    l.charge,
    l.smiles,
    l.smiles_note,
    c.is_synthetic
from ligand as l
join complex as c on c.id = l.complex_id
where c.superseded_at is null;

comment on view ligands is 'One ligand of a complex: what is left together when the bonds to metals are cut.';
comment on column ligands.position is 'Of the ligand in its complex.';
comment on column ligands.formula is 'As bound, in Hill order.';
comment on column ligands.classes is 'What a chemist calls it; test with: ''salen-type'' = any (classes).';
comment on column ligands.denticity is 'Donors to the metal that it binds most; a side-on group counts once.';
comment on column ligands.hapticity is 'Largest number of neighbouring donors to one metal; 1: no side-on group.';
comment on column ligands.n_metals is 'Metals that it binds.';
comment on column ligands.donor_set is 'Its donor atoms, such as N2O2.';
comment on column ligands.charge is 'Of the free ligand, e; empty: not known.';
comment on column ligands.smiles is 'Of the free ligand; empty: smiles_note says why.';
comment on column ligands.smiles_note is 'Why there is no SMILES, or what to know of it.';
comment on column ligands.is_synthetic is 'Made by a program, not measured.';
