"""Predictions: screening runs, scores and failures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "screening_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'done' or asked = done + failed + skipped",
            name=op.f("ck_screening_run_books_balance"),
        ),
        sa.CheckConstraint(
            "status in ('running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_screening_run_status"),
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_screening_run_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_screening_run"),
        comment="One `smmdb predict`; when it is done its books balance.",
    )
    op.create_index(
        "ix_screening_run_model_version_id", "screening_run", ["model_version_id"], unique=False
    )
    op.create_table(
        "prediction",
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("spread", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_prediction_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_prediction_model_version_id_model_version",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["screening_run.id"], name="fk_prediction_run_id_screening_run"
        ),
        sa.PrimaryKeyConstraint("model_version_id", "complex_id", name="pk_prediction"),
        comment="One score of one complex by one model version; append-only.",
    )
    op.create_index("ix_prediction_complex_id", "prediction", ["complex_id"], unique=False)
    op.create_index(
        "ix_prediction_ranking",
        "prediction",
        ["model_version_id", sa.literal_column("score desc"), "complex_id"],
        unique=False,
    )
    op.create_index("ix_prediction_run_id", "prediction", ["run_id"], unique=False)
    op.create_table(
        "prediction_failure",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_prediction_failure_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["screening_run.id"], name="fk_prediction_failure_run_id_screening_run"
        ),
        sa.PrimaryKeyConstraint("run_id", "complex_id", name="pk_prediction_failure"),
        comment="One complex that a run could not score, and why; a failure is never a score.",
    )


def downgrade() -> None:
    drop_views(op.get_bind())
    op.drop_table("prediction_failure")
    op.drop_table("prediction")
    op.drop_table("screening_run")
