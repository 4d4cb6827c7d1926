"""Chemistry: ligands, plausibility, near-duplicates; readings that supersede older ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from screening.views import drop_views

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

views_digest = "48d8ecf8ab10545f0e5c48aa7e69174069e8ee365edf5212614546ffbdcb9888"

COMPLEX = (
    ("determination_key", sa.Text()),
    ("chemistry_key", sa.Text()),
    ("donor_disordered", sa.Boolean()),
    ("missing_hydrogens", sa.BigInteger()),
    ("charge", sa.SmallInteger()),
    ("charge_reason", sa.Text()),
    ("ligand_classes", postgresql.ARRAY(sa.Text())),
    ("stated", postgresql.JSONB(astext_type=sa.Text())),
    ("superseded_at", sa.DateTime(timezone=True)),
    ("superseded_by", sa.BigInteger()),
)
METAL_SITE = (
    ("donor_groups", sa.Text()),
    ("shape_note", sa.Text()),
    ("bond_valence_sum", sa.Double()),
    ("d_count", sa.SmallInteger()),
    ("f_count", sa.SmallInteger()),
    ("is_kramers", sa.Boolean()),
    ("anisotropy", sa.Text()),
)

# Of rows read by older chemistry; `smmdb reingest` reads them again.
NOT_READ_YET = """
update complex set donor_disordered = false, ligand_classes = '{}', stated = '{}'
"""

NEW_IMMUTABLE = ("ligand", "plausibility_flag", "near_duplicate")
SUPERSEDABLE = ("structure", "complex")

# What was read stays; only that a later reading took its place is learned, once.
KEEP_READING = """
create function smmdb_keep_reading() returns trigger
language plpgsql as $$
declare
    taken text[] := array['superseded_at', 'superseded_by'];
