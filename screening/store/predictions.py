"""Store predictions: what is left to score, the grids to score, and the scores."""

from collections.abc import Sequence

from psycopg import Connection as DriverConnection
from sqlalchemy import Connection, text

from screening.errors import IntegrityError
from screening.store.copy import copy_rows

SCORE_TOLERANCE = 1e-4
"""Two scores of one complex by one version may differ by so much between devices and batches."""

_PENDING = text("""
    select grid.complex_id from voxel_grid grid
    join complex c on c.id = grid.complex_id and c.superseded_at is null
    where grid.spec_id = :spec_id and not exists (
        select from prediction p
        where p.model_version_id = :version_id and p.complex_id = grid.complex_id)
    order by grid.complex_id""")

_GRIDS = """
    select grid.complex_id, grid.blob from voxel_grid grid
    where grid.spec_id = %(spec_id)s and grid.complex_id = any(%(ids)s) and not exists (
        select from prediction p
        where p.model_version_id = %(version_id)s and p.complex_id = grid.complex_id)
    order by grid.complex_id"""

_STAGING = text("""
    create temporary table prediction_staging (
        complex_id bigint not null, score double precision not null, spread double precision
    ) on commit drop""")

_INSERT = text("""
    insert into prediction (model_version_id, complex_id, run_id, score, spread)
    select :version_id, complex_id, :run_id, score, spread from prediction_staging
    order by complex_id
    on conflict (model_version_id, complex_id) do nothing""")

_DIFFERENT = text("""
    select s.complex_id, s.score, p.score as stored from prediction_staging s
    join prediction p on p.complex_id = s.complex_id and p.model_version_id = :version_id
    where abs(p.score - s.score) > :tolerance order by s.complex_id limit 1""")


def count_grids(connection: Connection, spec_id: int) -> int:
    """Complexes that are drawn under this spec; superseded ones are not asked for."""
    query = text("""
        select count(*) from voxel_grid grid
        join complex c on c.id = grid.complex_id and c.superseded_at is null
        where grid.spec_id = :spec_id""")
    return int(connection.execute(query, {"spec_id": spec_id}).scalar_one())


def pending_complexes(connection: Connection, version_id: int, spec_id: int) -> list[int]:
    """Ids of the current complexes with a grid and without a score by this version, ascending."""
    values = {"version_id": version_id, "spec_id": spec_id}
    return list(connection.scalars(_PENDING, values))


def read_grids(
    connection: Connection, version_id: int, spec_id: int, complex_ids: Sequence[int]
) -> list[tuple[int, bytes]]:
    """(complex id, blob) of those *complex_ids* that still have no score by this version."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, DriverConnection)
    # Binary results: as text a bytea travels as hexadecimal, twice the bytes.
    with driver.cursor(binary=True) as cursor:
        values = {"version_id": version_id, "spec_id": spec_id, "ids": list(complex_ids)}
        cursor.execute(_GRIDS, values)
        return cursor.fetchall()


def add_predictions(
    connection: Connection,
    version_id: int,
    run_id: int,
    rows: Sequence[tuple[int, float, float | None]],
) -> int:
    """Add (complex id, score, spread) rows by COPY and one idempotent insert; how many were new.

    Raises IntegrityError when a stored score of the same key differs by more than
    SCORE_TOLERANCE.
    """
    if not rows:
        return 0
    connection.execute(_STAGING)
    copy_rows(
        connection,
        "prediction_staging",
        ("complex_id", "score", "spread"),
        ("int8", "float8", "float8"),
        rows,
    )
    values = {"version_id": version_id, "run_id": run_id}
    added = connection.execute(_INSERT, values).rowcount
    if added < len(rows):
        different = connection.execute(
            _DIFFERENT, {"version_id": version_id, "tolerance": SCORE_TOLERANCE}
        ).one_or_none()
        if different is not None:
            raise IntegrityError(
                f"complex {different.complex_id} has the score {different.stored:.6f} by this "
                f"model version; scored again it has {different.score:.6f}"
            )
    return added


def count_by_others(
    connection: Connection, version_id: int, run_id: int, complex_ids: Sequence[int]
) -> int:
    """How many of *complex_ids* have a score by this version that another run wrote."""
    query = text("""
        select count(*) from prediction where model_version_id = :version_id
            and complex_id = any(:ids) and run_id <> :run_id""")
    values = {"version_id": version_id, "run_id": run_id, "ids": list(complex_ids)}
    return int(connection.execute(query, values).scalar_one())


def add_failures(connection: Connection, run_id: int, rows: Sequence[tuple[int, str, str]]) -> None:
    """Add (complex id, code, reason) of complexes that could not be scored in this run."""
    if rows:
        connection.execute(
            text("""
                insert into prediction_failure (run_id, complex_id, code, reason)
                values (:run_id, :complex_id, :code, :reason)
                on conflict (run_id, complex_id) do nothing"""),
            [
                {"run_id": run_id, "complex_id": complex_id, "code": code, "reason": reason}
                for complex_id, code, reason in rows
            ],
        )
