-- What an administrator runs once, in the database that smmdb is to use, so that a user without
-- the right to create roles can bring smmdb up in it:
--     psql -v user=USER -f roles.sql DATABASE
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
grant smmdb_owner, smmdb_writer, smmdb_analyst to :"user";
grant usage, create on schema public to smmdb_owner;
