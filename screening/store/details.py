"""Details: everything that the database knows of one complex."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from screening.evidence.identifier import read_identifier

_FIND = """
    select id from complex
    where superseded_at is {} null and (
            identifier = :given or lower(identifier) = :name or lower(compound_name) = :name
            or refcode = :refcode or left(refcode, 6) = :family
            or cod_id = :cod_id or ccdc_number = :ccdc_number)
        and (cast(:formula as text) is null or replace(formula, ' ', '') = :formula)
    order by identifier, id"""
_FIND_CURRENT, _FIND_SUPERSEDED = text(_FIND.format("")), text(_FIND.format("not"))

_ROW = re.compile(r"row\s+(\d{1,18})", re.IGNORECASE)

_COMPLEX = text("""
    select c.id, c.identifier, c.refcode, c.cod_id, c.ccdc_number, c.doi, c.year, c.compound_name,
        c.formula, c.formula_sum, c.formula_moiety, c.metals, c.nuclearity, c.n_atoms,
        c.charge, c.charge_reason, c.ligand_classes, c.missing_hydrogens, c.molar_mass, c.cell,
        c.space_group, c.temperature_k, c.r_factor, c.is_disordered,
        c.metal_disordered, c.donor_disordered, c.is_synthetic, c.components, c.stated,
        c.compound_id, k.key as compound_key, c.skeleton_key, c.determination_key, c.content_key,
        c.created_at, c.superseded_at, c.superseded_by,
        (select array_agg(distinct o.identifier) from complex o where o.compound_id = c.compound_id
            and o.identifier <> c.identifier and o.superseded_at is null) as other_determinations,
        (select count(*) from complex o where o.skeleton_key = c.skeleton_key
            and o.compound_id <> c.compound_id and o.superseded_at is null) as isostructural
    from complex c join compound k on k.id = c.compound_id where c.id = :id""")

_SITES = text("""
    select label, element, coordination_number, donor_set, donor_groups, mean_distance,
        min_distance, max_distance, polyhedron, shape_measure, shape_note, bond_valence_sum,
        oxidation_state, oxidation_state_reason, d_count, f_count, is_kramers, anisotropy
    from metal_site where complex_id = :id order by atom_index""")

_LIGANDS = text("""
    select formula, classes, denticity, hapticity, n_metals, n_metals > 1 as is_bridging,
        donor_set, charge, smiles, smiles_note
    from ligand where complex_id = :id order by position""")

_FLAGS = text("""
    select f.rule, f.severity, f.reason, r.statement, r.source, r.exceptions
    from plausibility_flag f join plausibility_rule r on r.name = f.rule
    where f.complex_id = :id
    order by array_position(array['high', 'medium', 'soft', 'favourable', 'note'], f.severity),
        substr(f.rule, 2)::int""")

_NEAR_DUPLICATES = text("""
    select o.id, o.identifier, o.formula, d.reason
    from near_duplicate d
    join complex o on o.id in (d.complex_id, d.other_id) and o.id <> :id
    where (d.complex_id = :id or d.other_id = :id) and o.superseded_at is null
    order by o.identifier, o.id""")

_EARLIER = text("""
    with recursive earlier (id) as (
        select o.id from complex o where o.superseded_by = :id
        union
        select o.id from complex o join earlier on o.superseded_by = earlier.id)
    select c.id, c.identifier, c.formula, c.created_at, c.superseded_at
    from complex c join earlier using (id) order by c.id desc""")

_LATER = text("""
    with recursive later (id) as (
        select superseded_by from complex where id = :id
        union
        select c.superseded_by from complex c join later using (id))
    select c.id from complex c join later using (id) where c.superseded_at is null""")

_SOURCES = text("""
    select f.name as file, s.block_name as block, s.line, s.notes, f.ingested_at
    from structure_complex l join structure s on s.id = l.structure_id
    join source_file f on f.id = s.source_file_id
    where l.complex_id = :id
        and (s.superseded_at is null or :superseded)  -- where an old row was read from
    order by s.id""")

_FINDINGS = text("""
    select f.behaviour, f.sample, f.dc_field_oe, f.t_min_k, f.f_max_hz, f.ueff_k, f.tau0_s, f.fit,
        f.tb_k, f.tb_definition, f.note, p.doi, p.year, f.matched_by, f.is_synthetic
    from finding f left join publication p on p.id = f.publication_id
    where f.compound_id = :compound_id and f.withdrawn_at is null order by f.id""")

_LABELS = text("""
    select policy, policy_version, class as label, reason from label
    where compound_id = :compound_id order by policy, policy_version""")

_PREDICTIONS = text("""
    select v.name || ':' || v.version as model, v.target, v.at_least,
        v.card #>> '{target,description}' as target_description,
        coalesce(v.card #>> '{target,unit}', '') as unit, p.score, p.spread, p.distance,
        array_remove(array[
            case when not c.metals <@ array(
                select unnest(o.metals) from training_example t
                join complex o on o.id = t.complex_id
                where t.model_version_id = v.id and t.part = 'train'
                union
                select unnest(i.metals) from imported_example i
                where i.model_version_id = v.id and i.part = 'train') then 'unseen metal' end,
            case when g.n_clipped > 0 then 'clipped' end,
            case when p.distance > 1 then 'far' end], null) as out_of_domain,
        coalesce(e.part, i.part) as training_part, v.trained_on_synthetic,
        (select count(*) + 1 from prediction b join complex o on o.id = b.complex_id
            where b.model_version_id = v.id and b.score > p.score
                and o.superseded_at is null) as rank,
        (select count(*) from prediction b join complex o on o.id = b.complex_id
            where b.model_version_id = v.id and o.superseded_at is null) as scored
    from prediction p join model_version v on v.id = p.model_version_id
    join complex c on c.id = p.complex_id
    left join voxel_grid g on g.spec_id = v.spec_id and g.complex_id = c.id
    left join training_example e on e.model_version_id = v.id and e.complex_id = p.complex_id
    left join imported_example i on i.model_version_id = v.id and i.content_key = c.content_key
    where p.complex_id = :id order by v.id desc""")

_EXPLANATIONS = text("""
    select v.name || ':' || v.version as model, e.method, e.score, e.log_odds,
        (select json_agg(top) from (
            select number - 1 as atom_index, label, importance
            from unnest(c.atom_labels, e.atoms) with ordinality as a (label, importance, number)
            order by abs(importance) desc, number limit 5
        ) as top) as top_atoms
    from explanation e join model_version v on v.id = e.model_version_id
    join complex c on c.id = e.complex_id
    where e.complex_id = :id order by v.id desc, e.method desc""")

_FAILURES = text("""
    select model || ':' || model_version as model, code, reason, failed_at
    from prediction_failures where complex_id = :id and not scored_since
    order by failed_at desc""")

_GRIDS = text("""
    select s.name as spec, g.n_clipped, length(g.blob) as n_bytes from voxel_grid g
    join voxel_spec s on s.id = g.spec_id where g.complex_id = :id order by s.id""")


_LIST = text("""
    select id, identifier, formula, metals, space_group, temperature_k, doi
    from complex where id = any(cast(:ids as bigint[])) order by identifier, id""")


def find_complexes(connection: Connection, given: str, *, superseded: bool = False) -> list[int]:
    """Ids of complexes called *given*: refcode, family, COD id, CCDC number, block or name.

    superseded: not the current rows, but those whose place newer readings took. `row 12` is the
    row of that id, current or not.
    """
    row = _ROW.fullmatch(given.strip())
    if row is not None:
        query = text("select id from complex where id = :id")
        return list(connection.scalars(query, {"id": int(row.group(1))}))
    reading = read_identifier(given)
    values = {
        "given": given.strip(),
        "name": reading.name,
        "refcode": reading.refcode,
        "family": reading.family if reading.refcode == reading.family else None,
        "cod_id": reading.cod_id,
        "ccdc_number": reading.ccdc_number,
        "formula": reading.formula,
    }
    query = _FIND_SUPERSEDED if superseded else _FIND_CURRENT
    found = list(connection.scalars(query, values))
    if not found and reading.family is not None:
        # No such determination, but perhaps others of the family.
        found = list(connection.scalars(query, values | {"family": reading.family}))
    return found


def list_complexes(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What tells the complexes *ids* apart."""
    return [dict(row) for row in connection.execute(_LIST, {"ids": list(ids)}).mappings()]


def read_details(connection: Connection, complex_id: int) -> dict[str, Any]:
    """The complex, with lists of its sites, ligands, findings and all else that names it.

    earlier_readings: the rows whose place this one took; current_id: of the row that took the
    place of a superseded one (None: none did).
    """
    ids: dict[str, object] = {"id": complex_id}
    details = dict(connection.execute(_COMPLEX, ids).mappings().one())
    ids["compound_id"] = details["compound_id"]
    ids["superseded"] = details["superseded_at"] is not None
    details["current_id"] = connection.execute(_LATER, {"id": complex_id}).scalar_one_or_none()
    for name, query in (
        ("metal_sites", _SITES),
        ("ligands", _LIGANDS),
        ("plausibility", _FLAGS),
        ("near_duplicates", _NEAR_DUPLICATES),
        ("earlier_readings", _EARLIER),
        ("sources", _SOURCES),
        ("findings", _FINDINGS),
        ("labels", _LABELS),
        ("predictions", _PREDICTIONS),
        ("explanations", _EXPLANATIONS),
        ("prediction_failures", _FAILURES),
        ("voxel_grids", _GRIDS),
    ):
        wanted = {key: ids[key] for key in query.compile().params}
        details[name] = [dict(row) for row in connection.execute(query, wanted).mappings()]
    return details
