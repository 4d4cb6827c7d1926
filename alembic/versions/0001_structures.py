"""Structures: files, blocks, compounds, complexes and their metal sites."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "source_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "ingested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_source_file_sha256_length")),
        sa.PrimaryKeyConstraint("id", name="pk_source_file"),
        sa.UniqueConstraint("sha256", name="uq_source_file_sha256"),
        comment="One CIF file as read: its bytes (zstd) allow better chemistry without the file.",
    )
    op.create_table(
        "structure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source_file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("block_name", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'accepted') = (code is null) and (code is null) = (reason is null)",
            name=op.f("ck_structure_rejection_has_code_and_reason"),
        ),
        sa.CheckConstraint(
            "verdict in ('accepted', 'rejected')", name=op.f("ck_structure_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"], ["source_file.id"], name="fk_structure_source_file_id_source_file"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_structure"),
        sa.UniqueConstraint(
            "source_file_id", "position", name="uq_structure_source_file_id_position"
        ),
        comment="One data block's verdict: accepted, or rejected with a code and a reason.",
    )
    op.create_table(
        "compound",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_compound"),
        sa.UniqueConstraint("key", name="uq_compound_key"),
        comment="What a chemist calls one substance: "
        "the determinations with the same connectivity.",
    )
    op.create_table(
        "complex",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("compound_id", sa.BigInteger(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("skeleton_key", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("refcode", sa.Text(), nullable=True),
        sa.Column("cod_id", sa.BigInteger(), nullable=True),
        sa.Column("ccdc_number", sa.BigInteger(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("compound_name", sa.Text(), nullable=True),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("formula_sum", sa.Text(), nullable=True),
        sa.Column("formula_moiety", sa.Text(), nullable=True),
        sa.Column("metals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("nuclearity", sa.SmallInteger(), nullable=False),
        sa.Column("n_atoms", sa.BigInteger(), nullable=False),
        sa.Column("molar_mass", sa.Double(), nullable=False),
        sa.Column("cell", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("space_group", sa.Text(), nullable=True),
        sa.Column("temperature_k", sa.Double(), nullable=True),
        sa.Column("r_factor", sa.Double(), nullable=True),
        sa.Column("is_disordered", sa.Boolean(), nullable=False),
        sa.Column("metal_disordered", sa.Boolean(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("components", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("atomic_numbers", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("positions", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("atom_labels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("bonds", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "array_length(atomic_numbers, 1) * 3 = array_length(positions, 1)",
            name=op.f("ck_complex_xyz"),
        ),
        sa.ForeignKeyConstraint(
            ["compound_id"], ["compound.id"], name="fk_complex_compound_id_compound"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_complex"),
        sa.UniqueConstraint("content_key", name="uq_complex_content_key"),
        comment="One molecule from one determination, with its atoms.",
    )
    op.create_index("ix_complex_ccdc_number", "complex", ["ccdc_number"], unique=False)
    op.create_index("ix_complex_cod_id", "complex", ["cod_id"], unique=False)
    op.create_index("ix_complex_compound_id", "complex", ["compound_id"], unique=False)
    op.create_index("ix_complex_identifier", "complex", ["identifier"], unique=False)
    op.create_index(
        "ix_complex_metals", "complex", ["metals"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_complex_refcode", "complex", ["refcode"], unique=False)
    op.create_index("ix_complex_skeleton_key", "complex", ["skeleton_key"], unique=False)
    op.create_table(
        "structure_complex",
        sa.Column("structure_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_structure_complex_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name="fk_structure_complex_structure_id_structure"
        ),
        sa.PrimaryKeyConstraint("structure_id", "complex_id", name="pk_structure_complex"),
        comment="Which complexes an accepted block holds; a complex met twice has one row a block.",
    )
    op.create_index(
        "ix_structure_complex_complex_id", "structure_complex", ["complex_id"], unique=False
    )
    op.create_table(
        "metal_site",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("atom_index", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("coordination_number", sa.SmallInteger(), nullable=False),
        sa.Column("donor_set", sa.Text(), nullable=False),
        sa.Column("mean_distance", sa.Double(), nullable=True),
        sa.Column("min_distance", sa.Double(), nullable=True),
        sa.Column("max_distance", sa.Double(), nullable=True),
        sa.Column("polyhedron", sa.Text(), nullable=True),
        sa.Column("shape_measure", sa.Double(), nullable=True),
        sa.Column("oxidation_state", sa.SmallInteger(), nullable=True),
        sa.Column("oxidation_state_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_metal_site_complex_id_complex"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_metal_site"),
        sa.UniqueConstraint("complex_id", "atom_index", name="uq_metal_site_complex_id_atom_index"),
        comment="One metal of a complex and what surrounds it.",
    )
    op.create_index("ix_metal_site_element", "metal_site", ["element"], unique=False)
    # The bytes are compressed already: a second pass costs time and gains nothing.
    op.execute("alter table source_file alter column content set storage external")


def downgrade() -> None:
    drop_views(op.get_bind())
    op.drop_table("metal_site")
    op.drop_table("structure_complex")
    op.drop_table("complex")
    op.drop_table("compound")
    op.drop_table("structure")
    op.drop_table("source_file")
