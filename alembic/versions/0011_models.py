"""Models: any target, evaluations on unseen complexes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# An alias moves by a new row; of the old one only its end is told, once.
KEEP_ALIAS = """
create function smmdb_keep_alias() returns trigger
language plpgsql as $$
declare
    said_before model_alias := old;
begin
    said_before.valid_to := new.valid_to;
    said_before.ended_by := new.ended_by;
    if new is distinct from said_before or old.valid_to is not null or new.valid_to is null then
        raise exception 'the history of an alias is never changed, only ended: update refused'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$
"""

TARGET = (
    "(target = 'smm' and policy is not null and policy_version is not null"
    " and property_source is null and at_least is null)"
    " or (target <> 'smm' and policy is null and policy_version is null)"
)
NEW_IMMUTABLE = ("evaluation", "evaluation_example")
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    drop_views(op.get_bind())
    _keep_history_of_aliases()
    _make_imported_examples()
    # Every network so far looks at the whole grid; from here on that is told.
    _change_versions(
        """update model_version set architecture = architecture || '{"field": null}'"""
    )
    op.alter_column("model_version", "policy", nullable=True)
    op.alter_column("model_version", "policy_version", nullable=True)
    op.add_column("model_version", sa.Column("property_source", sa.Text(), nullable=True))
    op.add_column("model_version", sa.Column("at_least", sa.Double(), nullable=True))
    op.create_check_constraint(op.f("ck_model_version_target"), "model_version", TARGET)
    op.create_table(
        "evaluation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.SmallInteger(), nullable=True),
        sa.Column("property_source", sa.Text(), nullable=True),
        sa.Column("at_least", sa.Double(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("n_positive", sa.BigInteger(), nullable=False),
        sa.Column("left_out", JSON, nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("reliability", JSON, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column(
            "evaluated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(TARGET, name=op.f("ck_evaluation_target")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_evaluation_digest_length")),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_evaluation_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sa.UniqueConstraint("id", "model_version_id", name="uq_evaluation_id_model_version_id"),
        sa.UniqueConstraint(
            "model_version_id", "digest", "code_version", name="uq_evaluation_what"
        ),
        comment="One later test of a version on examples that it never saw; never changed.",
    )
    op.create_table(
        "evaluation_example",
        sa.Column("evaluation_id", sa.BigInteger(), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("is_positive", sa.Boolean(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_evaluation_example_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name="fk_evaluation_example_evaluation_id_evaluation",
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "complex_id", name="pk_evaluation_example"),
        comment="One example of an evaluation, and the score that the version gave it there.",
    )
    op.add_column("metric", sa.Column("evaluation_id", sa.BigInteger(), nullable=True))
    op.drop_constraint("uq_metric_model_version_id_part_subject_name", "metric")
    op.create_unique_constraint(
        "uq_metric_model_version_id_evaluation_id_part_subject_name",
        "metric",
        ["model_version_id", "evaluation_id", "part", "subject", "name"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(
        "fk_metric_evaluation_id_model_version_id_evaluation",
        "metric",
        "evaluation",
        ["evaluation_id", "model_version_id"],
        ["id", "model_version_id"],
    )
    op.create_index("ix_metric_evaluation_id", "metric", ["evaluation_id"])
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
    # Both fail, and change nothing, where there is an evaluation or a model of a property: the
    # older schema has no place for them.
    op.execute("alter table metric add constraint no_evaluation check (evaluation_id is null)")
    op.execute("alter table metric drop constraint no_evaluation")
    _change_versions("update model_version set architecture = architecture - 'field'")
    op.alter_column("model_version", "policy", nullable=False)
    op.alter_column("model_version", "policy_version", nullable=False)
    op.drop_table("imported_example")
    for trigger in ("keep_alias", "refuse_delete", "refuse_truncate"):
        op.execute(f"drop trigger {trigger} on model_alias")
    op.execute("drop function smmdb_keep_alias()")
    op.drop_constraint("ck_model_alias_ended_by", "model_alias")
    op.drop_column("model_alias", "ended_by")
    op.drop_column("model_alias", "set_by")
    op.drop_index("ix_metric_evaluation_id", "metric")
    op.drop_constraint("fk_metric_evaluation_id_model_version_id_evaluation", "metric")
    op.drop_constraint("uq_metric_model_version_id_evaluation_id_part_subject_name", "metric")
    op.create_unique_constraint(
        "uq_metric_model_version_id_part_subject_name",
        "metric",
        ["model_version_id", "part", "subject", "name"],
    )
    op.drop_column("metric", "evaluation_id")
    for table in reversed(NEW_IMMUTABLE):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_model_version_target"), "model_version")
    op.drop_column("model_version", "at_least")
    op.drop_column("model_version", "property_source")


def _change_versions(update: str) -> None:
    op.execute("alter table model_version disable trigger refuse_change")
    op.execute(update)
    op.execute("alter table model_version enable trigger refuse_change")


def _keep_history_of_aliases() -> None:
    # No command wrote aliases before; who set one by hand is not known.
    op.add_column(
        "model_alias",
        sa.Column("set_by", sa.Text(), nullable=False, server_default="not recorded"),
    )
    op.alter_column("model_alias", "set_by", server_default=None)
    op.add_column("model_alias", sa.Column("ended_by", sa.Text(), nullable=True))
    op.execute("update model_alias set ended_by = 'not recorded' where valid_to is not null")
    op.create_check_constraint(
        op.f("ck_model_alias_ended_by"),
        "model_alias",
        "(ended_by is null) = (valid_to is null)",
    )
    op.execute(KEEP_ALIAS)
    op.execute(
        "create trigger keep_alias before update on model_alias"
        " for each row execute function smmdb_keep_alias()"
    )
    op.execute(
        "create trigger refuse_delete before delete on model_alias"
        " for each row execute function smmdb_refuse_change()"
    )
    op.execute(
        "create trigger refuse_truncate before truncate on model_alias"
        " for each statement execute function smmdb_refuse_change()"
    )


def _make_imported_examples() -> None:
    op.create_table(
        "imported_example",
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("compound_key", sa.Text(), nullable=False),
        sa.Column("skeleton_key", sa.Text(), nullable=False),
        sa.Column("metals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("is_positive", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "part in ('train', 'validation', 'test')", name=op.f("ck_imported_example_part")
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name="fk_imported_example_model_version_id_model_version",
        ),
        sa.PrimaryKeyConstraint("model_version_id", "content_key", name="pk_imported_example"),
        comment="One example of a version trained elsewhere, by its keys; "
        "the structure need not be here.",
    )
    op.execute(
        "create trigger refuse_change before update or delete on imported_example"
        " for each row execute function smmdb_refuse_change()"
    )
    op.execute(
        "create trigger refuse_truncate before truncate on imported_example"
        " for each statement execute function smmdb_refuse_change()"
    )
