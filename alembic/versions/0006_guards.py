"""Guards: what is stored stays as it is, for the owner and for a superuser too."""

from alembic import op

from screening.views import drop_views

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IMMUTABLE = (
    "source_file",
    "structure",
    "structure_complex",
    "compound",
    "complex",
    "metal_site",
    "voxel_spec",
    "voxel_grid",
    "model_version",
    "training_example",
    "metric",
    "prediction",
    "prediction_failure",
)

REFUSE = """
create function smmdb_refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'rows of % are never changed: % refused', tg_table_name, lower(tg_op)
        using errcode = 'integrity_constraint_violation',
              hint = 'Add a new row; what was said of the old one stays true of the old one.';
end
$$
"""

# A finding stays as the paper has it; only which compound it speaks of is learned later.
KEEP_FINDING = """
create function smmdb_keep_finding() returns trigger
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

# The findings that cite a paper stand by its DOI; its year may be learned later, once.
KEEP_PUBLICATION = """
create function smmdb_keep_publication() returns trigger
language plpgsql as $$
declare
    known_before publication := old;
begin
    known_before.year := coalesce(old.year, new.year);
    if new is distinct from known_before then
        raise exception 'a publication is never changed, only gains a missing year: update refused'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$
"""

KEPT = ("finding", "publication")
"""Tables with rows that may gain what was not known before, and nothing else."""


def upgrade() -> None:
    drop_views(op.get_bind())
    op.execute(REFUSE)
    op.execute(KEEP_FINDING)
    op.execute(KEEP_PUBLICATION)
    for table in IMMUTABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function smmdb_refuse_change()"
        )
    for table in KEPT:
        op.execute(
            f"create trigger keep_{table} before update on {table}"
            f" for each row execute function smmdb_keep_{table}()"
        )
        op.execute(
            f"create trigger refuse_delete before delete on {table}"
            " for each row execute function smmdb_refuse_change()"
        )
    for table in (*IMMUTABLE, *KEPT):
        op.execute(
            f"create trigger refuse_truncate before truncate on {table}"
            " for each statement execute function smmdb_refuse_change()"
        )


def downgrade() -> None:
    drop_views(op.get_bind())
    for table in (*IMMUTABLE, *KEPT):
        op.execute(f"drop trigger refuse_truncate on {table}")
    for table in KEPT:
        op.execute(f"drop trigger refuse_delete on {table}")
        op.execute(f"drop trigger keep_{table} on {table}")
    for table in IMMUTABLE:
        op.execute(f"drop trigger refuse_change on {table}")
    op.execute("drop function smmdb_keep_publication()")
    op.execute("drop function smmdb_keep_finding()")
    op.execute("drop function smmdb_refuse_change()")
