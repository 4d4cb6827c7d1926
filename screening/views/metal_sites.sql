create view metal_sites as
select
    s.complex_id,
    c.identifier,
    c.refcode,
    s.label,
    s.element,
    s.coordination_number,
    s.donor_set,
    s.mean_distance,
    s.min_distance,
    s.max_distance,
    s.polyhedron,
    s.shape_measure,
    s.oxidation_state,
    s.oxidation_state_reason,
    c.metal_disordered,
    c.is_synthetic
from metal_site as s
join complex as c on c.id = s.complex_id;

comment on view metal_sites is 'One metal of a complex and what surrounds it.';
comment on column metal_sites.label is 'Atom-site label in the CIF.';
comment on column metal_sites.donor_set is 'Donor atoms, such as N2O6.';
comment on column metal_sites.mean_distance is 'Metal to donor, angstrom.';
comment on column metal_sites.min_distance is 'Metal to donor, angstrom.';
comment on column metal_sites.max_distance is 'Metal to donor, angstrom.';
comment on column metal_sites.polyhedron is 'The nearest ideal polyhedron; empty: this version does not compute it yet.';
comment on column metal_sites.shape_measure is 'Continuous shape measure to that polyhedron, 0 is ideal; empty: this version does not compute it yet.';
comment on column metal_sites.oxidation_state is 'A hint, the reason beside it says from what; empty: this version does not compute it yet.';
comment on column metal_sites.is_synthetic is 'Made by a program, not measured.';
