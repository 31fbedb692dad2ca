import { z } from 'zod';
import { AddonError, type ErrorCode } from '../../../storage-node/base/errors.ts';
import type { Counts } from '../../../storage-node/base/words.ts';
import type { Server } from '../engine.ts';
import { execute } from './client.ts';

const Objects = z.record(z.string(), z.number());
const Rows = z.tuple([z.string(), z.number()]);

/** Of the rows of a catalog, those that a user made: neither in the system's schemas nor members of an extension. */
const own = (catalog: string, schema: string, where = 'true') => `(SELECT count(*) FROM pg_catalog.${catalog} o
  JOIN users n ON n.oid = o.${schema} WHERE ${where} AND ${notMember(catalog)})`;
const global = (catalog: string, where = 'true') =>
  `(SELECT count(*) FROM pg_catalog.${catalog} o WHERE ${where} AND ${notMember(catalog)})`;
const notMember = (catalog: string) => `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = o.oid AND d.deptype = 'e')`;
/** Of catalogs whose rows hang on a table: those of tables that a user made. */
const onTable = (catalog: string, table: string, where: string) => `(SELECT count(*) FROM pg_catalog.${catalog} t
  JOIN pg_catalog.pg_class o ON o.oid = t.${table} JOIN users n ON n.oid = o.relnamespace WHERE ${where} AND ${notMember('pg_class')})`;

const KINDS: Readonly<Record<string, string>> = {
  schemas: `(SELECT count(*) FROM users o WHERE nspname <> 'public' AND ${notMember('pg_namespace')})`,
  tables: own('pg_class', 'relnamespace', `relkind IN ('r', 'p')`),
  foreignTables: own('pg_class', 'relnamespace', `relkind = 'f'`),
  views: own('pg_class', 'relnamespace', `relkind = 'v'`),
  materializedViews: own('pg_class', 'relnamespace', `relkind = 'm'`),
  populatedMaterializedViews: own('pg_class', 'relnamespace', `relkind = 'm' AND relispopulated`),
  sequences: own('pg_class', 'relnamespace', `relkind = 'S'`),
  indexes: own('pg_class', 'relnamespace', `relkind IN ('i', 'I')`),
  functions: own('pg_proc', 'pronamespace'),
  types: own('pg_type', 'typnamespace', `typtype IN ('e', 'd', 'r')`),
  triggers: onTable('pg_trigger', 'tgrelid', 'NOT t.tgisinternal'),
  constraints: onTable('pg_constraint', 'conrelid', `t.contype IN ('c', 'f', 'p', 'u', 'x')`),
  rules: onTable('pg_rewrite', 'ev_class', `t.rulename <> '_RETURN'`),
  policies: onTable('pg_policy', 'polrelid', 'true'),
  statistics: own('pg_statistic_ext', 'stxnamespace'),
  extensions: global('pg_extension', `extname <> 'plpgsql'`),
  foreignServers: global('pg_foreign_server'),
  eventTriggers: global('pg_event_trigger'),
  publications: global('pg_publication'),
  defaultPrivileges: global('pg_default_acl'),
  largeObjects: '(SELECT count(*) FROM pg_catalog.pg_largeobject_metadata)',
};

const USERS = `WITH users AS (SELECT * FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')`;

/** Query of one row with one JSON text: what there is of each kind of object. */
export const OBJECTS = `${USERS} SELECT json_object(array_agg(kind), array_agg(many::text))::text AS objects FROM (VALUES
  ${Object.entries(KINDS)
    .map(([kind, count]) => `('${kind}', ${count})`)
    .join(',\n  ')}) counted(kind, many)`;

// Each count is a statement of its own, made by the server from its own quoting, so that no name passes through here. Whoever uses the
// server meanwhile needs its other processors.
const COUNTS = `
SET row_security = off;
SET lock_timeout = '60s';
SET max_parallel_workers_per_gather = 0;
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
${OBJECTS};
${USERS} SELECT format('SELECT json_build_array(%L, count(*)) FROM ONLY %I.%I',
    format('%I.%I', n.nspname, o.relname), n.nspname, o.relname)
  FROM pg_catalog.pg_class o JOIN users n ON n.oid = o.relnamespace
  WHERE (o.relkind = 'r' OR o.relkind = 'm' AND o.relispopulated) AND ${notMember('pg_class')}
\\gexec
COMMIT;`;

const ATTEMPTS = 3;

/**
 * Exact rows of every table, in one snapshot of the database, and what there is of each kind of object. Keys are names as SQL quotes them.
 * `first` are statements that are run before, in the same session; what fails is called by `code`.
 */
export async function countDatabase(
  server: Server,
  database: string,
  { first = '', code = 'dump-changed' }: { readonly first?: string; readonly code?: ErrorCode } = {},
): Promise<Counts & { readonly asText: string }> {
  const purpose = { code, what: `rows of ${JSON.stringify(database)} could not be counted` };
  for (let attempt = 1; ; attempt++) {
    try {
      const { stdout } = await execute(server, database, first + COUNTS, purpose);
      const [objects = '', ...rows] = stdout.split('\n').filter((line) => line !== '');
      return {
        asText: objects,
        objects: numbersIn(objects),
        rows: Object.fromEntries(rows.map((line) => Rows.parse(JSON.parse(line)))),
      };
    } catch (error) {
      // A table that is dropped after it was listed is no longer there to be counted: the next snapshot does not list it.
      const changed =
        error instanceof AddonError && error.code === code && /does not exist|could not open/.test(error.message);
      if (!changed || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Kinds of which there are none are left out, so that a kind this program learns later is no difference. */
function numbersIn(json: string): Record<string, number> {
  const counted = Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(json)));
  return Objects.parse(
    Object.fromEntries(counted.map(([kind, many]) => [kind, Number(many)]).filter(([, many]) => many !== 0)),
  );
}

/** How a restored database differs from what the backup recorded. */
export interface Differences {
  /** Objects that are fewer than they were: `2 of 3 views`. */
  readonly missing: readonly string[];
  /** Everything else that differs. */
  readonly others: readonly string[];
}

/** What differs between a backup's record and what is there now. */
export function differences(recorded: Counts, found: Counts): Differences {
  const missing: string[] = [];
  const others: string[] = [];
  for (const kind of new Set([...Object.keys(recorded.objects), ...Object.keys(found.objects)])) {
    const [had, has] = [recorded.objects[kind] ?? 0, found.objects[kind] ?? 0];
    if (has < had) missing.push(`${has} of ${had} ${kind}`);
    if (has > had) others.push(`${has} ${kind}, ${had} were recorded`);
  }
  for (const [table, rows] of Object.entries(recorded.rows)) {
    const has = found.rows[table];
    if (has === undefined) others.push(`no table ${table}, ${rows} rows were recorded`);
    else if (has !== rows) others.push(`${has} rows in ${table}, ${rows} were recorded`);
  }
  return { missing, others };
}
