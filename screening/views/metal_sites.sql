create view metal_sites as
select
    s.complex_id,
    c.identifier,
    c.refcode,
    s.label,
    s.element,
    s.coordination_number,
    s.donor_set,
    s.donor_groups,
    s.mean_distance,
    s.min_distance,
    s.max_distance,
    s.polyhedron,
    s.shape_measure,
    s.shape_note,
    s.bond_valence_sum,
    s.oxidation_state,
    s.oxidation_state_reason,
    s.d_count,
    s.f_count,
    s.is_kramers,
    s.anisotropy,
    c.metal_disordered,
    c.donor_disordered,
    c.is_synthetic
from metal_site as s
join complex as c on c.id = s.complex_id
where c.superseded_at is null;

comment on view metal_sites is 'One metal of a complex and what surrounds it.';
comment on column metal_sites.label is 'Atom-site label in the CIF.';
comment on column metal_sites.coordination_number is 'Bonded atoms that are no metal; each carbon of a side-on ligand counts.';
comment on column metal_sites.donor_set is 'Donor atoms, such as N2O6.';
comment on column metal_sites.donor_groups is 'Donor atoms ligand by ligand, such as N2O2 + 2 O.';
comment on column metal_sites.mean_distance is 'Metal to donor, angstrom.';
comment on column metal_sites.min_distance is 'Metal to donor, angstrom.';
comment on column metal_sites.max_distance is 'Metal to donor, angstrom.';
comment on column metal_sites.polyhedron is 'SHAPE code of the nearest ideal polyhedron, such as SAPR-8; empty: shape_note says why.';
comment on column metal_sites.shape_measure is 'Continuous shape measure to that polyhedron, 0 is ideal.';
comment on column metal_sites.shape_note is 'Why there is no polyhedron, or what to know of it.';
comment on column metal_sites.bond_valence_sum is 'Valence units; empty: no parameters for a bond.';
comment on column metal_sites.oxidation_state is 'A hint, the reason beside it says from what; empty: not known.';
comment on column metal_sites.oxidation_state_reason is 'From what the oxidation state is known, or why it is not.';
comment on column metal_sites.d_count is 'd electrons of the ion in that oxidation state.';
comment on column metal_sites.f_count is 'f electrons of the ion in that oxidation state.';
comment on column metal_sites.is_kramers is 'Odd number of electrons in the open shell.';
comment on column metal_sites.anisotropy is 'Of a lanthanide ion: oblate, prolate, isotropic, diamagnetic, or none (J = 0); of another ion only diamagnetic, where its shell is closed or empty.';
comment on column metal_sites.metal_disordered is 'A metal of the complex is disordered.';
comment on column metal_sites.donor_disordered is 'An atom that binds a metal of the complex is disordered.';
comment on column metal_sites.is_synthetic is 'Made by a program, not measured.';
