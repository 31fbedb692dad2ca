import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Dumpable, Probe, Server } from '../engine.ts';
import { query } from './client.ts';
import { brokenViews, databases, ofUsers } from './objects.ts';
import { requirePrivileges } from './privileges.ts';
import { toolsOf } from './tools.ts';

/** Tables of other engines are read one after the other, each as it is at that time. */
const CONSISTENT = ['InnoDB', 'ROCKSDB', 'TokuDB', 'ndbcluster', 'MRG_MyISAM', 'BLACKHOLE'];
const NAMED_AT_MOST = 20;

/** Proves everything that a backup needs, from the programs to the last privilege. */
export async function probeServer(server: Server): Promise<Probe> {
  await toolsOf(server);
  const [[version = '', readOnly = '0'] = []] = await query(
    server,
    'SELECT VERSION(), @@global.read_only;',
    'database-unreachable',
  );
  await requirePrivileges(server);
  await refuseReplica(server, version.includes('MariaDB'));
  const [names, sizes, inconsistent, versioned] = await Promise.all([
    databases(server),
    databaseSizes(server),
    inconsistentTables(server),
    versionedTables(server),
  ]);
  const warnings = [
    ...(readOnly === '0' ? [] : ['the server is read-only: it can be backed up, but not restored']),
    ...inconsistent,
    ...versioned,
    ...(await unreadableViews(server, names)),
  ];
  const sizeOf = (name: string) => sizes.get(name) ?? 0;
  const largestFirst = [...names].sort((a, b) => sizeOf(b) - sizeOf(a));
  const globals: Dumpable = { name: 'globals', kind: 'globals', extension: 'sql' };
  const parts = [globals, ...largestFirst.map((name): Dumpable => ({ name, kind: 'database', extension: 'sql' }))];
  return { version, parts, warnings, estimatedBytes: names.reduce((sum, name) => sum + sizeOf(name), 0) };
}

async function databaseSizes(server: Server): Promise<ReadonlyMap<string, number>> {
  const rows = await query(
    server,
    `SELECT TABLE_SCHEMA, COALESCE(SUM(DATA_LENGTH), 0) FROM information_schema.TABLES
     WHERE ${ofUsers('TABLE_SCHEMA')} GROUP BY TABLE_SCHEMA;`,
  );
  return new Map(rows.map(([name = '', bytes = '0']) => [name, Number(bytes)]));
}

/** A Galera node has no such source and passes. */
async function refuseReplica(server: Server, mariadb: boolean): Promise<void> {
  const rows = mariadb
    ? await query(server, 'SHOW ALL SLAVES STATUS;')
    : await query(server, 'SHOW REPLICA STATUS;').catch((error: unknown) => {
        // Before 8.0.22 the statement has its old name.
        if (error instanceof AddonError && error.message.includes('1064')) return query(server, 'SHOW SLAVE STATUS;');
        throw error;
      });
  if (rows.length > 0) throw new AddonError('node-replica', `${server.machine.name} replicates from another server`);
}

async function inconsistentTables(server: Server): Promise<readonly string[]> {
  const rows = await query(
    server,
    `SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE ${ofUsers('TABLE_SCHEMA')}
     AND TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN (${CONSISTENT.map((name) => `'${name}'`).join(', ')})
     ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY);`,
  );
  return bounded(
    rows.map(
      ([database, table, engine]) =>
        `table ${database}.${table} is of ${engine}, which has no transactions: writes during the backup may show in it half`,
    ),
  );
}

async function versionedTables(server: Server): Promise<readonly string[]> {
  const rows = await query(
    server,
    `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'SYSTEM VERSIONED'
     ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY);`,
  );
  return bounded(
    rows.map(
      ([database, table]) =>
        `table ${database}.${table} is system-versioned: its current rows are saved, their history is not`,
    ),
  );
}

async function unreadableViews(server: Server, names: readonly string[]): Promise<readonly string[]> {
  const broken = [...(await brokenViews(server, names))];
  return bounded(
    broken.flatMap(([name, views]) =>
      views.map((view) => `view ${name}.${view} cannot be read by the server itself and is not saved`),
    ),
  );
}

function bounded(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= NAMED_AT_MOST) return warnings;
  return [...warnings.slice(0, NAMED_AT_MOST), `and ${warnings.length - NAMED_AT_MOST} more such tables or views`];
}
