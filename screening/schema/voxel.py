"""Tables of voxel specs and of the grids drawn by them."""

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Key, Small


class VoxelSpecRow(Base):
    """How grids of this spec are drawn."""

    __tablename__ = "voxel_spec"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(unique=True)
    edge: Mapped[Small]
    spacing: Mapped[float]
    radii: Mapped[str]
    hydrogens: Mapped[bool]
    version: Mapped[Small]


class VoxelGridRow(Base):
    """One complex drawn under one spec: zstd of the uint8 atomic-number grid (storage EXTERNAL)."""

    __tablename__ = "voxel_grid"

    spec_id: Mapped[int] = mapped_column(ForeignKey("voxel_spec.id"), primary_key=True)
    complex_id: Mapped[int] = mapped_column(ForeignKey("complex.id"), primary_key=True, index=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    n_clipped: Mapped[int] = mapped_column(SmallInteger)
