"""Tables of trained networks: versions, the examples they saw, aliases and metrics."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key

_TARGET = (
    "(target = 'smm' and policy is not null and policy_version is not null"
    " and property_source is null and at_least is null)"
    " or (target <> 'smm' and policy is null and policy_version is null)"
)
"""What a target names: labels under a policy, or a property (of one source, from a number on)."""
_KIND = "kind = 'binary' or (kind = 'numeric' and target <> 'smm' and at_least is null)"
"""A score is the chance of a yes, or a number in the unit of a property."""


class ModelVersionRow(Base):
    """One trained network, immutable: its weights as safetensors and how it was made."""

    __tablename__ = "model_version"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("length(weights_sha256) = 64", name="sha256_length"),
        CheckConstraint(_TARGET, name="target"),
        CheckConstraint(_KIND, name="kind"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    version: Mapped[int]
    target: Mapped[str]
    kind: Mapped[str]
    spec_id: Mapped[int] = mapped_column(ForeignKey("voxel_spec.id"))
    palette: Mapped[str]
    architecture: Mapped[dict[str, Any]] = mapped_column(JSONB)
    weights: Mapped[bytes]
    weights_sha256: Mapped[str]
    policy: Mapped[str | None]
    policy_version: Mapped[int | None] = mapped_column(SmallInteger)
    property_source: Mapped[str | None]
    at_least: Mapped[float | None]
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
    # Of a yes or no 1 or 0, else a number in the unit of the property.
    answer: Mapped[float]
    part: Mapped[str]
    group_key: Mapped[str]


class ImportedExampleRow(Base):
    """One example of a version trained elsewhere, by its keys; the structure need not be here."""

    __tablename__ = "imported_example"
    __table_args__ = (CheckConstraint("part in ('train', 'validation', 'test')", name="part"),)

    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), primary_key=True)
    content_key: Mapped[str] = mapped_column(primary_key=True)
    compound_key: Mapped[str]
    skeleton_key: Mapped[str]
    metals: Mapped[list[str]] = mapped_column(ARRAY(Text))
    part: Mapped[str]
    # Of a yes or no 1 or 0, else a number in the unit of the property.
    answer: Mapped[float]


class ModelAliasRow(Base):
    """Which version an alias such as `production` named, from when to when."""

    __tablename__ = "model_alias"
    __table_args__ = (
        CheckConstraint("(ended_by is null) = (valid_to is null)", name="ended_by"),
        Index("ix_model_alias_current", "alias", unique=True, postgresql_where="valid_to is null"),
    )

    id: Mapped[Key]
    alias: Mapped[str]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    valid_from: Mapped[Created]
    valid_to: Mapped[datetime | None]
    set_by: Mapped[str]
    ended_by: Mapped[str | None]


class EvaluationRow(Base):
    """One later test of a version on examples that it never saw; never changed."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("id", "model_version_id"),
        UniqueConstraint("model_version_id", "digest", "code_version", name="uq_evaluation_what"),
        CheckConstraint(_TARGET, name="target"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
    )

    id: Mapped[Key]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    target: Mapped[str]
    policy: Mapped[str | None]
    policy_version: Mapped[int | None] = mapped_column(SmallInteger)
    property_source: Mapped[str | None]
    at_least: Mapped[float | None]
    # sha256 of the question and of the examples with their classes: what was asked, all of it.
    digest: Mapped[str]
    n: Mapped[int]
    n_positive: Mapped[int | None]
    left_out: Mapped[dict[str, Any]] = mapped_column(JSONB)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reliability: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    verdict: Mapped[str]
    code_version: Mapped[str]
    evaluated_at: Mapped[Created]


class EvaluationExampleRow(Base):
    """One example of an evaluation, and the score that the version gave it there."""

    __tablename__ = "evaluation_example"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True)
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True)
    # Of a yes or no 1 or 0, else a number in the unit of the property.
    answer: Mapped[float]
    group_key: Mapped[str]
    score: Mapped[float]


class MetricRow(Base):
    """One computed figure of a version or of a baseline on the same examples."""

    __tablename__ = "metric"
    __table_args__ = (
        UniqueConstraint(
            "model_version_id",
            "evaluation_id",
            "part",
            "subject",
            "name",
            postgresql_nulls_not_distinct=True,
        ),
        ForeignKeyConstraint(
            ["evaluation_id", "model_version_id"],
            ["evaluation.id", "evaluation.model_version_id"],
        ),
        Index("ix_metric_evaluation_id", "evaluation_id"),
    )

    id: Mapped[Key]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    # None: of the parts of the training set, computed when the version was trained.
    evaluation_id: Mapped[int | None]
    part: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int]
