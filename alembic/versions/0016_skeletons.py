"""Skeletons: analysts see which complexes are isostructural."""

from alembic import op

from screening.views import drop_views

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
views_digest = "df00dde375f180e40250d52a814b0f23b1490eec87c06cc53e1c656c93154f51"


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
