import type { PostgresServer } from '../../servers/postgres.ts';
import type { Fingerprint } from '../dataset.ts';

/** Everything that a customer may have made: contents by checksum, definitions in pg_dump's words, roles and databases from the catalogue. */
export async function fingerprint(server: PostgresServer): Promise<Fingerprint> {
  const facts = new Map<string, string>();
  await note(server, facts, 'postgres', serverFacts);
  const found = await Promise.all(
    (await databases(server)).map(async (database) => {
      const own = new Map<string, string>();
      await note(server, own, database, questionsFor);
      for (const [subject, definition] of await definitions(server, database)) own.set(subject, definition);
      return [...own].map(([subject, fact]) => {
        const [kind, ...rest] = subject.split(' ');
        return [`${kind} ${database}: ${rest.join(' ')}`, fact] as const;
      });
    }),
  );
  for (const [subject, fact] of found.flat()) facts.set(subject, fact);
  return facts;
}

/** The databases that are not the server's own. */
export async function databases(server: PostgresServer): Promise<string[]> {
  const query = `SELECT json_agg(datname ORDER BY datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'`;
  return (JSON.parse((await server.sql('postgres', query)).trim() || 'null') as string[] | null) ?? [];
}

/** Runs a query whose rows are JSON arrays of a subject and a fact. */
async function note(
  server: PostgresServer,
  facts: Map<string, string>,
  database: string,
  query: string,
): Promise<void> {
  const rows = (await server.sql(database, query)).split('\n').filter((line) => line !== '');
  for (const line of rows) {
    const [subject, ...fact] = JSON.parse(line) as [string, ...unknown[]];
    facts.set(subject, JSON.stringify(fact));
  }
}

/** pg_dump's statement for each object, under the object's name; without the settings between them, which depend on the order. */
async function definitions(server: PostgresServer, database: string): Promise<Map<string, string>> {
  const dump = await server.host.must(['pg_dump', '--schema-only'], {
    user: 'postgres',
    env: { PGDATABASE: database },
  });
  const blocks = dump
    .replace(/^(\\(un)?restrict .*|SET .*|-- PostgreSQL database dump complete)$/gm, '')
    .split(/^-- Name: /m);
  return new Map(
    blocks.slice(1).map((block) => {
      const [name = '', ...rest] = block.split(/^--$/m);
      return [
        `definition ${name.trim()}`,
        rest
          .join('--')
          .replace(/[\s-]+$/, '')
          .trim(),
      ];
    }),
  );
}

const serverFacts = `
SELECT json_build_array('database ' || datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, datacl::text,
    shobj_description(oid, 'pg_database'), (SELECT array_agg(setconfig ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid))
  FROM pg_database d WHERE NOT datistemplate AND datname <> 'postgres';
SELECT json_build_array('role ' || rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil,
    shobj_description(a.oid, 'pg_authid'), (SELECT array_agg(setconfig::text ORDER BY setconfig::text) FROM pg_db_role_setting WHERE setrole = a.oid),
    (SELECT array_agg(pg_get_userbyid(roleid) || ' ' || admin_option ORDER BY pg_get_userbyid(roleid)) FROM pg_auth_members WHERE member = a.oid))
  FROM pg_authid a WHERE rolname NOT LIKE 'pg\\_%';`;

// The sums do not depend on the order of the rows; a statement is made for each table and run by \\gexec.
const questionsFor = `
SELECT format('SELECT json_build_array(%L, count(*), sum(hashtextextended(t::text, 0)::numeric)::text, sum(hashtextextended(t::text, 1)::numeric)::text) FROM %s AS t', 'table ' || oid::regclass, oid::regclass)
  FROM pg_class c WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
    AND (relkind IN ('r', 'p') OR relkind = 'm' AND relispopulated) ORDER BY oid::regclass::text
\\gexec
SELECT format('SELECT json_build_array(%L, last_value, is_called) FROM %s', 'sequence ' || oid::regclass, oid::regclass)
  FROM pg_class WHERE relkind = 'S' ORDER BY oid::regclass::text
\\gexec
SELECT json_build_array('large-object ' || oid, md5(lo_get(oid)), pg_get_userbyid(lomowner), lomacl::text, obj_description(oid, 'pg_largeobject')) FROM pg_largeobject_metadata;
SELECT json_build_array('materialized-view ' || relname, relispopulated, relpersistence) FROM pg_class WHERE relkind = 'm';`;
