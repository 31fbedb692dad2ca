/** Roles that belong to the platform: where they exist, a restore leaves them as they are. So it does with the one it works as, and pg_*. */
const PLATFORM_ROLES = ['postgres', 'webadmin'];

/**
 * A program for the server that makes its roles, their attributes, passwords, settings and memberships equal to the globals in `json`.
 * A role that exists is altered, never dropped; one that the globals do not know stays. All of it happens, or nothing.
 */
export const globalsProgram = (json: string): string => `DO $dbbackup$
DECLARE
  wanted jsonb := '${json}';
  kept text[] := ARRAY[${PLATFORM_ROLES.map((role) => `'${role}'`).join(', ')}, session_user, current_user];
  made text[] := '{}';
  modern boolean := current_setting('server_version_num')::int >= 160000;
  clauses text;
  present record;
  r record;
BEGIN
  FOR r IN SELECT * FROM jsonb_to_recordset(wanted->'roles') AS x(name text, superuser boolean, inherit boolean,
      createrole boolean, createdb boolean, login boolean, replication boolean, bypassrls boolean, "limit" int,
      password text, until timestamptz, comment text) LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r.name) THEN
      EXECUTE format('CREATE ROLE %I', r.name);
      made := made || r.name;
    END IF;
    CONTINUE WHEN r.name = ANY (kept) AND NOT r.name = ANY (made);
    SELECT * INTO present FROM pg_catalog.pg_roles WHERE rolname = r.name;
    -- Only what differs: an account that is no superuser may not even repeat some of these.
    clauses := concat_ws(' ',
      CASE WHEN present.rolsuper <> r.superuser THEN CASE WHEN r.superuser THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END END,
      CASE WHEN present.rolinherit <> r.inherit THEN CASE WHEN r.inherit THEN 'INHERIT' ELSE 'NOINHERIT' END END,
      CASE WHEN present.rolcreaterole <> r.createrole THEN CASE WHEN r.createrole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END END,
      CASE WHEN present.rolcreatedb <> r.createdb THEN CASE WHEN r.createdb THEN 'CREATEDB' ELSE 'NOCREATEDB' END END,
      CASE WHEN present.rolcanlogin <> r.login THEN CASE WHEN r.login THEN 'LOGIN' ELSE 'NOLOGIN' END END,
      CASE WHEN present.rolreplication <> r.replication THEN CASE WHEN r.replication THEN 'REPLICATION' ELSE 'NOREPLICATION' END END,
      CASE WHEN present.rolbypassrls <> r.bypassrls THEN CASE WHEN r.bypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END END,
      CASE WHEN present.rolconnlimit <> r."limit" THEN 'CONNECTION LIMIT ' || r."limit" END,
      CASE WHEN coalesce(present.rolvaliduntil, 'infinity') <> coalesce(r.until, 'infinity')
        THEN format('VALID UNTIL %L', coalesce(r.until, 'infinity')) END,
      CASE WHEN (wanted->>'hashes')::boolean THEN format('PASSWORD %L', r.password) END);
    IF clauses <> '' THEN
      EXECUTE format('ALTER ROLE %I %s', r.name, clauses);
    END IF;
    IF r.comment IS DISTINCT FROM shobj_description(present.oid, 'pg_authid') THEN
      EXECUTE format('COMMENT ON ROLE %I IS %L', r.name, r.comment);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_db_role_setting WHERE setrole = present.oid AND setdatabase = 0) THEN
      EXECUTE format('ALTER ROLE %I RESET ALL', r.name);
    END IF;
  END LOOP;

  FOR r IN SELECT role, name, "values" FROM jsonb_to_recordset(wanted->'settings') AS x(role text, name text, "values" jsonb) LOOP
    CONTINUE WHEN r.role = ANY (kept) AND NOT r.role = ANY (made);
    BEGIN
      EXECUTE format('ALTER ROLE %s SET %I TO %s', coalesce(quote_ident(r.role), 'ALL'), r.name,
        (SELECT string_agg(quote_literal(value), ', ') FROM jsonb_array_elements_text(r."values")));
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'setting % of role % could not be made: %', r.name, coalesce(r.role, 'ALL'), SQLERRM;
    END;
  END LOOP;

  FOR r IN SELECT pg_get_userbyid(m.roleid) AS role, pg_get_userbyid(m.member) AS member, pg_get_userbyid(m.grantor) AS grantor
      FROM pg_catalog.pg_auth_members m
      WHERE NOT pg_get_userbyid(m.member) = ANY (kept)
        AND wanted->'roles' @> jsonb_build_array(jsonb_build_object('name', pg_get_userbyid(m.member)))
        AND NOT wanted->'memberships' @> jsonb_build_array(jsonb_build_object(
          'role', pg_get_userbyid(m.roleid), 'member', pg_get_userbyid(m.member), 'admin', m.admin_option)) LOOP
    EXECUTE format('REVOKE %I FROM %I', r.role, r.member) || CASE WHEN modern THEN format(' GRANTED BY %I', r.grantor) ELSE '' END;
  END LOOP;
  FOR r IN SELECT * FROM jsonb_to_recordset(wanted->'memberships') AS x(role text, member text, admin boolean, inherit boolean, set boolean) LOOP
    -- Granting again what is there is refused where it was granted by way of an admin option.
    CONTINUE WHEN NOT modern AND EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE pg_get_userbyid(m.roleid) = r.role
      AND pg_get_userbyid(m.member) = r.member AND m.admin_option >= r.admin);
    EXECUTE format('GRANT %I TO %I', r.role, r.member) || CASE
      WHEN modern AND r.inherit IS NOT NULL THEN format(' WITH ADMIN %s, INHERIT %s, SET %s', r.admin, r.inherit, r.set)
      WHEN r.admin THEN ' WITH ADMIN OPTION' ELSE '' END;
  END LOOP;

  FOR r IN SELECT * FROM jsonb_to_recordset(wanted->'parameters') AS x(parameter text, grantee text, privilege text, grantable boolean) LOOP
    EXECUTE format('GRANT %s ON PARAMETER %I TO %I', r.privilege, r.parameter, r.grantee)
      || CASE WHEN r.grantable THEN ' WITH GRANT OPTION' ELSE '' END;
  END LOOP;
END
$dbbackup$;
`;
