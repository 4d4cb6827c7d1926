"""Store evaluations: tests of model versions on examples that they never saw."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from screening.schema import EvaluationRow, MetricRow
from screening.store.copy import copy_rows
from screening.store.models import MetricValue


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """One test of a version, as stored; see `schema.EvaluationRow`. n_positive: of a yes or no."""

    id: int
    n: int
    n_positive: int | None
    left_out: dict[str, int]
    settings: dict[str, Any]
    reliability: list[dict[str, Any]]
    verdict: str
    evaluated_at: datetime
    metrics: tuple[MetricValue, ...]


@dataclass(frozen=True, slots=True)
class EvaluationExample:
    """One example and the score that it got; answer: 1, 0, or a number."""

    complex_id: int
    answer: float
    group_key: str
    score: float


def find_evaluation(
    connection: Connection, version_id: int, digest: str, code_version: str
) -> StoredEvaluation | None:
    """What this program found before of the version on the same question and examples."""
    columns = [getattr(EvaluationRow, name) for name in _READ]
    query = select(*columns).where(
        EvaluationRow.model_version_id == version_id,
        EvaluationRow.digest == digest,
        EvaluationRow.code_version == code_version,
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    fields = [getattr(MetricRow, name) for name in MetricValue.__dataclass_fields__]
    own = select(*fields).where(MetricRow.evaluation_id == row.id).order_by(MetricRow.id)
    metrics = tuple(MetricValue(*metric) for metric in connection.execute(own))
    return StoredEvaluation(**dict(zip(_READ, row, strict=True)), metrics=metrics)


def add_evaluation(
    connection: Connection,
    version_id: int,
    fields: Mapping[str, Any],
    examples: Sequence[EvaluationExample],
    metrics: Sequence[MetricValue],
) -> StoredEvaluation:
    """Store an evaluation; one of the same question and examples that is there stays.

    fields: the remaining columns of `evaluation` by name.
    """
    connection.execute(_LOCK)
    known = find_evaluation(connection, version_id, fields["digest"], fields["code_version"])
    if known is not None:
        return known
    statement = insert(EvaluationRow).values(model_version_id=version_id, **fields)
    evaluation_id = connection.execute(statement.returning(EvaluationRow.id)).scalar_one()
    copy_rows(
        connection,
        "evaluation_example",
        ("evaluation_id", "complex_id", "answer", "group_key", "score"),
        ("int8", "int8", "float8", "text", "float8"),
        ((evaluation_id, e.complex_id, e.answer, e.group_key, e.score) for e in examples),
    )
    ids = {"model_version_id": version_id, "evaluation_id": evaluation_id}
    connection.execute(insert(MetricRow), [ids | asdict(metric) for metric in metrics])
    added = find_evaluation(connection, version_id, fields["digest"], fields["code_version"])
    assert added is not None
    return added


def evaluation_scores(connection: Connection, evaluation_id: int) -> list[dict[str, Any]]:
    """The examples of an evaluation with their scores, highest first."""
    return [dict(row) for row in connection.execute(_SCORES, {"id": evaluation_id}).mappings()]


SCORE_FIELDS = (
    "identifier",
    "formula",
    "metals",
    "answer",
    "score",
    "group_key",
    "complex_id",
)
"""Keys of the rows of `evaluation_scores`."""

_READ = (
    "id",
    "n",
    "n_positive",
    "left_out",
    "settings",
    "reliability",
    "verdict",
    "evaluated_at",
)
_LOCK = text("select pg_advisory_xact_lock(hashtext('smmdb.evaluation'), 0)")
_SCORES = text("""
    select c.identifier, c.formula, c.metals, e.answer, e.score, e.group_key, e.complex_id
    from evaluation_example e join complex c on c.id = e.complex_id
    where e.evaluation_id = :id order by e.score desc, e.complex_id""")
