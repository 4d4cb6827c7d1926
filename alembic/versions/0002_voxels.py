"""Voxels: specs and grids."""

import sqlalchemy as sa
from alembic import op

from screening.views import drop_views

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "voxel_spec",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("edge", sa.SmallInteger(), nullable=False),
        sa.Column("spacing", sa.Double(), nullable=False),
        sa.Column("radii", sa.Text(), nullable=False),
        sa.Column("hydrogens", sa.Boolean(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_voxel_spec"),
        sa.UniqueConstraint("digest", name="uq_voxel_spec_digest"),
        sa.UniqueConstraint("name", name="uq_voxel_spec_name"),
        comment="How grids of this spec are drawn.",
    )
    op.create_table(
        "voxel_grid",
        sa.Column("spec_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("n_clipped", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_voxel_grid_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["spec_id"], ["voxel_spec.id"], name="fk_voxel_grid_spec_id_voxel_spec"
        ),
        sa.PrimaryKeyConstraint("spec_id", "complex_id", name="pk_voxel_grid"),
        comment="One complex drawn under one spec: "
        "zstd of the uint8 atomic-number grid (storage EXTERNAL).",
    )
    op.create_index("ix_voxel_grid_complex_id", "voxel_grid", ["complex_id"], unique=False)
    # The bytes are compressed already: a second pass costs time and gains nothing.
    op.execute("alter table voxel_grid alter column blob set storage external")


def downgrade() -> None:
    drop_views(op.get_bind())
    op.drop_table("voxel_grid")
    op.drop_table("voxel_spec")
