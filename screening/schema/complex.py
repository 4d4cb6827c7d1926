"""Tables of what a molecule is: compound, complex, its metals and ligands, and its rules."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    REAL,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
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
    """One molecule of one determination; superseded when better chemistry made another row."""

    __tablename__ = "complex"
    __table_args__ = (
        Index("ix_complex_metals", "metals", postgresql_using="gin"),
        Index("ix_complex_ligand_classes", "ligand_classes", postgresql_using="gin"),
        Index("ix_complex_refcode", "refcode"),
        Index("ix_complex_identifier", "identifier"),
        CheckConstraint(
            "array_length(atomic_numbers, 1) * 3 = array_length(positions, 1)", name="xyz"
        ),
        Index(
            "uq_complex_current",
            "content_key",
            unique=True,
            postgresql_where=text("superseded_at is null"),
        ),
        Index(
            "ix_complex_current_synthetic",
            "is_synthetic",
            "id",
            postgresql_where=text("superseded_at is null"),
        ),
        Index(
            "ix_complex_superseded_by",
            "superseded_by",
            postgresql_where=text("superseded_by is not null"),
        ),
    )

    id: Mapped[Key]
    compound_id: Mapped[int] = mapped_column(ForeignKey("compound.id"), index=True)
    content_key: Mapped[str]
    determination_key: Mapped[str | None] = mapped_column(index=True)
    skeleton_key: Mapped[str] = mapped_column(index=True)
    chemistry_key: Mapped[str | None]
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
    cell: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    space_group: Mapped[str | None]
    temperature_k: Mapped[float | None]
    r_factor: Mapped[float | None]
    is_disordered: Mapped[bool]
    metal_disordered: Mapped[bool]
    donor_disordered: Mapped[bool]
    missing_hydrogens: Mapped[int | None]
    charge: Mapped[int | None] = mapped_column(SmallInteger)
    charge_reason: Mapped[str | None]
    ligand_classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_synthetic: Mapped[bool]
    stated: Mapped[dict[str, str]] = mapped_column(JSONB)
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    atomic_numbers: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    positions: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    atom_labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    bonds: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    created_at: Mapped[Created]
    superseded_at: Mapped[datetime | None]
    # A content key has one current row, so the old one goes before the new one comes.
    superseded_by: Mapped[int | None] = mapped_column(
        ForeignKey("complex.id", deferrable=True, initially="IMMEDIATE")
    )


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
    donor_groups: Mapped[str | None]
    mean_distance: Mapped[float | None]
    min_distance: Mapped[float | None]
    max_distance: Mapped[float | None]
    polyhedron: Mapped[str | None]
    shape_measure: Mapped[float | None]
    shape_note: Mapped[str | None]
    bond_valence_sum: Mapped[float | None]
    oxidation_state: Mapped[int | None] = mapped_column(SmallInteger)
    oxidation_state_reason: Mapped[str | None]
    d_count: Mapped[int | None] = mapped_column(SmallInteger)
    f_count: Mapped[int | None] = mapped_column(SmallInteger)
    is_kramers: Mapped[bool | None]
    anisotropy: Mapped[str | None]


class LigandRow(Base):
    """One ligand of a complex: what is left together when the bonds to metals are cut."""

    __tablename__ = "ligand"
    __table_args__ = (
        UniqueConstraint("complex_id", "position"),
        Index("ix_ligand_classes", "classes", postgresql_using="gin"),
    )

    id: Mapped[Key]
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"))
    position: Mapped[Small]
    formula: Mapped[str]
    smiles: Mapped[str | None]
    smiles_note: Mapped[str | None]
    charge: Mapped[int | None] = mapped_column(SmallInteger)
    denticity: Mapped[Small]
    hapticity: Mapped[Small]
    n_metals: Mapped[Small]
    donor_set: Mapped[str]
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    atoms: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class PlausibilityRuleRow(Base):
    """A rule of chemistry that speaks for or against a single-molecule magnet, with its source."""

    __tablename__ = "plausibility_rule"

    name: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    statement: Mapped[str]
    source: Mapped[str]
    exceptions: Mapped[str | None]


class PlausibilityFlagRow(Base):
    """One rule that applies to one complex, and why; it flags and never deletes."""

    __tablename__ = "plausibility_flag"

    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(
        ForeignKey("plausibility_rule.name"), primary_key=True, index=True
    )
    severity: Mapped[str]
    reason: Mapped[str]


class NearDuplicateRow(Base):
    """Two complexes that may be one determination under two names; linked, neither is dropped."""

    __tablename__ = "near_duplicate"
    __table_args__ = (CheckConstraint("complex_id < other_id", name="ordered"),)

    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True, index=True)
    reason: Mapped[str]
