"""Tables of what a molecule is: compound, complex and metal site."""

from typing import Any

from sqlalchemy import (
    REAL,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key, Small


class CompoundRow(Base):
    """What a chemist calls one substance: the determinations with the same connectivity."""

    __tablename__ = "compound"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    formula: Mapped[str]


class ComplexRow(Base):
    """One molecule from one determination, with its atoms."""

    __tablename__ = "complex"
    __table_args__ = (
        Index("ix_complex_metals", "metals", postgresql_using="gin"),
        Index("ix_complex_refcode", "refcode"),
        Index("ix_complex_identifier", "identifier"),
        CheckConstraint(
            "array_length(atomic_numbers, 1) * 3 = array_length(positions, 1)", name="xyz"
        ),
    )

    id: Mapped[Key]
    compound_id: Mapped[int] = mapped_column(ForeignKey("compound.id"), index=True)
    content_key: Mapped[str] = mapped_column(unique=True)
    skeleton_key: Mapped[str] = mapped_column(index=True)
    identifier: Mapped[str]
    refcode: Mapped[str | None]
    cod_id: Mapped[int | None] = mapped_column(index=True)
    ccdc_number: Mapped[int | None] = mapped_column(index=True)
    doi: Mapped[str | None]
    year: Mapped[int | None] = mapped_column(SmallInteger)
    compound_name: Mapped[str | None]
    formula: Mapped[str]
    formula_sum: Mapped[str | None]
    formula_moiety: Mapped[str | None]
    metals: Mapped[list[str]] = mapped_column(ARRAY(Text))
    nuclearity: Mapped[Small]
    n_atoms: Mapped[int]
    molar_mass: Mapped[float]
    cell: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    space_group: Mapped[str | None]
    temperature_k: Mapped[float | None]
    r_factor: Mapped[float | None]
    is_disordered: Mapped[bool]
    metal_disordered: Mapped[bool]
    is_synthetic: Mapped[bool]
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    atomic_numbers: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    positions: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    atom_labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    bonds: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    created_at: Mapped[Created]


class MetalSiteRow(Base):
    """One metal of a complex and what surrounds it."""

    __tablename__ = "metal_site"
    __table_args__ = (UniqueConstraint("complex_id", "atom_index"),)

    id: Mapped[Key]
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"))
    atom_index: Mapped[int]
    label: Mapped[str]
    element: Mapped[str] = mapped_column(index=True)
    coordination_number: Mapped[Small]
    donor_set: Mapped[str]
    mean_distance: Mapped[float | None]
    min_distance: Mapped[float | None]
    max_distance: Mapped[float | None]
    polyhedron: Mapped[str | None]
    shape_measure: Mapped[float | None]
    oxidation_state: Mapped[int | None] = mapped_column(SmallInteger)
    oxidation_state_reason: Mapped[str | None]
