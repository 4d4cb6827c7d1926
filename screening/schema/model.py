"""Tables of trained networks: versions, the examples they saw, aliases and metrics."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class ModelVersionRow(Base):
    """One trained network, immutable: its weights as safetensors and how it was made."""

    __tablename__ = "model_version"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("length(weights_sha256) = 64", name="sha256_length"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    version: Mapped[int]
    target: Mapped[str]
    spec_id: Mapped[int] = mapped_column(ForeignKey("voxel_spec.id"))
    palette: Mapped[str]
    architecture: Mapped[dict[str, Any]] = mapped_column(JSONB)
    weights: Mapped[bytes]
    weights_sha256: Mapped[str]
    policy: Mapped[str]
    policy_version: Mapped[int] = mapped_column(SmallInteger)
    snapshot_digest: Mapped[str]
    split: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seed: Mapped[int]
    code_version: Mapped[str]
    card: Mapped[dict[str, Any]] = mapped_column(JSONB)
    trained_on_synthetic: Mapped[bool]
    created_at: Mapped[Created]


class TrainingExampleRow(Base):
    """One labelled complex that a version was trained or tested on: the exact data snapshot."""

    __tablename__ = "training_example"
    __table_args__ = (CheckConstraint("part in ('train', 'validation', 'test')", name="part"),)

    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), primary_key=True)
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True)
    is_positive: Mapped[bool]
    part: Mapped[str]
    group_key: Mapped[str]


class ModelAliasRow(Base):
    """Which version an alias such as `production` named, from when to when."""

    __tablename__ = "model_alias"
    __table_args__ = (
        Index("ix_model_alias_current", "alias", unique=True, postgresql_where="valid_to is null"),
    )

    id: Mapped[Key]
    alias: Mapped[str]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    valid_from: Mapped[Created]
    valid_to: Mapped[datetime | None]


class MetricRow(Base):
    """One computed figure of a version or of a baseline on the same examples."""

    __tablename__ = "metric"
    __table_args__ = (UniqueConstraint("model_version_id", "part", "subject", "name"),)

    id: Mapped[Key]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    part: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int]
