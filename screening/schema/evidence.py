"""Tables of what papers say, and of the labels that a policy derives from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class PublicationRow(Base):
    """One paper."""

    __tablename__ = "publication"

    id: Mapped[Key]
    doi: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int | None] = mapped_column(SmallInteger)


class FindingRow(Base):
    """One statement of one paper on one sample; contradictions stay, withdrawn ones too."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint(
            "behaviour in ('smm_zero_field', 'smm_field_induced', 'smm_field_not_stated',"
            " 'signal_only', 'slow_relaxation_no_barrier', 'no_signal_observed', 'not_measured',"
            " 'conflict')",
            name="behaviour",
        ),
        CheckConstraint("sample in ('neat', 'diluted', 'not_stated')", name="sample"),
        CheckConstraint("(compound_id is null) = (matched_by is null)", name="match_says_how"),
        Index("ix_finding_unmatched", "identifier", postgresql_where="compound_id is null"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"), index=True)
    identifier: Mapped[str]
    stated_formula: Mapped[str | None]
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"), index=True)
    matched_by: Mapped[str | None]
    decided_complex_id: Mapped[int | None] = mapped_column(ForeignKey("complex.id"))
    sample: Mapped[str]
    host: Mapped[str | None]
    behaviour: Mapped[str]
    dc_field_oe: Mapped[float | None]
    t_min_k: Mapped[float | None]
    f_max_hz: Mapped[float | None]
    ueff_k: Mapped[float | None]
    ueff_low_k: Mapped[float | None]
    ueff_high_k: Mapped[float | None]
    ueff_sigma_k: Mapped[float | None]
    ueff_given: Mapped[float | None]
    ueff_unit: Mapped[str | None]
    tau0_s: Mapped[float | None]
    tau0_low_s: Mapped[float | None]
    tau0_high_s: Mapped[float | None]
    tau0_sigma_s: Mapped[float | None]
    fit: Mapped[str | None]
    raman_n: Mapped[float | None]
    tau_qtm_s: Mapped[float | None]
    tb_k: Mapped[float | None]
    tb_low_k: Mapped[float | None]
    tb_high_k: Mapped[float | None]
    tb_sigma_k: Mapped[float | None]
    tb_definition: Mapped[str | None]
    note: Mapped[str | None]
    is_synthetic: Mapped[bool]
    given: Mapped[dict[str, str]] = mapped_column(JSONB)
    source_name: Mapped[str]
    source_row: Mapped[int]
    entered_by: Mapped[str]
    entered_at: Mapped[Created]
    matched_at: Mapped[datetime | None]
    replaces: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))
    withdrawn_at: Mapped[datetime | None]


class FindingEventRow(Base):
    """What happened to a finding after it was entered: when, by whom and why; never changed."""

    __tablename__ = "finding_event"
    __table_args__ = (
        CheckConstraint(
            "event in ('matched', 'unmatched', 'decided', 'undecided', 'withdrawn', 'reinstated')",
            name="event",
        ),
    )

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    event: Mapped[str]
    at: Mapped[Created]
    by: Mapped[str]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


class LabelRow(Base):
    """What a policy makes of all findings on one compound; computed, never typed."""

    __tablename__ = "label"
    __table_args__ = (
        CheckConstraint(
            "class in ('positive', 'negative', 'unlabelled', 'excluded')", name="class"
        ),
    )

    policy: Mapped[str] = mapped_column(primary_key=True)
    policy_version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    compound_id: Mapped[int] = mapped_column(ForeignKey("compound.id"), primary_key=True)
    class_: Mapped[str] = mapped_column("class")
    reason: Mapped[str]
    finding_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    resolved_at: Mapped[Created]
