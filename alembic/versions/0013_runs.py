"""Runs: a request to stop, what a probe chose, how far from the training a complex lies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
views_digest = "a0b016c624a631f3fca6df02878d824ffbdfcb21a0c1db20e8f98a4fbe2e4ecf"


def upgrade() -> None:
    drop_views(op.get_bind())
    op.add_column("prediction", sa.Column("distance", sa.REAL(), nullable=True))
    timestamp = sa.DateTime(timezone=True)
    op.add_column("screening_run", sa.Column("measured", postgresql.JSONB(), nullable=True))
    op.add_column("screening_run", sa.Column("cancel_requested_at", timestamp, nullable=True))
    op.add_column("screening_run", sa.Column("cancel_requested_by", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_screening_run_cancel_request"),
        "screening_run",
        "(cancel_requested_at is null) = (cancel_requested_by is null)",
    )


def downgrade() -> None:
    drop_views(op.get_bind())
    op.drop_constraint(op.f("ck_screening_run_cancel_request"), "screening_run")
    op.drop_column("screening_run", "cancel_requested_by")
    op.drop_column("screening_run", "cancel_requested_at")
    op.drop_column("screening_run", "measured")
    op.drop_column("prediction", "distance")
