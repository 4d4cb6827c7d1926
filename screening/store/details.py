"""Details: everything that the database knows of one complex."""

from typing import Any

from sqlalchemy import Connection, text

from screening.evidence.identifier import read_identifier

_FIND = text("""
    select id from complex
    where (identifier = :given or lower(identifier) = :name or lower(compound_name) = :name
            or refcode = :refcode or left(refcode, 6) = :family
            or cod_id = :cod_id or ccdc_number = :ccdc_number)
        and (cast(:formula as text) is null or replace(formula, ' ', '') = :formula)
    order by identifier, id""")

_COMPLEX = text("""
    select c.id, c.identifier, c.refcode, c.cod_id, c.ccdc_number, c.doi, c.year, c.compound_name,
        c.formula, c.formula_sum, c.formula_moiety, c.metals, c.nuclearity, c.n_atoms,
        c.molar_mass, c.cell, c.space_group, c.temperature_k, c.r_factor, c.is_disordered,
        c.metal_disordered, c.is_synthetic, c.components, c.compound_id, k.key as compound_key,
        c.skeleton_key,
        (select array_agg(distinct o.identifier) from complex o where o.compound_id = c.compound_id
            and o.identifier <> c.identifier) as other_determinations
    from complex c join compound k on k.id = c.compound_id where c.id = :id""")

_SITES = text("""
    select label, element, coordination_number, donor_set, mean_distance, min_distance,
        max_distance, polyhedron, shape_measure, oxidation_state
    from metal_site where complex_id = :id order by atom_index""")

_SOURCES = text("""
    select f.name as file, s.block_name as block, s.line, s.notes, f.ingested_at
    from structure_complex l join structure s on s.id = l.structure_id
    join source_file f on f.id = s.source_file_id where l.complex_id = :id order by s.id""")

_FINDINGS = text("""
    select f.behaviour, f.sample, f.dc_field_oe, f.t_min_k, f.f_max_hz, f.ueff_k, f.tau0_s, f.fit,
        f.tb_k, f.tb_definition, f.note, p.doi, p.year, f.matched_by, f.is_synthetic
    from finding f left join publication p on p.id = f.publication_id
    where f.compound_id = :compound_id order by f.id""")

_LABELS = text("""
    select policy, policy_version, class as label, reason from label
    where compound_id = :compound_id order by policy, policy_version""")

_PREDICTIONS = text("""
    select v.name || ':' || v.version as model, p.score, p.spread, e.part as training_part,
        v.trained_on_synthetic,
        (select count(*) + 1 from prediction b where b.model_version_id = v.id
            and b.score > p.score) as rank,
        (select count(*) from prediction b where b.model_version_id = v.id) as scored
    from prediction p join model_version v on v.id = p.model_version_id
    left join training_example e on e.model_version_id = v.id and e.complex_id = p.complex_id
    where p.complex_id = :id order by v.id desc""")

_FAILURES = text("""
    select model || ':' || model_version as model, code, reason, failed_at
    from prediction_failures where complex_id = :id and not scored_since
    order by failed_at desc""")

_GRIDS = text("""
    select s.name as spec, g.n_clipped, length(g.blob) as n_bytes from voxel_grid g
    join voxel_spec s on s.id = g.spec_id where g.complex_id = :id order by s.id""")


def find_complexes(connection: Connection, given: str) -> list[int]:
    """Ids of complexes called *given*: refcode, family, COD id, CCDC number, block or name."""
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
    found = list(connection.scalars(_FIND, values))
    if not found and reading.family is not None:
        # No such determination, but perhaps others of the family.
        found = list(connection.scalars(_FIND, values | {"family": reading.family}))
    return found


def read_details(connection: Connection, complex_id: int) -> dict[str, Any]:
    """The complex, with lists of its sites, findings, predictions and all else that names it."""
    ids = {"id": complex_id}
    details = dict(connection.execute(_COMPLEX, ids).mappings().one())
    ids["compound_id"] = details["compound_id"]
    for name, query in (
        ("metal_sites", _SITES),
        ("sources", _SOURCES),
        ("findings", _FINDINGS),
        ("labels", _LABELS),
        ("predictions", _PREDICTIONS),
        ("prediction_failures", _FAILURES),
        ("voxel_grids", _GRIDS),
    ):
        wanted = {key: ids[key] for key in query.compile().params}
        details[name] = [dict(row) for row in connection.execute(query, wanted).mappings()]
    return details
