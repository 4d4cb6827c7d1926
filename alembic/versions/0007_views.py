"""Views: made from their files when the run ends at the newest revision.

A later revision that changes a view does as this one does, with the digest of that day.
"""

from alembic import op

from screening.views import drop_views

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

views_digest = "136e69bc41acce17712bb8fb8efac58f79cf732cd69db632ebeb3d60f32dd1fc"


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
