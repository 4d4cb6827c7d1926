"""Tables of what was read: source files and the fate of each of their data blocks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class SourceFileRow(Base):
    """One file as read: its bytes (zstd) allow better chemistry without the file."""

    __tablename__ = "source_file"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_length"),)

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    n_bytes: Mapped[int]
    content: Mapped[bytes]
    ingested_at: Mapped[Created]


class StructureRow(Base):
    """One data block's verdict; superseded when the same bytes were read to another result."""

    __tablename__ = "structure"
    __table_args__ = (
        Index(
            "uq_structure_current",
            "source_file_id",
            "position",
            unique=True,
            postgresql_where=text("superseded_at is null"),
        ),
        CheckConstraint("verdict in ('accepted', 'rejected')", name="verdict"),
        CheckConstraint(
            "(verdict = 'accepted') = (code is null) and (code is null) = (reason is null)",
            name="rejection_has_code_and_reason",
        ),
    )

    id: Mapped[Key]
    source_file_id: Mapped[int] = mapped_column(ForeignKey("source_file.id"))
    position: Mapped[int]
    block_name: Mapped[str]
    line: Mapped[int | None]
    verdict: Mapped[str]
    code: Mapped[str | None]
    reason: Mapped[str | None]
    notes: Mapped[str | None]
    is_synthetic: Mapped[bool]
    superseded_at: Mapped[datetime | None]


class StructureComplexRow(Base):
    """Which complexes an accepted block holds; a complex met twice has one row a block."""

    __tablename__ = "structure_complex"

    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"), primary_key=True)
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True, index=True)
