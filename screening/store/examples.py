"""Examples: the labelled complexes that a network can be trained on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection as DriverConnection
from psycopg.rows import class_row
from sqlalchemy import Connection, text

_EXAMPLES = """
    select c.id as complex_id, c.content_key, c.identifier, g.blob,
        l.class = 'positive' as is_positive, c.compound_id, c.skeleton_key, c.doi, c.year,
        left(c.refcode, 6) as refcode_family, c.ligand_classes,
        c.atomic_numbers, c.positions, c.bonds,
        array(select s.element from metal_site s where s.complex_id = c.id order by s.element)
            as metals,
        array(select f.severity from plausibility_flag f where f.complex_id = c.id order by f.rule)
            as severities
    from label l
    join complex c on c.compound_id = l.compound_id and c.superseded_at is null
    join voxel_grid g on g.complex_id = c.id and g.spec_id = %(spec_id)s
    where l.policy = %(policy)s and l.policy_version = %(policy_version)s
        and l.class in ('positive', 'negative') and c.is_synthetic = %(synthetic)s
    order by c.id"""


@dataclass(frozen=True, slots=True)
class LabelledComplex:
    """A complex with its voxel blob, its class under a policy and what splits and baselines need.

    metals: the element of every metal site, repeats kept; severities: of its plausibility flags.
    atomic_numbers: of n atoms; positions: their 3 n coordinates in angstrom; bonds: pairs of atoms
    end to end.
    """

    complex_id: int
    content_key: str
    identifier: str
    blob: bytes
    is_positive: bool
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


def labelled_complexes(
    connection: Connection, *, policy: str, policy_version: int, spec_id: int, synthetic: bool
) -> list[LabelledComplex]:
    """Complexes whose compound is positive or negative; real and synthetic never together."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, DriverConnection)
    with driver.cursor(binary=True, row_factory=class_row(LabelledComplex)) as cursor:
        return cursor.execute(
            _EXAMPLES,
            {
                "policy": policy,
                "policy_version": policy_version,
                "spec_id": spec_id,
                "synthetic": synthetic,
            },
        ).fetchall()


def count_labelled_by_origin(
    connection: Connection, policy: str, policy_version: int
) -> dict[bool, int]:
    """How many labelled complexes there are, by whether they are synthetic."""
    query = text("""
        select c.is_synthetic, count(*) from label l
        join complex c on c.compound_id = l.compound_id and c.superseded_at is null
        where l.policy = :policy and l.policy_version = :version
            and l.class in ('positive', 'negative') group by c.is_synthetic""")
    rows = connection.execute(query, {"policy": policy, "version": policy_version})
    return {False: 0, True: 0} | {row[0]: row[1] for row in rows}


def snapshot_digest(examples: Sequence[LabelledComplex]) -> str:
    """sha256 of the exact data: content key and class of every example."""
    lines = sorted(f"{e.content_key} {int(e.is_positive)}\n" for e in examples)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
