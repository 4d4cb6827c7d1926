"""Store predictions: what is left to score, the grids to score, and the scores."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection as DriverConnection
from sqlalchemy import Connection, text

from screening.errors import IntegrityError
from screening.store.copy import copy_rows
from screening.store.key_ranges import KeyRanges
from screening.store.number_array import load_number_arrays

Atoms = tuple[NDArray[np.int16], NDArray[np.float32]]

SCORE_TOLERANCE = 1e-4
"""Two scores of one complex by one version may differ by so much between devices and batches.

Probabilities; of numbers by so much of the standard deviation of what was learned.
"""


class PredictionValues(NamedTuple):
    """One score as stored; spread and distance as in `network.predictor.Scores`."""

    complex_id: int
    score: float
    spread: float | None
    distance: float | None


_PENDING = text("""
    select min(complex_id), max(complex_id) from (
        select grid.complex_id,
            grid.complex_id - row_number() over (order by grid.complex_id) as unbroken
        from voxel_grid grid
        join complex c on c.id = grid.complex_id and c.superseded_at is null
        where grid.spec_id = :spec_id and not exists (
            select from prediction p
            where p.model_version_id = :version_id and p.complex_id = grid.complex_id)
    ) pending
    group by unbroken order by 1""")

_GRIDS = """
    select grid.complex_id, grid.blob
    from unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) as keys (first, last)
    join voxel_grid grid
        on grid.spec_id = %(spec_id)s and grid.complex_id between keys.first and keys.last
    where not exists (
        select from prediction p
        where p.model_version_id = %(version_id)s and p.complex_id = grid.complex_id)
    order by grid.complex_id"""

_ATOMS = """
    select c.id, c.atomic_numbers, c.positions
    from unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) as keys (first, last)
    join voxel_grid grid
        on grid.spec_id = %(spec_id)s and grid.complex_id between keys.first and keys.last
    join complex c on c.id = grid.complex_id
    where not exists (
        select from prediction p
        where p.model_version_id = %(version_id)s and p.complex_id = grid.complex_id)
    order by c.id"""

_STAGING = text("""
    create temporary table if not exists prediction_staging (
        complex_id bigint not null, score double precision not null, spread double precision,
        distance real
    ) on commit delete rows""")

_INSERT = text("""
    insert into prediction (model_version_id, complex_id, run_id, score, spread, distance)
    select :version_id, complex_id, :run_id, score, spread, distance from prediction_staging
    order by complex_id
    on conflict (model_version_id, complex_id) do nothing""")

_DIFFERENT = text("""
    select s.complex_id, s.score, p.score as stored from prediction_staging s
    join prediction p on p.complex_id = s.complex_id and p.model_version_id = :version_id
    where abs(p.score - s.score) > :tolerance order by s.complex_id limit 1""")

_BY_OTHERS = text("""
    select count(*) from unnest(cast(:firsts as bigint[]), cast(:lasts as bigint[]))
        as keys (first, last)
    join prediction p on p.model_version_id = :version_id
        and p.complex_id between keys.first and keys.last
    where p.run_id <> :run_id""")


def count_grids(connection: Connection, spec_id: int) -> int:
    """Complexes that are drawn under this spec; superseded ones are not asked for."""
    query = text("""
        select count(*) from voxel_grid grid
        join complex c on c.id = grid.complex_id and c.superseded_at is null
        where grid.spec_id = :spec_id""")
    return int(connection.execute(query, {"spec_id": spec_id}).scalar_one())


def pending_complexes(connection: Connection, version_id: int, spec_id: int) -> KeyRanges:
    """The current complexes with a grid and without a score by this version."""
    values = {"version_id": version_id, "spec_id": spec_id}
    rows = connection.execute(_PENDING.execution_options(yield_per=10_000), values)
    return KeyRanges((first, last) for first, last in rows)


def read_grids(
    connection: Connection, version_id: int, spec_id: int, keys: KeyRanges
) -> list[tuple[int, bytes]]:
    """(complex id, blob) of those of *keys* that still have no score by this version."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, DriverConnection)
    # Binary results: as text a bytea travels as hexadecimal, twice the bytes.
    with driver.cursor(binary=True) as cursor:
        cursor.execute(_GRIDS, {"version_id": version_id, "spec_id": spec_id, **_borders(keys)})
        return cursor.fetchall()


