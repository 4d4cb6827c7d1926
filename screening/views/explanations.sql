create view explanations as
select
    v.name as model,
    v.version as model_version,
    e.method,
    e.complex_id,
    c.identifier,
    c.refcode,
    (a.number - 1)::integer as atom_index,
    a.label,
    a.atomic_number,
    c.positions[3 * a.number - 2] as x,
    c.positions[3 * a.number - 1] as y,
    c.positions[3 * a.number] as z,
    near.distance as metal_distance,
    l.position as ligand_position,
    a.importance,
    a.spread,
    rank() over (partition by e.id order by abs(a.importance) desc) as rank,
    e.score,
    e.log_odds,
    e.looks,
    c.is_synthetic,
    v.trained_on_synthetic,
    e.created_at as explained_at
from explanation as e
join model_version as v on v.id = e.model_version_id
join complex as c on c.id = e.complex_id and c.superseded_at is null
cross join lateral unnest(e.atoms, e.spreads, c.atom_labels, c.atomic_numbers)
    with ordinality as a (importance, spread, label, atomic_number, number)
left join ligand as l on l.complex_id = c.id and (a.number - 1)::smallint = any (l.atoms)
left join lateral (
    select min(sqrt(
        (c.positions[3 * a.number - 2] - c.positions[3 * s.atom_index + 1]) ^ 2
        + (c.positions[3 * a.number - 1] - c.positions[3 * s.atom_index + 2]) ^ 2
        + (c.positions[3 * a.number] - c.positions[3 * s.atom_index + 3]) ^ 2
    )) as distance
    from metal_site as s
    where s.complex_id = c.id
) as near on true;

comment on view explanations is 'How much each atom moves what a model version says of a complex: a row an atom.';
comment on column explanations.method is 'occlusion: the atom is taken away and the grid drawn again. gradients: integrated gradients from the empty box, summed over the voxels of the atom.';
comment on column explanations.atom_index is 'Of the atom in its complex, from 0.';
comment on column explanations.x is 'Angstrom, as stored with the complex.';
comment on column explanations.y is 'Angstrom.';
comment on column explanations.z is 'Angstrom.';
comment on column explanations.metal_distance is 'To the nearest metal site, angstrom; 0: a metal site itself.';
comment on column explanations.ligand_position is 'Of the ligand that holds the atom (view ligands); empty: none does.';
comment on column explanations.importance is 'Natural log of odds, mean over looks; above 0: the atom raises the score. 0 exactly: the network does not see the atom.';
comment on column explanations.spread is 'Standard deviation of the importance over looks; 0 where there is one look.';
comment on column explanations.rank is 'By size of the importance, within one explanation.';
comment on column explanations.score is 'What the version says of the whole complex.';
comment on column explanations.log_odds is 'Of the whole complex, mean over looks.';
comment on column explanations.looks is 'Networks of the version times its views of the complex.';
comment on column explanations.is_synthetic is 'The complex was made by a program, not measured.';
comment on column explanations.trained_on_synthetic is 'The model has seen synthetic complexes.';
