"""Tables of what papers say, and of the labels that a policy derives from it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class PublicationRow(Base):
    """One paper."""

    __tablename__ = "publication"

    id: Mapped[Key]
    doi: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int | None] = mapped_column(SmallInteger)


class FindingRow(Base):
    """One statement of one paper on one sample; contradictions stay side by side."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint(
            "behaviour in ('smm_zero_field', 'smm_field_induced', 'slow_relaxation_no_barrier',"
            " 'no_signal_observed', 'not_measured', 'conflict')",
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
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"), index=True)
    matched_by: Mapped[str | None]
    sample: Mapped[str]
    behaviour: Mapped[str]
    dc_field_oe: Mapped[float | None]
    t_min_k: Mapped[float | None]
    f_max_hz: Mapped[float | None]
    ueff_k: Mapped[float | None]
    ueff_given: Mapped[float | None]
    ueff_unit: Mapped[str | None]
    tau0_s: Mapped[float | None]
    fit: Mapped[str | None]
    tb_k: Mapped[float | None]
    tb_definition: Mapped[str | None]
    note: Mapped[str | None]
    is_synthetic: Mapped[bool]
    source_name: Mapped[str]
    source_row: Mapped[int]
    entered_by: Mapped[str]
    entered_at: Mapped[Created]
    matched_at: Mapped[datetime | None]


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