def read_atoms(
    connection: Connection, version_id: int, spec_id: int, keys: KeyRanges
) -> list[tuple[int, Atoms]]:
    """(complex id, atoms) of those of *keys* that still have no score by this version.

    Atoms are atomic numbers (n,) and positions (n, 3) in angstrom, of complexes with a grid.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, DriverConnection)
    with driver.cursor(binary=True) as cursor:
        load_number_arrays(cursor)
        cursor.execute(_ATOMS, {"version_id": version_id, "spec_id": spec_id, **_borders(keys)})
        return [(row[0], (row[1], row[2].reshape(-1, 3))) for row in cursor]


def add_predictions(
    connection: Connection,
    version_id: int,
    run_id: int,
    rows: Sequence[PredictionValues],
    *,
    scale: float,
) -> int:
    """Add scores by COPY and one idempotent insert; how many were new.

    Raises IntegrityError when a stored score of the same key differs by more than
    SCORE_TOLERANCE times *scale*, that of the version's calibration.
    """
    if not rows:
        return 0
    connection.execute(_STAGING)
    copy_rows(
        connection,
        "prediction_staging",
        ("complex_id", "score", "spread", "distance"),
        ("int8", "float8", "float8", "float4"),
        rows,
    )
    values = {"version_id": version_id, "run_id": run_id}
    added = connection.execute(_INSERT, values).rowcount
    if added < len(rows):
        different = connection.execute(
            _DIFFERENT, {"version_id": version_id, "tolerance": SCORE_TOLERANCE * scale}
        ).one_or_none()
        if different is not None:
            raise IntegrityError(
                f"complex {different.complex_id} has the score {different.stored:.6f} by this "
                f"model version; scored again it has {different.score:.6f}"
            )
    return added


def scored_complexes(
    connection: Connection, version_id: int, *, synthetic: bool
) -> list[tuple[int, int, str, float]]:
    """(complex id, compound id, identifier, score) of all that a version scored, highest first.

    Superseded complexes are left out; real and synthetic never stand together.
    """
    query = text("""
        select p.complex_id, c.compound_id, c.identifier, p.score from prediction p
        join complex c on c.id = p.complex_id and c.superseded_at is null
        where p.model_version_id = :version_id and c.is_synthetic = :synthetic
        order by p.score desc, p.complex_id""")
    rows = connection.execute(query, {"version_id": version_id, "synthetic": synthetic})
    return [(row.complex_id, row.compound_id, row.identifier, row.score) for row in rows]


def read_scores(
    connection: Connection, version_id: int, complex_ids: Sequence[int]
) -> dict[int, tuple[float, float | None]]:
    """Score and distance by this version, by complex id, of those that have a score."""
    query = text("""
        select complex_id, score, distance from prediction
        where model_version_id = :version_id and complex_id = any(cast(:ids as bigint[]))""")
    rows = connection.execute(query, {"version_id": version_id, "ids": list(complex_ids)})
    return {row.complex_id: (row.score, row.distance) for row in rows}


def count_by_others(connection: Connection, version_id: int, run_id: int, keys: KeyRanges) -> int:
    """How many of *keys* have a score by this version that another run wrote."""
    values = {"version_id": version_id, "run_id": run_id, **_borders(keys)}
    return int(connection.execute(_BY_OTHERS, values).scalar_one())


def _borders(keys: KeyRanges) -> dict[str, list[int]]:
    return {
        "firsts": [first for first, _ in keys.ranges],
        "lasts": [last for _, last in keys.ranges],
    }


def add_failures(connection: Connection, run_id: int, rows: Sequence[tuple[int, str, str]]) -> None:
    """Add (complex id, code, reason) of complexes that could not be scored in this run.

    One that another run scored meanwhile did not fail: it counts as skipped.
    """
    if rows:
        connection.execute(
            text("""
                insert into prediction_failure (run_id, complex_id, code, reason)
                select run.id, :complex_id, :code, :reason from screening_run run
                where run.id = :run_id and not exists (
                    select from prediction p where p.complex_id = :complex_id
                        and p.model_version_id = run.model_version_id)
                on conflict (run_id, complex_id) do nothing"""),
            [
                {"run_id": run_id, "complex_id": complex_id, "code": code, "reason": reason}
                for complex_id, code, reason in rows
            ],
        )
