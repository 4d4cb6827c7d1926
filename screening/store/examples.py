"""Examples: complexes with a grid and the answer to a target, which networks learn from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from psycopg import Connection as DriverConnection
from psycopg.rows import class_row
from sqlalchemy import Connection

from screening.evidence.property_value import Kind
from screening.store.targets import Target

# Each gives the complexes with an answer, and the answer.
_ANSWERS_BY_LABEL = """
    select c.id as complex_id, (l.class = 'positive')::integer::float8 as answer
    from label l
    join complex c on c.compound_id = l.compound_id and c.superseded_at is null
    where l.policy = %(policy)s and l.policy_version = %(policy_version)s
        and l.class in ('positive', 'negative')"""

# Where sources, or one source, say both yes and no, there is no answer.
_ANSWERS_BY_PROPERTY = """
    select complex_id,
        bool_and(value >= coalesce(%(at_least)s::float8, 1))::integer::float8 as answer
    from properties
    where property = %(target)s and complex_id is not null
        and (%(property_source)s::text is null or source = %(property_source)s)
    group by complex_id
    having bool_and(value >= coalesce(%(at_least)s::float8, 1))
        = bool_or(value >= coalesce(%(at_least)s::float8, 1))"""

# Where sources, or one source, say several numbers, there is no answer.
_ANSWERS_BY_NUMBER = """
    select complex_id, min(value) as answer
    from properties
    where property = %(target)s and complex_id is not null
        and (%(property_source)s::text is null or source = %(property_source)s)
    group by complex_id
    having min(value) = max(value)"""

# All that a version was trained or tested on. Of one that was trained elsewhere: what is here.
_SNAPSHOT = """
    select complex_id, answer, part from training_example
    where model_version_id = %(version_id)s
    union all
    select c.id, i.answer, i.part from imported_example i
    join complex c on c.content_key = i.content_key and c.superseded_at is null
    where i.model_version_id = %(version_id)s"""

_GIVEN = """
    select unnest(%(ids)s::bigint[]) as complex_id, unnest(%(answers)s::float8[]) as answer"""

_EXAMPLES = """
    with answer as materialized ({answers})
    select c.id as complex_id, c.content_key, c.identifier, g.blob, a.answer,
        c.compound_id, c.skeleton_key, c.doi, c.year, left(c.refcode, 6) as refcode_family,
        c.ligand_classes, c.atomic_numbers, c.positions, c.bonds,
        array(select s.element from metal_site s where s.complex_id = c.id order by s.element)
            as metals,
        array(select f.severity from plausibility_flag f where f.complex_id = c.id order by f.rule)
            as severities
    from answer a
    join complex c on c.id = a.complex_id
    join voxel_grid g on g.complex_id = c.id and g.spec_id = %(spec_id)s
    where c.is_synthetic = %(synthetic)s
    order by c.id"""


@dataclass(frozen=True, slots=True)
class LabelledComplex:
    """A complex with its voxel blob, its answer and what splits and baselines need.

    answer: 1 or 0 for a yes or no, else a number in the unit of the property.
    metals: the element of every metal site, repeats kept; severities: of its plausibility flags.
    atomic_numbers: of n atoms; positions: their 3 n coordinates in angstrom; bonds: pairs of atoms
    end to end.
    """

    complex_id: int
    content_key: str
    identifier: str
    blob: bytes
    answer: float
    compound_id: int
    skeleton_key: str
    refcode_family: str | None
    doi: str | None
    year: int | None
    ligand_classes: list[str]
    atomic_numbers: list[int]
    positions: list[float]
    bonds: list[int]
    metals: list[str]
    severities: list[str]


def examples_of(
    connection: Connection, target: Target, spec_id: int, *, synthetic: bool = False
) -> list[LabelledComplex]:
    """Complexes with an answer to *target*, by id; real and synthetic never together."""
    values = target.columns() | {"spec_id": spec_id, "synthetic": synthetic}
    return _read(connection, _answers(target), values)


def snapshot_of(connection: Connection, version_id: int) -> dict[int, tuple[str, float]]:
    """The part and the answer of each complex that a version was trained or tested on, by its id.

    Of a version that was trained elsewhere only those that this database holds too.
    """
    with _driver(connection).cursor() as cursor:
        rows = cursor.execute(_SNAPSHOT, {"version_id": version_id}).fetchall()
    return {complex_id: (part, answer) for complex_id, answer, part in rows}


def examples_with(
    connection: Connection, answers: Mapping[int, float], spec_id: int, *, synthetic: bool
) -> list[LabelledComplex]:
    """Complexes whose *answers* are known already, by id; those without a grid are left out."""
    values = {
        "ids": list(answers),
        "answers": list(answers.values()),
        "spec_id": spec_id,
        "synthetic": synthetic,
    }
    return _read(connection, _GIVEN, values)


def answers_to(connection: Connection, target: Target) -> dict[int, float]:
    """The answer of each complex that has one, with or without a grid, by its id."""
    with _driver(connection).cursor() as cursor:
        return dict(cursor.execute(_answers(target), target.columns()).fetchall())


def count_by_origin(connection: Connection, target: Target) -> dict[bool, int]:
    """How many complexes have an answer to *target*, by whether they are synthetic."""
    query = f"""
        with answer as ({_answers(target)})
        select c.is_synthetic, count(*) from answer a join complex c on c.id = a.complex_id
        group by c.is_synthetic"""  # noqa: S608 - one of the texts above
    with _driver(connection).cursor() as cursor:
        return {False: 0, True: 0} | dict(cursor.execute(query, target.columns()).fetchall())


class Answered(Protocol):
    """One example of a snapshot."""

    @property
    def content_key(self) -> str: ...
    @property
    def answer(self) -> float: ...


def snapshot_digest(examples: Sequence[Answered]) -> str:
    """sha256 of the exact data: content key and answer of every example, to the bit."""
    lines = sorted(f"{e.content_key} {e.answer:.17g}\n" for e in examples)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _answers(target: Target) -> str:
    if target.policy is not None:
        return _ANSWERS_BY_LABEL
    return _ANSWERS_BY_NUMBER if target.kind is Kind.NUMERIC else _ANSWERS_BY_PROPERTY


def _read(
    connection: Connection, answers: str, values: Mapping[str, object]
) -> list[LabelledComplex]:
    row_factory = class_row(LabelledComplex)
    with _driver(connection).cursor(binary=True, row_factory=row_factory) as cursor:
        return cursor.execute(_EXAMPLES.format(answers=answers), values).fetchall()


def _driver(connection: Connection) -> DriverConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, DriverConnection)
    return driver
