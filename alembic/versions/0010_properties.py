"""Properties: measured or computed values of complexes, with unit, method and source."""

import sqlalchemy as sa
from alembic import op

from screening.views import drop_views

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

views_digest = "8fe51f428ee37a07bf30eade9edf0144d1128ecd9645a8af9b7d3141b6d14b6e"

NEW_IMMUTABLE = ("property_definition", "property_value")


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "property_definition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("defined_by", sa.Text(), nullable=False),
        sa.Column(
            "defined_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('binary', 'numeric')", name=op.f("ck_property_definition_kind")
        ),
        sa.CheckConstraint(
            "kind = 'numeric' or unit is null", name=op.f("ck_property_definition_unit")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_property_definition"),
        sa.UniqueConstraint("name", name="uq_property_definition_name"),
        comment="What a property is: yes or no, or a number in one unit; never changed.",
    )
    op.create_table(
        "property_value",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("refcode", sa.Text(), nullable=True),
        sa.Column("cod_id", sa.BigInteger(), nullable=True),
        sa.Column("ccdc_number", sa.BigInteger(), nullable=True),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("formula", sa.Text(), nullable=True),
        sa.Column("of_file", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column(
            "entered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "value > '-Infinity' and value < 'Infinity'", name=op.f("ck_property_value_finite")
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property_definition.id"],
            name="fk_property_value_property_id_property_definition",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_property_value"),
        sa.UniqueConstraint(
            "property_id",
            "source",
            "name",
            "of_file",
            name="uq_property_value_property_id_source_name_of_file",
            postgresql_nulls_not_distinct=True,
        ),
        comment="What one source says of one structure; which complexes that is, the view tells.",
    )
    for table in NEW_IMMUTABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function smmdb_refuse_change()"
        )
        op.execute(
            f"create trigger refuse_truncate before truncate on {table}"
            " for each statement execute function smmdb_refuse_change()"
        )


def downgrade() -> None:
    drop_views(op.get_bind())
    for table in reversed(NEW_IMMUTABLE):
        op.drop_table(table)
