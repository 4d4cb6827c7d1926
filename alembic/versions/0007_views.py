"""Views: made from their files when the run ends at the newest revision.

A later revision that changes a view does as this one does, with the digest of that day.
"""

from alembic import op

from screening.views import drop_views

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

views_digest = "424269a1243a469a7a2621b3d4948a13487d235293a3e868c367c83ebcfbc795"


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
