import { z } from 'zod';

const Setting = z.object({ role: z.string().nullable(), name: z.string(), values: z.array(z.string()) });
const Grant = z.object({ grantee: z.string().nullable(), privilege: z.string(), grantable: z.boolean() });

/** A database apart from what is in it: what its dump's stream cannot tell before it is loaded. */
const DatabaseProperties = z.object({
  name: z.string(),
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** `c` libc, `i` ICU, `b` built in. */
  provider: z.string(),
  locale: z.string().nullable(),
  icuRules: z.string().nullable(),
  tablespace: z.string(),
  connectionLimit: z.number(),
  comment: z.string().nullable(),
  /** Null: the defaults. A grantee of null is PUBLIC. */
  grants: z.array(Grant).nullable(),
  settings: z.array(Setting),
  extensions: z.array(z.string()),
  /** Tablespaces of its tables and indexes. */
  tablespaces: z.array(z.string()),
});
export type DatabaseProperties = z.infer<typeof DatabaseProperties>;

/** What the globals part holds, as the one JSON text in it. */
export const Globals = z.object({
  format: z.literal(1),
  hashes: z.boolean(),
  roles: z.array(
    z.object({
      name: z.string(),
      superuser: z.boolean(),
      inherit: z.boolean(),
      createrole: z.boolean(),
      createdb: z.boolean(),
      login: z.boolean(),
      replication: z.boolean(),
      bypassrls: z.boolean(),
      limit: z.number(),
      password: z.string().nullable(),
      until: z.string().nullable(),
      comment: z.string().nullable(),
    }),
  ),
  memberships: z.array(
    z.object({
      role: z.string(),
      member: z.string(),
      admin: z.boolean(),
      /** Null where the server was older than 16. */
      inherit: z.boolean().nullable(),
      set: z.boolean().nullable(),
    }),
  ),
  settings: z.array(Setting),
  parameters: z.array(
    z.object({ parameter: z.string(), grantee: z.string(), privilege: z.string(), grantable: z.boolean() }),
  ),
  tablespaces: z.array(z.object({ name: z.string(), location: z.string() })),
  databases: z.array(DatabaseProperties),
});
export type Globals = z.infer<typeof Globals>;

/** As the server answers it: settings unparsed, the grants in the form of its catalogs, what stands in each database not yet known. */
export const AskedGlobals = Globals.extend({
  settings: z.array(z.object({ role: z.string().nullable(), stored: z.string() })),
  databases: z.array(
    DatabaseProperties.omit({ extensions: true, tablespaces: true }).extend({
      settings: z.array(z.object({ role: z.string().nullable(), stored: z.string() })),
    }),
  ),
});

const settings = (database: string) => `(SELECT coalesce(json_agg(json_build_object(
    'role', CASE WHEN setrole <> 0 THEN pg_get_userbyid(setrole) END, 'stored', stored) ORDER BY setrole, place), '[]')
  FROM pg_db_role_setting, unnest(setconfig) WITH ORDINALITY AS entry(stored, place) WHERE setdatabase = ${database})`;

/** Asks for everything about roles and databases that no database's own dump holds. `hashes` needs a superuser. */
export const globalsQuery = (hashes: boolean): string => `
SELECT json_build_object(
  'format', 1,
  'hashes', ${hashes},
  'roles', (SELECT coalesce(json_agg(json_build_object(
      'name', rolname, 'superuser', rolsuper, 'inherit', rolinherit, 'createrole', rolcreaterole, 'createdb', rolcreatedb,
      'login', rolcanlogin, 'replication', rolreplication, 'bypassrls', rolbypassrls, 'limit', rolconnlimit,
      'password', ${hashes ? 'rolpassword' : 'NULL'}, 'until', rolvaliduntil::text,
      'comment', shobj_description(oid, 'pg_authid')) ORDER BY rolname), '[]')
    FROM ${hashes ? 'pg_authid' : 'pg_roles'} WHERE rolname !~ '^pg_'),
  'memberships', (SELECT coalesce(json_agg(json_build_object('role', role, 'member', member,
      'admin', admin, 'inherit', inherit, 'set', set) ORDER BY role, member), '[]')
    FROM (SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member, bool_or(admin_option) AS admin,
        bool_or((to_jsonb(m)->>'inherit_option')::boolean) AS inherit, bool_or((to_jsonb(m)->>'set_option')::boolean) AS set
      FROM pg_auth_members m GROUP BY roleid, m.member) granted WHERE member !~ '^pg_'),
  'settings', ${settings('0')},
  'parameters', '[]'::json,
  'tablespaces', (SELECT coalesce(json_agg(json_build_object('name', spcname, 'location', pg_tablespace_location(oid))), '[]')
    FROM pg_tablespace WHERE spcname !~ '^pg_'),
  'databases', (SELECT json_agg(json_build_object(
      'name', datname, 'owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
      'collate', datcollate, 'ctype', datctype, 'provider', coalesce(to_jsonb(d)->>'datlocprovider', 'c'),
      'locale', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'), 'icuRules', to_jsonb(d)->>'daticurules',
      'tablespace', spcname, 'connectionLimit', datconnlimit, 'comment', shobj_description(d.oid, 'pg_database'),
      'grants', CASE WHEN datacl IS NOT NULL THEN (SELECT coalesce(json_agg(json_build_object(
          'grantee', CASE WHEN grantee <> 0 THEN pg_get_userbyid(grantee) END,
          'privilege', privilege_type, 'grantable', is_grantable)), '[]') FROM aclexplode(datacl)) END,
      'settings', ${settings('d.oid')}) ORDER BY datname)
    FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace WHERE NOT datistemplate AND datallowconn))`;

/** The same for servers that know grants on parameters (15 and newer). */
export const PARAMETERS_QUERY = `
SELECT coalesce(json_agg(json_build_object('parameter', parname, 'grantee', pg_get_userbyid(grantee),
    'privilege', privilege_type, 'grantable', is_grantable)), '[]')
  FROM pg_parameter_acl, aclexplode(paracl) WHERE grantee > 10`;

/** What only the database itself tells of its needs. */
export const NEEDS_QUERY = `
SELECT json_build_object(
  'extensions', (SELECT coalesce(json_agg(extname), '[]') FROM pg_extension),
  'tablespaces', (SELECT coalesce(json_agg(DISTINCT spcname), '[]') FROM pg_tablespace t JOIN pg_class c ON c.reltablespace = t.oid
    WHERE spcname !~ '^pg_'))`;
/** What a backup needs of the server that it is restored into. */
export const Needs = z.object({ extensions: z.array(z.string()), tablespaces: z.array(z.string()) });
