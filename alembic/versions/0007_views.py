"""Views: made from their files when the run ends at the newest revision.

A later revision that changes a view does as this one does, with the digest of that day.
"""

from alembic import op

from screening.views import drop_views

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

views_digest = "75215fe60dd6709f0f077bbeff12ad2c6448843f51e5b77553c9458b1df95c0e"


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
