"""Runs: a request to stop, what a probe chose, how far from the training a complex lies."""

from alembic import op

from screening.views import drop_views

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
views_digest = "8fe51f428ee37a07bf30eade9edf0144d1128ecd9645a8af9b7d3141b6d14b6e"


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
