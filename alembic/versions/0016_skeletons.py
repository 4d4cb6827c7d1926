"""Skeletons: analysts see which complexes are isostructural."""

from alembic import op

from screening.views import drop_views

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
views_digest = "c8e813ebaca7b47c08cdf86b24db8212db391d3b00628e476412f1bad288331d"


def upgrade() -> None:
    drop_views(op.get_bind())


def downgrade() -> None:
    drop_views(op.get_bind())
