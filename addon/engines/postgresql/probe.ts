import { z } from 'zod';
import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Dumpable, Probe, Server } from '../engine.ts';
import { oncePerMachine } from '../once.ts';
import { ask, findClient } from './client.ts';
import { ASKED_AT_ONCE, inLanes } from './lanes.ts';
import { DATABASE_FACTS, DatabaseFacts, databaseWarnings } from './probe-database.ts';
import { isReserved } from './reserved.ts';

const ServerFacts = z.object({
  version: z.string(),
  major: z.number(),
  replica: z.boolean(),
  superuser: z.boolean(),
  lacking: z.array(z.string()),
  databases: z.array(
    z.object({
      name: z.string(),
      template: z.boolean(),
      connectable: z.boolean(),
      valid: z.boolean(),
      mayConnect: z.boolean(),
      bytes: z.number(),
    }),
  ),
  prepared: z.array(z.string()),
  slots: z.array(z.string()),
  tablespaces: z.array(z.string()),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

const SERVER_FACTS = `
WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),
lacking(privilege) AS (
  SELECT 'CREATEDB' FROM me WHERE NOT rolcreatedb
  UNION ALL SELECT 'CREATEROLE' FROM me WHERE NOT rolcreaterole
  UNION ALL SELECT wanted FROM unnest(ARRAY['pg_read_all_data', 'pg_signal_backend']) wanted
    WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = wanted AND pg_has_role(r.oid, 'USAGE')))
SELECT json_build_object(
  'version', current_setting('server_version'),
  'major', current_setting('server_version_num')::int / 10000,
  'replica', pg_is_in_recovery(),
  'superuser', (SELECT rolsuper FROM me),
  'lacking', (SELECT coalesce(json_agg(privilege), '[]') FROM lacking),
  'databases', (SELECT json_agg(json_build_object(
      'name', datname, 'template', datistemplate, 'connectable', datallowconn, 'valid', datconnlimit <> -2,
      'mayConnect', has_database_privilege(oid, 'CONNECT'),
      'bytes', CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) ELSE 0 END) ORDER BY datname)
    FROM pg_database),
  'prepared', (SELECT coalesce(json_agg(gid || ' in ' || database), '[]') FROM pg_prepared_xacts),
  'slots', (SELECT coalesce(json_agg(slot_name), '[]') FROM pg_replication_slots),
  'tablespaces', (SELECT coalesce(json_agg(spcname), '[]') FROM pg_tablespace WHERE spcname !~ '^pg_'))`;

/** What the whole server is and holds, and what the account may do there. */
export async function serverFacts(server: Server): Promise<ServerFacts> {
  const purpose = { code: 'privileges-missing', what: 'the server could not be asked what it holds' } as const;
  return ServerFacts.parse(await ask(server, await maintenanceDatabase(server), SERVER_FACTS, purpose));
}

/** A database to be in for work on others: `postgres`, or `template1` where that is gone or closed. Looked up once for each machine. */
export const maintenanceDatabase = oncePerMachine(async (server): Promise<string> => {
  const purpose = { code: 'database-unreachable', what: 'database postgres does not answer' } as const;
  try {
    await ask(server, 'postgres', 'SELECT 1', purpose);
    return 'postgres';
  } catch (error) {
    if (error instanceof AddonError && /"postgres" does not exist|not currently accepting/.test(error.message)) {
      return 'template1';
    }
    throw error;
  }
});

/** The maintenance database, unless that is the one worked on. */
export const awayFrom = (database: string | undefined, maintenance: string): string =>
  database === maintenance ? 'template1' : maintenance;

/** Proves tools, connection, role and privileges; lists the globals and every database that can be connected to. */
export async function probe(server: Server): Promise<Probe> {
  const client = await findClient(server);
  const facts = await serverFacts(server);
  assertFitToDump(server, client.major, facts);
  const warnings = serverWarnings(facts);
  const asked: ServerFacts['databases'] = [];
  for (const database of facts.databases.filter(({ template, name }) => !template && !isReserved(name))) {
    if (!database.connectable || !database.valid) {
      warnings.push(`database ${JSON.stringify(database.name)} accepts no connections and is not backed up`);
      continue;
    }
    if (database.name.includes('\uFFFD')) {
      throw new AddonError('name-refused', `database ${JSON.stringify(database.name)} has a name that is no UTF-8`);
    }
    if (!database.mayConnect) {
      const message = `user ${server.access.user} lacks CONNECT on database ${JSON.stringify(database.name)}`;
      throw new AddonError('privileges-missing', message);
    }
    asked.push(database);
  }
  const sizes = new Map<string, number>();
  const holdings = await inLanes(asked, ASKED_AT_ONCE, async (database) => {
    const what = `database ${JSON.stringify(database.name)} could not be asked what it holds`;
    const told = await ask(server, database.name, DATABASE_FACTS, { code: 'dump-failed', what });
    return { database, held: DatabaseFacts.parse(told) };
  });
  for (const { database, held } of holdings) {
    warnings.push(...databaseWarnings(server.access.user, database.name, facts.superuser, held));
    if (database.name === 'postgres' && held.userObjects === 0) continue;
    sizes.set(database.name, database.bytes);
  }
  const largestFirst = [...sizes].sort(([, a], [, b]) => b - a);
  const parts: Dumpable[] = [
    ...largestFirst.map(([name]): Dumpable => ({ name, kind: 'database', extension: 'pgdump' })),
    { name: 'globals', kind: 'globals', extension: 'sql' },
  ];
  return {
    version: facts.version,
    parts,
    warnings,
    estimatedBytes: largestFirst.reduce((sum, [, bytes]) => sum + bytes, 0),
  };
}

function assertFitToDump(server: Server, clientMajor: number, facts: ServerFacts): void {
  if (facts.replica) {
    throw new AddonError('node-replica', `the PostgreSQL server on ${server.machine.name} is a replica (in recovery)`);
  }
  if (clientMajor < facts.major) {
    const message = `pg_dump on ${server.machine.name} is of version ${clientMajor}, the server of version ${facts.major}`;
    const hint = `install the client programs of version ${facts.major} on the database node, such as the package postgresql-client-${facts.major}.`;
    throw new AddonError('node-tools', message, { hint });
  }
  if (facts.superuser || facts.lacking.length === 0) return;
  const hint = `grant them, or give the add-on a superuser: ALTER ROLE … CREATEDB CREATEROLE; GRANT pg_read_all_data, pg_signal_backend TO …; (before PostgreSQL 14 only a superuser will do).`;
  throw new AddonError('privileges-missing', `user ${server.access.user} lacks: ${facts.lacking.join(', ')}`, { hint });
}

function serverWarnings(facts: ServerFacts): string[] {
  const warnings: string[] = [];
  const warn = (names: readonly string[], text: string) => {
    if (names.length > 0) warnings.push(`${text}: ${names.join(', ')}`);
  };
  if (!facts.superuser)
    warnings.push('passwords of roles are not in the backup: only a superuser may read their hashes');
  const templates = facts.databases.filter(({ template, name }) => template && !/^template[01]$/.test(name));
  warn(
    templates.map(({ name }) => JSON.stringify(name)),
    'template databases are not in the backup',
  );
  warn(facts.prepared, 'prepared transactions are not in the backup');
  warn(facts.slots, 'replication slots are not in the backup');
  warn(facts.tablespaces, 'tablespaces are not in the backup; a restore uses them where they exist');
  return warnings;
}
