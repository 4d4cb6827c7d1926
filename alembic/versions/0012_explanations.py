"""Explanations: which atoms drive a score."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEW_IMMUTABLE = ("explanation", "explanation_check")


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "explanation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("looks", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("log_odds", sa.Double(), nullable=False),
        sa.Column("atoms", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("spreads", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("ligands", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("shells", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "array_length(atoms, 1) = array_length(spreads, 1)", name=op.f("ck_explanation_atoms")
        ),
        sa.CheckConstraint("array_length(shells, 1) = 4", name=op.f("ck_explanation_shells")),
        sa.CheckConstraint("looks > 0", name=op.f("ck_explanation_looks")),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_explanation_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_explanation_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_explanation"),
        sa.UniqueConstraint(
            "model_version_id",
            "complex_id",
            "method",
            name="uq_explanation_model_version_id_complex_id_method",
        ),
        comment="How much each atom of a complex moves what a version says of it; never changed.",
    )
    op.create_index("ix_explanation_complex_id", "explanation", ["complex_id"])
    op.create_table(
        "explanation_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_explanation_check_digest_length")),
        sa.CheckConstraint("n > 0", name=op.f("ck_explanation_check_n")),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_explanation_check_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_explanation_check"),
        sa.UniqueConstraint(
            "model_version_id", "digest", name="uq_explanation_check_model_version_id_digest"
        ),
        comment="Where the importance of a version falls, over a sample of complexes; "
        "never changed.",
    )
    for table in NEW_IMMUTABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function smmdb_refuse_change()"
        )
        op.execute(
            f"create trigger refuse_truncate before truncate on {table}"
            " for each statement execute function smmdb_refuse_change()"
        )


def downgrade() -> None:
    drop_views(op.get_bind())
    for table in reversed(NEW_IMMUTABLE):
        op.drop_table(table)
