"""Tables of explanations: which atoms drive a score, and where a version looks on the whole."""

from typing import Any

from sqlalchemy import REAL, CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class ExplanationRow(Base):
    """How much each atom of a complex moves what a version says of it; never changed."""

    __tablename__ = "explanation"
    __table_args__ = (
        UniqueConstraint("model_version_id", "complex_id", "method"),
        CheckConstraint("array_length(atoms, 1) = array_length(spreads, 1)", name="atoms"),
        CheckConstraint("array_length(shells, 1) = 4", name="shells"),
        CheckConstraint("looks > 0", name="looks"),
    )

    id: Mapped[Key]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), index=True)
    method: Mapped[str]
    looks: Mapped[int] = mapped_column(SmallInteger)
    score: Mapped[float]
    log_odds: Mapped[float]
    # By atom, in the order of the complex; by ligand, in the order of its position.
    atoms: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    spreads: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    ligands: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    # Metals, donors, second shell, rest; null: the complex has no atom there.
    shells: Mapped[list[float | None]] = mapped_column(ARRAY(REAL))
    code_version: Mapped[str]
    created_at: Mapped[Created]


class ExplanationCheckRow(Base):
    """Where the importance of a version falls, over a sample of complexes; never changed."""

    __tablename__ = "explanation_check"
    __table_args__ = (
        UniqueConstraint("model_version_id", "digest"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("n > 0", name="n"),
    )

    id: Mapped[Key]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    # sha256 of the sample, the seed and the methods: what was asked, all of it.
    digest: Mapped[str]
    n: Mapped[int]
    seed: Mapped[int]
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    code_version: Mapped[str]
    checked_at: Mapped[Created]
