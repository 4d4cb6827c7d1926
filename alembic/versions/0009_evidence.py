"""Evidence: numbers with their spread, the row as given, decisions, withdrawals, history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

views_digest = "fd78b5e79669836aee928b5d7979532977afee63076f17345a318211daef3936"

FINDING = (
    ("stated_formula", sa.Text()),
    ("decided_complex_id", sa.BigInteger()),
    ("host", sa.Text()),
    ("ueff_low_k", sa.Double()),
    ("ueff_high_k", sa.Double()),
    ("ueff_sigma_k", sa.Double()),
    ("tau0_low_s", sa.Double()),
    ("tau0_high_s", sa.Double()),
    ("tau0_sigma_s", sa.Double()),
    ("raman_n", sa.Double()),
    ("tau_qtm_s", sa.Double()),
    ("tb_low_k", sa.Double()),
    ("tb_high_k", sa.Double()),
    ("tb_sigma_k", sa.Double()),
    ("given", postgresql.JSONB(astext_type=sa.Text())),
    ("replaces", sa.BigInteger()),
    ("withdrawn_at", sa.DateTime(timezone=True)),
)

BEHAVIOUR = (
    "behaviour in ('smm_zero_field', 'smm_field_induced', 'smm_field_not_stated',"
    " 'signal_only', 'slow_relaxation_no_barrier', 'no_signal_observed', 'not_measured',"
    " 'conflict')"
)
BEHAVIOUR_BEFORE = (
    "behaviour in ('smm_zero_field', 'smm_field_induced', 'slow_relaxation_no_barrier',"
    " 'no_signal_observed', 'not_measured', 'conflict')"
)

# What is known of rows that were stored before the cells of a row were kept.
GIVEN_BEFORE = """
update finding set given = case when ueff_given is null then '{}'::jsonb
    else jsonb_build_object(
        case ueff_unit when 'K' then 'ueff_k' else 'ueff_cm-1' end, ueff_given::text) end
"""

# A finding stays as the paper has it. Which compound it speaks of is learned later; a decision on
# that, or a withdrawal, goes with an event of the same transaction that says who and why.
KEEP_FINDING = """
create or replace function smmdb_keep_finding() returns trigger
language plpgsql as $$
declare
    said_before finding := old;
begin
    said_before.compound_id := new.compound_id;
    said_before.matched_by := new.matched_by;
    said_before.matched_at := new.matched_at;
    said_before.decided_complex_id := new.decided_complex_id;
    said_before.withdrawn_at := new.withdrawn_at;
    if new is distinct from said_before then
        raise exception 'a finding is never changed, only matched to a compound: update refused'
            using errcode = 'integrity_constraint_violation',
                  hint = 'Withdraw it and enter another that replaces it: smmdb label correct';
    end if;
    if new.decided_complex_id is distinct from old.decided_complex_id and not exists (
            select from finding_event e where e.finding_id = new.id and e.at = now()
                and e.event = case when new.decided_complex_id is null then 'undecided'
                                   else 'decided' end) then
        raise exception 'a decision on finding % says who made it: update refused', new.id
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.withdrawn_at is distinct from old.withdrawn_at and not exists (
            select from finding_event e where e.finding_id = new.id and e.at = now()
                and e.event = case when new.withdrawn_at is null then 'reinstated'
                                   else 'withdrawn' end) then
        raise exception 'a withdrawal of finding % says who and why: update refused', new.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$
"""

KEEP_FINDING_BEFORE = """
create or replace function smmdb_keep_finding() returns trigger
language plpgsql as $$
declare
    said_before finding := old;
begin
    said_before.compound_id := new.compound_id;
    said_before.matched_by := new.matched_by;
    said_before.matched_at := new.matched_at;
    if new is distinct from said_before then
        raise exception 'a finding is never changed, only matched to a compound: update refused'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    drop_views(op.get_bind())
    for name, kind in FINDING:
        op.add_column("finding", sa.Column(name, kind, nullable=True))
    op.execute("alter table finding disable trigger keep_finding")
    op.execute(GIVEN_BEFORE)
    op.execute("alter table finding enable trigger keep_finding")
    op.alter_column("finding", "given", nullable=False)
    op.create_foreign_key(
        "fk_finding_decided_complex_id_complex",
        "finding",
        "complex",
        ["decided_complex_id"],
        ["id"],
    )
    op.create_foreign_key("fk_finding_replaces_finding", "finding", "finding", ["replaces"], ["id"])
    op.drop_constraint(op.f("ck_finding_behaviour"), "finding")
    op.create_check_constraint(op.f("ck_finding_behaviour"), "finding", BEHAVIOUR)
    op.create_table_comment(
        "finding",
        "One statement of one paper on one sample; contradictions stay, withdrawn ones too.",
    )
    op.create_table(
        "finding_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "event in ('matched', 'unmatched', 'decided', 'undecided', 'withdrawn', 'reinstated')",
            name=op.f("ck_finding_event_event"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name="fk_finding_event_finding_id_finding"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_finding_event"),
        comment="What happened to a finding after it was entered: when, by whom and why; "
        "never changed.",
    )
    op.create_index("ix_finding_event_finding_id", "finding_event", ["finding_id"])
    op.execute(KEEP_FINDING)
    op.execute(
        "create trigger refuse_change before update or delete on finding_event"
        " for each row execute function smmdb_refuse_change()"
    )
    op.execute(
        "create trigger refuse_truncate before truncate on finding_event"
        " for each statement execute function smmdb_refuse_change()"
    )


def downgrade() -> None:
    drop_views(op.get_bind())
    op.execute(KEEP_FINDING_BEFORE)
    op.drop_table("finding_event")
    # Fails, and changes nothing, where a finding uses a word that the older schema does not know.
    op.drop_constraint(op.f("ck_finding_behaviour"), "finding")
    op.create_check_constraint(op.f("ck_finding_behaviour"), "finding", BEHAVIOUR_BEFORE)
    op.create_table_comment(
        "finding", "One statement of one paper on one sample; contradictions stay side by side."
    )
    for name, _ in reversed(FINDING):
        op.drop_column("finding", name)
