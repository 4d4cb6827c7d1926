"""Store explanations: what a version sees in a complex, and where it looks on the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from screening.schema import ExplanationCheckRow, ExplanationRow


@dataclass(frozen=True, slots=True)
class StoredExplanation:
    """Importances of one complex by one version and method; see `schema.explanation`."""

    method: str
    looks: int
    score: float
    log_odds: float
    atoms: list[float]
    spreads: list[float]
    ligands: list[float]
    shells: list[float | None]
    code_version: str


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A complex of the test part of a version, its class and its group."""

    complex_id: int
    is_positive: bool
    group_key: str


def find_explanation(
    connection: Connection, version_id: int, complex_id: int, method: str
) -> StoredExplanation | None:
    """The stored explanation, if there is one."""
    row = connection.execute(
        _EXPLANATION.where(
            ExplanationRow.model_version_id == version_id,
            ExplanationRow.complex_id == complex_id,
            ExplanationRow.method == method,
        )
    ).one_or_none()
    return None if row is None else StoredExplanation(*row)


def add_explanation(
    connection: Connection, version_id: int, complex_id: int, **fields: Any
) -> None:
    """Add an explanation; one that is there already stays.

    fields: the remaining columns of `explanation` by name.
    """
    connection.execute(
        insert(ExplanationRow)
        .values(model_version_id=version_id, complex_id=complex_id, **fields)
        .on_conflict_do_nothing()
    )


def sample_held_out(connection: Connection, version_id: int, n: int, seed: int) -> list[HeldOut]:
    """At most *n* complexes of the version's test part, the same for the same seed.

    Of a version trained elsewhere those that are here too.
    """
    values = {"version_id": version_id, "n": n, "seed": str(seed)}
    return [HeldOut(*row) for row in connection.execute(_HELD_OUT, values)]


def find_check(connection: Connection, version_id: int, digest: str) -> list[dict[str, Any]] | None:
    """The figures of a stored check, if there is one."""
    return connection.scalar(
        select(ExplanationCheckRow.figures).where(
            ExplanationCheckRow.model_version_id == version_id,
            ExplanationCheckRow.digest == digest,
        )
    )


def add_check(
    connection: Connection,
    version_id: int,
    *,
    digest: str,
    n: int,
    seed: int,
    figures: Sequence[dict[str, Any]],
    code_version: str,
) -> None:
    """Add the figures of a check; those that are there already stay."""
    connection.execute(
        insert(ExplanationCheckRow)
        .values(
            model_version_id=version_id,
            digest=digest,
            n=n,
            seed=seed,
            figures=list(figures),
            code_version=code_version,
        )
        .on_conflict_do_nothing()
    )


_EXPLANATION = select(
    ExplanationRow.method,
    ExplanationRow.looks,
    ExplanationRow.score,
    ExplanationRow.log_odds,
    ExplanationRow.atoms,
    ExplanationRow.spreads,
    ExplanationRow.ligands,
    ExplanationRow.shells,
    ExplanationRow.code_version,
)

# Superseded rows too: they are what the version was tested on. md5 draws lots that last.
_HELD_OUT = text("""
    select complex_id, is_positive, group_key from (
        select e.complex_id, e.answer = 1 as is_positive, e.group_key, c.content_key
        from training_example e join complex c on c.id = e.complex_id
        where e.model_version_id = :version_id and e.part = 'test'
        union all
        select c.id, e.answer = 1, e.skeleton_key, c.content_key
        from imported_example e
        join complex c on c.content_key = e.content_key and c.superseded_at is null
        where e.model_version_id = :version_id and e.part = 'test'
    ) as held_out
    order by md5(:seed || content_key) limit :n""")
