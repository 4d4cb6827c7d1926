"""Ranking: the scores of one model version in order, with what explains them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from screening.store.complex_columns import FORMULA_DIFFERS, IMPLAUSIBLE, SITES
from screening.store.filters import OWN_EXAMPLES, Filters

# What is only shown is asked for in the select list, where it is computed for the few rows that are
# fetched; what is joined is looked up for each row that the filters pass by.
_RANKED = f"""
    select c.id as complex_id, c.compound_id, c.identifier, c.refcode, c.cod_id, c.ccdc_number,
        c.doi, c.compound_name, c.formula, c.metals, c.nuclearity, c.ligand_classes, p.score,
        p.spread, p.distance,
        {SITES},
        coalesce(l.class, 'unlabelled') as label, l.reason as label_reason,
        coalesce(
            (select e.part from training_example e
                where e.model_version_id = v.id and e.complex_id = c.id),
            (with recursive earlier (id) as (
                select o.id from complex o where o.superseded_by = c.id
                union
                select o.id from complex o join earlier on o.superseded_by = earlier.id)
            select e.part from training_example e join earlier on earlier.id = e.complex_id
                where e.model_version_id = v.id limit 1),
            (select i.part from imported_example i
                where i.model_version_id = v.id and i.content_key = c.content_key)
        ) as training_part,
        c.is_disordered, c.metal_disordered, c.donor_disordered, c.missing_hydrogens,
        c.cell is not null as has_crystal, c.is_synthetic, c.temperature_k, c.r_factor,
        (select g.n_clipped from voxel_grid g
            where g.spec_id = v.spec_id and g.complex_id = c.id) as n_clipped,
        {IMPLAUSIBLE}, {FORMULA_DIFFERS}
    from prediction p
    join complex c on c.id = p.complex_id and c.superseded_at is null
    join model_version v on v.id = p.model_version_id
    left join label l on l.compound_id = c.compound_id and l.policy = v.policy
    where p.model_version_id = :version_id"""  # noqa: S608 - fixed columns


def ranked(connection: Connection, version_id: int, filters: Filters) -> Iterator[dict[str, Any]]:
    """Best score first (ties by complex id), streamed: who reads ten rows fetches few more."""
    conditions, values = filters.sql()
    query = text(f"{_RANKED}{conditions} order by p.score desc, p.complex_id")
    streaming = connection.execution_options(stream_results=True, max_row_buffer=200)
    with streaming.execute(query, {"version_id": version_id} | values) as result:
        for row in result.mappings():
            yield dict(row)


def count_labelled(connection: Connection, version_id: int, filters: Filters) -> int:
    """How many scored compounds that match the filters have a label already."""
    conditions, values = filters.sql()
    query = text(f"""
        select count(distinct c.compound_id) from prediction p
        join complex c on c.id = p.complex_id and c.superseded_at is null
        join model_version v on v.id = p.model_version_id
        join label l on l.compound_id = c.compound_id and l.policy = v.policy
            and l.class in ('positive', 'negative')
        where p.model_version_id = :version_id{conditions}""")  # noqa: S608 - fixed conditions
    return int(connection.execute(query, {"version_id": version_id} | values).scalar_one())


def count_examples(connection: Connection, version_id: int, filters: Filters) -> int:
    """How many scored complexes that match the filters are examples of the version."""
    conditions, values = filters.sql()
    query = text(f"""
        select count(*) from ({OWN_EXAMPLES}) own
        join complex c on c.id = own.id and c.superseded_at is null
        join prediction p on p.model_version_id = :version_id and p.complex_id = c.id
        join model_version v on v.id = p.model_version_id
        left join label l on l.compound_id = c.compound_id and l.policy = v.policy
        where true{conditions}""")  # noqa: S608 - fixed conditions
    return int(connection.execute(query, {"version_id": version_id} | values).scalar_one())


def has_scored(connection: Connection, version_id: int, *, synthetic: bool) -> bool:
    """Whether the version has scored a real, or a synthetic, complex that is current."""
    query = text("""
        select exists (
            select from complex c
            join prediction p on p.complex_id = c.id and p.model_version_id = :version_id
            where c.is_synthetic = :synthetic and c.superseded_at is null)""")
    values = {"version_id": version_id, "synthetic": synthetic}
    return bool(connection.execute(query, values).scalar_one())


def known_ligand_classes(connection: Connection) -> list[str]:
    """The ligand classes of all current complexes, sorted."""
    query = text("""
        select distinct unnest(ligand_classes) as class from complex
        where superseded_at is null order by class""")
    return list(connection.scalars(query))


def has_ligand_class(connection: Connection, name: str) -> bool:
    """Whether a current complex has a ligand of exactly this class."""
    query = text("""
        select exists (select from complex
            where ligand_classes @> array[cast(:name as text)] and superseded_at is null)""")
    return bool(connection.execute(query, {"name": name}).scalar_one())


def training_metals(connection: Connection, version_id: int) -> frozenset[str]:
    """The metals that the version saw in its training part."""
    query = text("""
        select unnest(c.metals) from training_example e
        join complex c on c.id = e.complex_id
        where e.model_version_id = :version_id and e.part = 'train'
        union
        select unnest(metals) from imported_example
        where model_version_id = :version_id and part = 'train'""")
    return frozenset(connection.scalars(query, {"version_id": version_id}))


def scored_versions(connection: Connection) -> list[str]:
    """`name:version` of all that have scored something, by name and version."""
    query = text("""
        select v.name || ':' || v.version from model_version v
        where exists (select from prediction p where p.model_version_id = v.id)
        order by v.name, v.version""")
    return list(connection.scalars(query))


def last_scored_version(connection: Connection) -> int | None:
    """Id of the version whose run wrote a score last."""
    query = text("""
        select model_version_id from screening_run r
        where exists (select from prediction p where p.run_id = r.id)
        order by id desc limit 1""")
    return connection.execute(query).scalar_one_or_none()
