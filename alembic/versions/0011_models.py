"""Models: any target, evaluations on unseen complexes."""

from alembic import op

from screening.views import drop_views

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
