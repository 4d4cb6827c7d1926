"""Tables of screening: runs, scores and failures."""

from datetime import datetime
from typing import Any

from sqlalchemy import REAL, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class ScreeningRunRow(Base):
    """One `smmdb predict`; when it is done its books balance."""

    __tablename__ = "screening_run"
    __table_args__ = (
        CheckConstraint("status in ('running', 'done', 'failed', 'cancelled')", name="status"),
        CheckConstraint(
            "status <> 'done' or asked = done + failed + skipped", name="books_balance"
        ),
        CheckConstraint(
            "(cancel_requested_at is null) = (cancel_requested_by is null)", name="cancel_request"
        ),
    )

    id: Mapped[Key]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    status: Mapped[str]
    asked: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    skipped: Mapped[int]
    device: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    started_at: Mapped[Created]
    finished_at: Mapped[datetime | None]
    measured: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    cancel_requested_at: Mapped[datetime | None]
    cancel_requested_by: Mapped[str | None]


class PredictionRow(Base):
    """One score of one complex by one model version; append-only."""

    __tablename__ = "prediction"
    __table_args__ = (
        Index("ix_prediction_ranking", "model_version_id", text("score desc"), "complex_id"),
    )

    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), primary_key=True)
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True, index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("screening_run.id"), index=True)
    score: Mapped[float]
    spread: Mapped[float | None]
    distance: Mapped[float | None] = mapped_column(REAL)


class PredictionFailureRow(Base):
    """One complex that a run could not score, and why; a failure is never a score."""

    __tablename__ = "prediction_failure"

    run_id: Mapped[int] = mapped_column(ForeignKey("screening_run.id"), primary_key=True)
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True)
    code: Mapped[str]
    reason: Mapped[str]
    failed_at: Mapped[Created]
