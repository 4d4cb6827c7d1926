"""Properties: values are withdrawn, a description is added later; their history."""

import sqlalchemy as sa
from alembic import op

from screening.views import drop_views

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
views_digest = "0b195c4a4a1064a38e66b420fedbc96470afc35eff2733943796e395df911618"

# What was said stays. A withdrawal, and a description that was missing, go with an event of the
# same transaction that says who and why.
KEEP_VALUE = """
create function smmdb_keep_property_value() returns trigger
language plpgsql as $$
declare
    said_before property_value := old;
begin
    said_before.withdrawn_at := new.withdrawn_at;
    if new is distinct from said_before then
        raise exception 'a value is never changed, only withdrawn: update refused'
            using errcode = 'integrity_constraint_violation',
                  hint = 'Withdraw it (smmdb property withdraw) and import what is right.';
    end if;
    if new.withdrawn_at is distinct from old.withdrawn_at and not exists (
            select from property_event e where e.value_id = new.id and e.at = now()
                and e.event = case when new.withdrawn_at is null then 'reinstated'
                                   else 'withdrawn' end) then
        raise exception 'the withdrawal of value % says who made it: update refused', new.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$
"""

KEEP_DEFINITION = """
create function smmdb_keep_property_definition() returns trigger
language plpgsql as $$
declare
    said_before property_definition := old;
begin
    if old.description is null then
        said_before.description := new.description;
    end if;
    if new is distinct from said_before then
        raise exception 'what a property is is never changed, only described: update refused'
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.description is distinct from old.description and not exists (
            select from property_event e where e.property_id = new.id and e.at = now()) then
        raise exception 'the description of % says who gave it: update refused', new.name
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$
"""

COMMENTS = {
    "property_definition": (
        "What a property is, yes or no or a number in one unit; a description may come later.",
        "What a property is: yes or no, or a number in one unit; never changed.",
    ),
    "property_value": (
        "What one source says of one structure; withdrawn ones stay. Whose it is, the view tells.",
        "What one source says of one structure; which complexes that is, the view tells.",
    ),
}
UNIQUE = "uq_property_value_property_id_source_name_of_file"
SAID_ONCE = ["property_id", "source", "name", "of_file"]


def upgrade() -> None:
    drop_views(op.get_bind())
    op.add_column(
        "property_value", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True)
    )
    # Of what a source says of one structure, one value stands.
    op.drop_constraint(UNIQUE, "property_value")
    op.create_index(
        "ix_property_value_standing",
        "property_value",
        SAID_ONCE,
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "property_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=True),
        sa.Column("value_id", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "event in ('described', 'withdrawn', 'reinstated')",
            name=op.f("ck_property_event_event"),
        ),
        sa.CheckConstraint(
            "(event = 'described') = (property_id is not null)"
            " and (event = 'described') = (value_id is null)",
            name=op.f("ck_property_event_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property_definition.id"],
            name="fk_property_event_property_id_property_definition",
        ),
        sa.ForeignKeyConstraint(
            ["value_id"], ["property_value.id"], name="fk_property_event_value_id_property_value"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_property_event"),
        comment="What happened to a property or to one of its values later: when, by whom and why.",
    )
    op.create_index("ix_property_event_value_id", "property_event", ["value_id"])
    _guard("property_event", "refuse_change", "update or delete", "smmdb_refuse_change")
    op.execute(
        "create trigger refuse_truncate before truncate on property_event"
        " for each statement execute function smmdb_refuse_change()"
    )
    op.execute(KEEP_VALUE)
    op.execute(KEEP_DEFINITION)
    for table, (comment, _) in COMMENTS.items():
        op.execute(f"drop trigger refuse_change on {table}")
        _guard(table, f"keep_{table}", "update", f"smmdb_keep_{table}")
        _guard(table, "refuse_delete", "delete", "smmdb_refuse_change")
        op.create_table_comment(table, comment)


def downgrade() -> None:
    drop_views(op.get_bind())
    # Fails, and changes nothing, where a value is withdrawn: in the older schema it would count.
    op.execute(
        "alter table property_value add constraint no_withdrawal check (withdrawn_at is null)"
    )
    op.execute("alter table property_value drop constraint no_withdrawal")
    for table, (_, comment) in COMMENTS.items():
        op.execute(f"drop trigger keep_{table} on {table}")
        op.execute(f"drop trigger refuse_delete on {table}")
        op.execute(f"drop function smmdb_keep_{table}()")
        _guard(table, "refuse_change", "update or delete", "smmdb_refuse_change")
        op.create_table_comment(table, comment)
    op.drop_table("property_event")
    op.drop_index("ix_property_value_standing", "property_value")
    op.create_unique_constraint(
        UNIQUE, "property_value", SAID_ONCE, postgresql_nulls_not_distinct=True
    )
    op.drop_column("property_value", "withdrawn_at")


def _guard(table: str, trigger: str, when: str, function: str) -> None:
    op.execute(
        f"create trigger {trigger} before {when} on {table}"
        f" for each row execute function {function}()"
    )
