"""Store properties, read: which there are, what sources say, and of how many complexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text


def list_properties(connection: Connection) -> list[dict[str, Any]]:
    """All properties as rows with the keys `PROPERTY_FIELDS`, by name."""
    return [dict(row) for row in connection.execute(_LIST).mappings()]


PROPERTY_FIELDS = (
    "name",
    "kind",
    "unit",
    "stated",
    "matched",
    "waiting",
    "ambiguous",
    "withdrawn",
    "complexes",
    "contradicted",
    "disagreeing",
    "sources",
    "description",
    "defined_by",
    "defined_at",
)
"""The keys of the rows of `list_properties`.

stated, matched, waiting, ambiguous: statements of sources that count. withdrawn: those that do not.
complexes: that have a value here.
contradicted: those of them of which one source says two things under two identifiers.
disagreeing: those of which different sources say different things.
"""

_LIST = text("""
    with of_complex as (
        select property, complex_id, bool_or(is_contradicted) as is_contradicted,
            min(value) <> max(value) as is_disagreed
        from properties where complex_id is not null group by property, complex_id
    ), held as (
        select property, count(*) as complexes,
            count(*) filter (where is_contradicted) as contradicted,
            count(*) filter (where is_disagreed and not is_contradicted) as disagreeing
        from of_complex group by property
    ), said as (
        select property, count(distinct value_id) as stated,
            count(distinct value_id) filter (where state = 'matched') as matched,
            count(distinct value_id) filter (where state = 'waiting') as waiting,
            count(distinct value_id) filter (where state = 'ambiguous') as ambiguous,
            array_agg(distinct source) as sources
        from properties group by property
    ), gone as (
        select property_id, count(*) as withdrawn
        from property_value where withdrawn_at is not null group by property_id
    )
    select d.name, d.kind, d.unit, coalesce(s.stated, 0) as stated,
        coalesce(s.matched, 0) as matched, coalesce(s.waiting, 0) as waiting,
        coalesce(s.ambiguous, 0) as ambiguous, coalesce(g.withdrawn, 0) as withdrawn,
        coalesce(h.complexes, 0) as complexes,
        coalesce(h.contradicted, 0) as contradicted, coalesce(h.disagreeing, 0) as disagreeing,
        coalesce(s.sources, '{}') as sources, d.description, d.defined_by, d.defined_at
    from property_definition d
    left join said s on s.property = d.name
    left join held h on h.property = d.name
    left join gone g on g.property_id = d.id
    order by d.name""")


def list_values(
    connection: Connection,
    name: str,
    *,
    state: str | None = None,
    source: str | None = None,
    ids: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Values of a property as rows with the keys `VALUE_FIELDS`, in the order of entry.

    A value that belongs to several complexes of one compound is one row. state: matched, waiting,
    ambiguous or contradicted.
    """
    asked = {"property": name, "state": state, "source": source, "ids": ids and list(ids)}
    return [dict(row) for row in connection.execute(_VALUES, asked).mappings()]


STATED_FIELDS = ("value_id", "identifier", "value", "given")
"""What a source says."""
ORIGIN_FIELDS = (
    "source",
    "method",
    "of_file",
    "source_name",
    "source_row",
    "source_sha256",
    "entered_by",
    "entered_at",
)
"""Where a value comes from: source_name, source_row, source_sha256 of the table."""
VALUE_FIELDS = (
    *STATED_FIELDS,
    "state",
    "matched_by",
    "complex_ids",
    "fits",
    "is_contradicted",
    *ORIGIN_FIELDS,
)
"""The keys of the rows of `list_values`; complex_ids: of the complexes that it belongs to."""

_VALUES = text("""
    select value_id, identifier, value, given, state, min(matched_by) as matched_by,
        coalesce(array_agg(complex_id order by complex_id) filter (where complex_id is not null),
            '{}') as complex_ids,
        fits, bool_or(is_contradicted) as is_contradicted, source, method, of_file, source_name,
        source_row, source_sha256, entered_by, entered_at
    from properties
    where property = :property
        and (cast(:source as text) is null or source = :source)
        and (cast(:ids as bigint[]) is null or value_id = any(cast(:ids as bigint[])))
    group by value_id, identifier, value, given, state, fits, source, method, of_file,
        source_name, source_row, source_sha256, entered_by, entered_at
    having cast(:state as text) is null or state = :state
        or (:state = 'contradicted' and bool_or(is_contradicted))
    order by value_id""")


@dataclass(frozen=True, slots=True)
class NewMatches:
    """Values that belong to complexes which came last; shared: to others, too.

    ambiguous: all values that fit several compounds, and so belong to none.
    """

    values: int
    shared: int
    ambiguous: int


def newest_complex(connection: Connection) -> int:
    """The id that no complex here is above; 0 where there is none."""
    return int(connection.scalar(text("select coalesce(max(id), 0) from complex")) or 0)


def count_new_matches(connection: Connection, newest_before: int) -> NewMatches:
    """How many values belong to complexes above the id *newest_before*."""
    row = connection.execute(_NEW_MATCHES, {"before": newest_before}).one()
    return NewMatches(row.values, row.shared, row.ambiguous)


_NEW_MATCHES = text("""
    select count(*) filter (where is_new) as values,
        count(*) filter (where is_new and is_shared) as shared,
        count(*) filter (where state = 'ambiguous') as ambiguous
    from (
        select state, bool_or(complex_id > :before) as is_new, count(*) > 1 as is_shared
        from properties group by value_id, state
    ) as v""")


def values_of_complex(connection: Connection, complex_id: int) -> list[dict[str, Any]]:
    """What sources say of one complex: property, unit, value as given, source, method, matched_by.

    is_contradicted: its source also says otherwise of it.
    """
    return [dict(row) for row in connection.execute(_OF_COMPLEX, {"id": complex_id}).mappings()]


_OF_COMPLEX = text("""
    select p.property, d.unit, p.value, p.given, p.source, p.method, p.matched_by,
        p.is_contradicted
    from properties p join property_definition d on d.name = p.property
    where p.complex_id = :id order by p.property, p.value_id""")


def count_by_metal(connection: Connection, name: str) -> list[dict[str, Any]]:
    """Complexes that have a value, by metal: (metal, complexes, least, mean, most).

    metal: None for all; a complex with several metals counts under each.
    """
    return [dict(row) for row in connection.execute(_BY_METAL, {"property": name}).mappings()]


_BY_METAL = text("""
    with one as (
        select complex_id, metals, avg(value) as value
        from properties where property = :property and complex_id is not null
        group by complex_id, metals
    )
    select metal, count(*) as complexes, min(value) as least, avg(value) as mean,
        max(value) as most
    from (
        select null as metal, value from one
        union all
        select distinct_metal, value from one
            cross join lateral (select distinct unnest(metals)) as m (distinct_metal)
    ) as counted
    group by metal order by metal nulls last""")
