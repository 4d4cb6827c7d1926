"""Models: numbers are learned as numbers."""

import sqlalchemy as sa
from alembic import op

from screening.views import drop_views

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
views_digest = "a199f26383b2a8f2d8959c46c9b7a64885fb5d1e4af62d5d2462c48cb1fa2498"

KIND = "kind = 'binary' or (kind = 'numeric' and target <> 'smm' and at_least is null)"
WITH_ANSWERS = ("training_example", "imported_example", "evaluation_example")


def upgrade() -> None:
    drop_views(op.get_bind())
    # A model of a number gives numbers; an answer is 1 or 0, or the number itself.
    op.add_column(
        "model_version",
        sa.Column("kind", sa.Text(), nullable=False, server_default="binary"),
    )
    op.alter_column("model_version", "kind", server_default=None)
    op.create_check_constraint(op.f("ck_model_version_kind"), "model_version", KIND)
    op.alter_column("evaluation", "n_positive", nullable=True)
    for table in WITH_ANSWERS:
        _rename(table, "is_positive", "answer", sa.Double(), "answer::integer::float8")


def downgrade() -> None:
    drop_views(op.get_bind())
    # Fails, and changes nothing, where there is a model of a number: the older schema has no place.
    op.execute("alter table model_version add constraint no_number check (kind = 'binary')")
    op.execute("alter table model_version drop constraint no_number")
    for table in WITH_ANSWERS:
        _rename(table, "answer", "is_positive", sa.Boolean(), "is_positive = 1")
    op.alter_column("evaluation", "n_positive", nullable=False)
    op.drop_constraint(op.f("ck_model_version_kind"), "model_version")
    op.drop_column("model_version", "kind")


def _rename(table: str, old: str, new: str, kind: sa.types.TypeEngine, using: str) -> None:
    # PostgreSQL 18 names the constraint that a column is filled after the column: made anew.
    op.alter_column(table, old, nullable=True)
    op.alter_column(table, old, new_column_name=new)
    op.alter_column(table, new, type_=kind, postgresql_using=using)
    op.alter_column(table, new, nullable=False)
