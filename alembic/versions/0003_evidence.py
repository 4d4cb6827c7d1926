"""Evidence: publications, findings and labels."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_views(op.get_bind())
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("doi", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("doi", name="uq_publication_doi"),
        comment="One paper.",
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=True),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("compound_id", sa.BigInteger(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("behaviour", sa.Text(), nullable=False),
        sa.Column("dc_field_oe", sa.Double(), nullable=True),
        sa.Column("t_min_k", sa.Double(), nullable=True),
        sa.Column("f_max_hz", sa.Double(), nullable=True),
        sa.Column("ueff_k", sa.Double(), nullable=True),
        sa.Column("ueff_given", sa.Double(), nullable=True),
        sa.Column("ueff_unit", sa.Text(), nullable=True),
        sa.Column("tau0_s", sa.Double(), nullable=True),
        sa.Column("fit", sa.Text(), nullable=True),
        sa.Column("tb_k", sa.Double(), nullable=True),
        sa.Column("tb_definition", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column(
            "entered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "behaviour in ('smm_zero_field', 'smm_field_induced', 'slow_relaxation_no_barrier',"
            " 'no_signal_observed', 'not_measured', 'conflict')",
            name=op.f("ck_finding_behaviour"),
        ),
        sa.CheckConstraint(
            "sample in ('neat', 'diluted', 'not_stated')", name=op.f("ck_finding_sample")
        ),
        sa.CheckConstraint(
            "(compound_id is null) = (matched_by is null)", name=op.f("ck_finding_match_says_how")
        ),
        sa.ForeignKeyConstraint(
            ["compound_id"], ["compound.id"], name="fk_finding_compound_id_compound"
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name="fk_finding_publication_id_publication"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.UniqueConstraint("key", name="uq_finding_key"),
        comment="One statement of one paper on one sample; contradictions stay side by side.",
    )
    op.create_index("ix_finding_compound_id", "finding", ["compound_id"], unique=False)
    op.create_index("ix_finding_publication_id", "finding", ["publication_id"], unique=False)
    op.create_index(
        "ix_finding_unmatched",
        "finding",
        ["identifier"],
        unique=False,
        postgresql_where="compound_id is null",
    )
    op.create_table(
        "label",
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.SmallInteger(), nullable=False),
        sa.Column("compound_id", sa.BigInteger(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("finding_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column(
            "resolved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "class in ('positive', 'negative', 'unlabelled', 'excluded')",
            name=op.f("ck_label_class"),
        ),
        sa.ForeignKeyConstraint(
            ["compound_id"], ["compound.id"], name="fk_label_compound_id_compound"
        ),
        sa.PrimaryKeyConstraint("policy", "policy_version", "compound_id", name="pk_label"),
        comment="What a policy makes of all findings on one compound; computed, never typed.",
    )


def downgrade() -> None:
    drop_views(op.get_bind())
    op.drop_table("label")
    op.drop_table("finding")
    op.drop_table("publication")
