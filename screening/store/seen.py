"""Seen: which complexes a model version knows, or is tied to by what it learned from."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

OWN: Final = "its own examples"
TIES: Final = ("compound", "refcode family", "paper", "isostructural skeleton")
"""What a complex may share with those that a version learned from, the closest first."""


def seen_by(connection: Connection, version_id: int, complex_ids: Sequence[int]) -> dict[int, str]:
    """Which of *complex_ids* the version knows, and how: `OWN`, or the closest of `TIES`.

    Its own are the examples of all its parts, and what was read in their place before or after.
    Tied is what shares a tie with an example of its training or validation part. Of a version that
    was trained elsewhere, compounds and skeletons are known, papers and families are not.
    """
    values = {"version": version_id, "ids": list(complex_ids)}
    return {row.id: row.tie for row in connection.execute(_SEEN, values)}


_SEEN = text(f"""
    with recursive reading (id) as (
        select complex_id from training_example where model_version_id = :version
        union
        select other.id
        from reading r
        cross join lateral (
            select superseded_by as id from complex where id = r.id and superseded_by is not null
            union all
            select id from complex where superseded_by = r.id
        ) other
    ), learned as materialized (
        select k.key as compound, c.skeleton_key as skeleton, left(c.refcode, 6) as family,
            lower(c.doi) as paper
        from training_example e
        join complex c on c.id = e.complex_id
        join compound k on k.id = c.compound_id
        where e.model_version_id = :version and e.part in ('train', 'validation')
        union
        select compound_key, skeleton_key, null, null from imported_example
        where model_version_id = :version and part in ('train', 'validation')
    ), asked as (
        select c.id, c.content_key, k.key as compound, c.skeleton_key as skeleton,
            left(c.refcode, 6) as family, lower(c.doi) as paper
        from complex c join compound k on k.id = c.compound_id
        where c.id = any(cast(:ids as bigint[]))
    ), tied as (
        select a.id, case
            when a.id in (select id from reading) or exists (
                select from imported_example i
                where i.model_version_id = :version and i.content_key = a.content_key)
                then '{OWN}'
            when a.compound in (select compound from learned) then '{TIES[0]}'
            when a.family in (select family from learned where family is not null)
                then '{TIES[1]}'
            when a.paper in (select paper from learned where paper is not null) then '{TIES[2]}'
            when a.skeleton in (select skeleton from learned) then '{TIES[3]}'
        end as tie
        from asked a
    )
    select id, tie from tied where tie is not null""")  # noqa: S608 - fixed words