begin
    if old.superseded_at is not null or new.superseded_at is null
            or to_jsonb(new) - taken <> to_jsonb(old) - taken then
        raise exception 'rows of % are never changed, only superseded: update refused',
            tg_table_name using errcode = 'integrity_constraint_violation',
            hint = 'Add a new row; what was said of the old one stays true of the old one.';
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    drop_views(op.get_bind())
    for table in SUPERSEDABLE:
        op.execute(f"drop trigger refuse_change on {table}")
    op.add_column(
        "structure", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_constraint("uq_structure_source_file_id_position", "structure")
    op.create_index(
        "uq_structure_current",
        "structure",
        ["source_file_id", "position"],
        unique=True,
        postgresql_where=sa.text("superseded_at is null"),
    )
    for name, kind in COMPLEX:
        op.add_column("complex", sa.Column(name, kind, nullable=True))
    op.execute(NOT_READ_YET)
    for name in ("donor_disordered", "ligand_classes", "stated"):
        op.alter_column("complex", name, nullable=False)
    op.alter_column("complex", "cell", nullable=True)
    # A content key has one current row, so the old one goes before the new one comes.
    op.create_foreign_key(
        "fk_complex_superseded_by_complex",
        "complex",
        "complex",
        ["superseded_by"],
        ["id"],
        deferrable=True,
        initially="IMMEDIATE",
    )
    op.drop_constraint("uq_complex_content_key", "complex")
    op.create_index(
        "uq_complex_current",
        "complex",
        ["content_key"],
        unique=True,
        postgresql_where=sa.text("superseded_at is null"),
    )
    op.create_index(
        "ix_complex_current_synthetic",
        "complex",
        ["is_synthetic", "id"],
        postgresql_where=sa.text("superseded_at is null"),
    )
    op.create_index(
        "ix_complex_superseded_by",
        "complex",
        ["superseded_by"],
        postgresql_where=sa.text("superseded_by is not null"),
    )
    op.create_index("ix_complex_determination_key", "complex", ["determination_key"])
    op.create_index(
        "ix_complex_ligand_classes", "complex", ["ligand_classes"], postgresql_using="gin"
    )
    for name, kind in METAL_SITE:
        op.add_column("metal_site", sa.Column(name, kind, nullable=True))
    create_tables()
    comments(
        "One file as read",
        "One data block's verdict; superseded when the same bytes were read to another result.",
        "One molecule of one determination; superseded when better chemistry made another row.",
    )
    op.execute(KEEP_READING)
    for table in SUPERSEDABLE:
        op.execute(
            f"create trigger keep_reading before update on {table}"
            " for each row execute function smmdb_keep_reading()"
        )
        op.execute(
            f"create trigger refuse_delete before delete on {table}"
            " for each row execute function smmdb_refuse_change()"
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


def create_tables() -> None:
    op.create_table(
        "ligand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("smiles", sa.Text(), nullable=True),
        sa.Column("smiles_note", sa.Text(), nullable=True),
        sa.Column("charge", sa.SmallInteger(), nullable=True),
        sa.Column("denticity", sa.SmallInteger(), nullable=False),
        sa.Column("hapticity", sa.SmallInteger(), nullable=False),
        sa.Column("n_metals", sa.SmallInteger(), nullable=False),
        sa.Column("donor_set", sa.Text(), nullable=False),
        sa.Column("classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("atoms", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_ligand_complex_id_complex"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ligand"),
        sa.UniqueConstraint("complex_id", "position", name="uq_ligand_complex_id_position"),
        comment="One ligand of a complex: what is left together when the bonds to metals are cut.",
    )
    op.create_index("ix_ligand_classes", "ligand", ["classes"], postgresql_using="gin")
    op.create_table(
        "plausibility_rule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_plausibility_rule"),
        comment="A rule of chemistry that speaks for or against a single-molecule magnet, "
        "with its source.",
    )
    op.create_table(
        "plausibility_flag",
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_plausibility_flag_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["rule"], ["plausibility_rule.name"], name="fk_plausibility_flag_rule_plausibility_rule"
        ),
        sa.PrimaryKeyConstraint("complex_id", "rule", name="pk_plausibility_flag"),
        comment="One rule that applies to one complex, and why; it flags and never deletes.",
    )
    op.create_index("ix_plausibility_flag_rule", "plausibility_flag", ["rule"])
    op.create_table(
        "near_duplicate",
        sa.Column("complex_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("complex_id < other_id", name=op.f("ck_near_duplicate_ordered")),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["complex.id"], name="fk_near_duplicate_complex_id_complex"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["complex.id"], name="fk_near_duplicate_other_id_complex"
        ),
        sa.PrimaryKeyConstraint("complex_id", "other_id", name="pk_near_duplicate"),
        comment="Two complexes that may be one determination under two names; "
        "linked, neither is dropped.",
    )
    op.create_index("ix_near_duplicate_other_id", "near_duplicate", ["other_id"])


def comments(source_file: str, structure: str, complex_: str) -> None:
    bytes_kept = "its bytes (zstd) allow better chemistry without the file."
    op.create_table_comment("source_file", f"{source_file}: {bytes_kept}")
    op.create_table_comment("structure", structure)
    op.create_table_comment("complex", complex_)


def downgrade() -> None:
    drop_views(op.get_bind())
    for table in reversed(NEW_IMMUTABLE):
        op.drop_table(table)
    op.drop_table("plausibility_rule")
    for table in SUPERSEDABLE:
        op.execute(f"drop trigger keep_reading on {table}")
        op.execute(f"drop trigger refuse_delete on {table}")
    op.execute("drop function smmdb_keep_reading()")
    comments(
        "One CIF file as read",
        "One data block's verdict: accepted, or rejected with a code and a reason.",
        "One molecule from one determination, with its atoms.",
    )
    for name, _ in reversed(METAL_SITE):
        op.drop_column("metal_site", name)
    op.drop_index("ix_complex_ligand_classes", "complex")
    op.drop_index("ix_complex_determination_key", "complex")
    op.drop_index("ix_complex_superseded_by", "complex")
    op.drop_index("ix_complex_current_synthetic", "complex")
    op.drop_index("uq_complex_current", "complex")
    # Fails, and changes nothing, where a row was superseded: the older schema cannot hold both.
    op.create_unique_constraint("uq_complex_content_key", "complex", ["content_key"])
    for name, _ in reversed(COMPLEX):
        op.drop_column("complex", name)
    op.alter_column("complex", "cell", nullable=False)
    op.drop_index("uq_structure_current", "structure")
    op.create_unique_constraint(
        "uq_structure_source_file_id_position", "structure", ["source_file_id", "position"]
    )
    op.drop_column("structure", "superseded_at")
    for table in SUPERSEDABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function smmdb_refuse_change()"
        )
