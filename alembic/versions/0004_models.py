"""Models: trained versions, what they saw, aliases and metrics."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "model_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("spec_id", sa.BigInteger(), nullable=False),
        sa.Column("palette", sa.Text(), nullable=False),
        sa.Column("architecture", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("weights_sha256", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.SmallInteger(), nullable=False),
        sa.Column("snapshot_digest", sa.Text(), nullable=False),
        sa.Column("split", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("card", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("trained_on_synthetic", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(weights_sha256) = 64", name=op.f("ck_model_version_sha256_length")
        ),
        sa.ForeignKeyConstraint(
            ["spec_id"], ["voxel_spec.id"], name="fk_model_version_spec_id_voxel_spec"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_model_version"),
        sa.UniqueConstraint("name", "version", name="uq_model_version_name_version"),
        comment="One trained network, immutable: its weights as safetensors and how it was made.",
    )
    op.create_table(
        "training_example",
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("is_positive", sa.Boolean(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "part in ('train', 'validation', 'test')", name=op.f("ck_training_example_part")
        ),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_training_example_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_training_example_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("model_version_id", "complex_id", name="pk_training_example"),
        comment="One labelled complex that a version was trained or tested on: "
        "the exact data snapshot.",
    )
    op.create_table(
        "model_alias",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_model_alias_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_model_alias"),
        comment="Which version an alias such as `production` named, from when to when.",
    )
    op.create_index(
        "ix_model_alias_current",
        "model_alias",
        ["alias"],
        unique=True,
        postgresql_where="valid_to is null",
    )
    op.create_table(
        "metric",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_metric_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_metric"),
        sa.UniqueConstraint(
            "model_version_id",
            "part",
            "subject",
            "name",
            name="uq_metric_model_version_id_part_subject_name",
        ),
        comment="One computed figure of a version or of a baseline on the same examples.",
    )
    # The bytes are compressed already: a second pass costs time and gains nothing.
    op.execute("alter table model_version alter column weights set storage external")


def downgrade() -> None:
    drop_views(op.get_bind())
    op.drop_table("metric")
    op.drop_table("model_alias")
    op.drop_table("training_example")
    op.drop_table("model_version")
