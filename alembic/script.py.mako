"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

from screening.views import drop_views

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    drop_views(op.get_bind())
    ${downgrades if downgrades else "pass"}
