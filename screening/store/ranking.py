"""Ranking: the scores of one model version in order, with what explains them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

_RANKED = """
    select c.id as complex_id, c.compound_id, c.identifier, c.refcode, c.cod_id, c.ccdc_number,
        c.doi, c.compound_name, c.formula, c.metals, c.nuclearity, p.score, p.spread,
        (select string_agg(site, '; ' order by site) from (
            select case when count(*) > 1 then count(*) || ' ' else '' end || s.element || ' CN '
                || s.coordination_number || ' ' || s.donor_set as site
            from metal_site s where s.complex_id = c.id
            group by s.element, s.coordination_number, s.donor_set) sites) as sites,
        coalesce(l.class, 'unlabelled') as label, l.reason as label_reason,
        e.part as training_part, c.is_disordered, c.metal_disordered, c.is_synthetic,
        c.temperature_k, c.r_factor, g.n_clipped,
        exists (select from structure_complex x join structure s on s.id = x.structure_id
            where x.complex_id = c.id and s.notes like '%sum formula%') as formula_differs
    from prediction p
    join complex c on c.id = p.complex_id
    join model_version v on v.id = p.model_version_id
    join voxel_grid g on g.spec_id = v.spec_id and g.complex_id = c.id
    left join label l on l.compound_id = c.compound_id and l.policy = v.policy
        and l.policy_version = v.policy_version
    left join training_example e on e.model_version_id = v.id and e.complex_id = c.id
    where p.model_version_id = :version_id"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a candidate must be; None and empty ask nothing.

    metals: all of these elements are in the complex.
    synthetic: True only synthetic complexes, False only real ones.
    ordered_metals: no complex whose metal is disordered.
    labelled: also complexes that have a positive or negative label.
    """

    metals: Sequence[str] = ()
    coordination_number: int | None = None
    min_nuclearity: int | None = None
    max_nuclearity: int | None = None
    min_score: float | None = None
    ordered_metals: bool = False
    synthetic: bool | None = None
    labelled: bool = True

    def sql(self) -> tuple[str, dict[str, Any]]:
        """The conditions and their values."""
        conditions = {
            "c.metals @> cast(:metals as text[])": ("metals", list(self.metals) or None),
            "exists (select from metal_site s where s.complex_id = c.id"
            " and s.coordination_number = :cn)": ("cn", self.coordination_number),
            "c.nuclearity >= :min_nuclearity": ("min_nuclearity", self.min_nuclearity),
            "c.nuclearity <= :max_nuclearity": ("max_nuclearity", self.max_nuclearity),
            "p.score >= :min_score": ("min_score", self.min_score),
            "c.metal_disordered <> :ordered": ("ordered", self.ordered_metals or None),
            "c.is_synthetic = :synthetic": ("synthetic", self.synthetic),
        }
        wanted = {sql: pair for sql, pair in conditions.items() if pair[1] is not None}
        values = dict(wanted.values())
        if not self.labelled:
            wanted["coalesce(l.class, '') not in ('positive', 'negative')"] = ("", None)
        return "".join(f" and {sql}" for sql in wanted), values


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
        join complex c on c.id = p.complex_id
        join model_version v on v.id = p.model_version_id
        join label l on l.compound_id = c.compound_id and l.policy = v.policy
            and l.policy_version = v.policy_version and l.class in ('positive', 'negative')
        where p.model_version_id = :version_id{conditions}""")  # noqa: S608 - fixed conditions
    return int(connection.execute(query, {"version_id": version_id} | values).scalar_one())


def count_scored(connection: Connection, version_id: int) -> tuple[int, int]:
    """How many complexes the version has scored: (real, synthetic)."""
    query = text("""
        select count(*) filter (where not c.is_synthetic), count(*) filter (where c.is_synthetic)
        from prediction p join complex c on c.id = p.complex_id
        where p.model_version_id = :version_id""")
    real, synthetic = connection.execute(query, {"version_id": version_id}).one()
    return real, synthetic


def training_metals(connection: Connection, version_id: int) -> frozenset[str]:
    """The metals that the version saw in its training part."""
    query = text("""
        select distinct unnest(c.metals) from training_example e
        join complex c on c.id = e.complex_id
        where e.model_version_id = :version_id and e.part = 'train'""")
    return frozenset(connection.scalars(query, {"version_id": version_id}))


def last_scored_version(connection: Connection) -> int | None:
    """Id of the version whose run wrote a score last."""
    query = text("""
        select model_version_id from screening_run r
        where exists (select from prediction p where p.run_id = r.id)
        order by id desc limit 1""")
    return connection.execute(query).scalar_one_or_none()
