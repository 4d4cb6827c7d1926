"""Roles: who may do what in the database."""

from psycopg import sql
from sqlalchemy import Connection, text

from screening.schema import Base

OWNER = "smmdb_owner"

LEARNED = ("compound_id", "matched_by", "matched_at", "decided_complex_id", "withdrawn_at")
"""What changes of a finding; its guard asks for the event that says who and why."""

# Roles belong to the whole server: another database's upgrade may make them at the same moment.
_CREATE_ROLES = """\
do $$
declare
    wanted text;
begin
    foreach wanted in array array['smmdb_owner', 'smmdb_writer', 'smmdb_analyst'] loop
        if not exists (select 1 from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
    end loop;
end
$$;
"""

_GRANT_ROLES = """\
grant smmdb_owner, smmdb_writer, smmdb_analyst to {user};
grant usage, create on schema public to smmdb_owner;
"""

# The owner makes the tables; writer and analyst are for `smmdb db psql --role`.
_MAY_ACT_AS_ALL = """
select bool_and(pg_has_role(current_user, wanted,
                            case when current_setting('server_version_num')::int >= 160000
                                 then 'SET' else 'MEMBER' end))
   and has_schema_privilege('smmdb_owner', 'public', 'create')
   and has_schema_privilege('smmdb_owner', 'public', 'usage')
from unnest(array['smmdb_owner', 'smmdb_writer', 'smmdb_analyst']::name[]) as wanted
"""


def roles_sql(user: str) -> str:
    """What an administrator runs in the database so that *user* may bring smmdb up in it."""
    return _CREATE_ROLES + _GRANT_ROLES.format(user=sql.Identifier(user).as_string())


def prepare_roles(connection: Connection) -> None:
    """Make the three group roles where they are missing, and let the caller act as each."""
    connection.execute(text(_CREATE_ROLES))
    if not connection.execute(text(_MAY_ACT_AS_ALL)).scalar_one():
        connection.execute(text(_GRANT_ROLES.format(user="current_user")))


def grant_privileges(connection: Connection, version_table: str) -> None:
    """Give the writer what the commands need; the analyst's rights come with the views.

    The schema's version is for both: every command begins by asking for it.
    """
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    sequences = ", ".join(
        f"{table.name}_id_seq" for table in Base.metadata.sorted_tables if "id" in table.c
    )
    for statement in (
        "grant usage on schema public to smmdb_writer, smmdb_analyst",
        f"grant select, insert on {tables} to smmdb_writer",
        f"grant usage on sequence {sequences} to smmdb_writer",
        f"grant select on {version_table} to smmdb_writer, smmdb_analyst",
        f"grant update ({', '.join(LEARNED)}) on finding to smmdb_writer",
        "grant update (year) on publication to smmdb_writer",
        "grant update (description) on property_definition to smmdb_writer",
        "grant update (withdrawn_at) on property_value to smmdb_writer",
        "grant update (superseded_at) on structure to smmdb_writer",
        "grant update (superseded_at, superseded_by) on complex to smmdb_writer",
        "grant update on plausibility_rule, screening_run, model_alias to smmdb_writer",
        "grant update (class, reason, finding_ids, resolved_at), delete on label to smmdb_writer",
    ):
        connection.execute(text(statement))
