import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Dumpable, Probe, Server } from '../engine.ts';
import { query, queryEach } from './client.ts';
import { brokenViews, DATABASES, ofUsers } from './objects.ts';
import { requirePrivileges } from './privileges.ts';

/** Tables of other engines are read one after the other, each as it is at that time. */
const CONSISTENT = ['InnoDB', 'ROCKSDB', 'TokuDB', 'ndbcluster', 'MRG_MyISAM', 'BLACKHOLE'];
const NAMED_AT_MOST = 20;

/** Proves everything that a backup needs, from the programs to the last privilege. */
export async function probeServer(server: Server): Promise<Probe> {
  const own = await queryEach(
    server,
    { facts: 'SELECT VERSION(), @@global.read_only;', grants: 'SHOW GRANTS;' },
    'database-unreachable',
  );
  const [[version = '', readOnly = '0'] = []] = own.facts;
  await requirePrivileges(
    server,
    own.grants.map(([line = '']) => line),
  );
  const mariadb = version.includes('MariaDB');
  const told = await queryEach(server, { sources: mariadb ? 'SHOW ALL SLAVES STATUS;' : '', ...CATALOGUE });
  refuseReplica(server, mariadb ? told.sources : await sourcesOfMysql(server));

  const names = told.databases.map(([name = '']) => name);
  const sizes = new Map(told.sizes.map(([name = '', bytes = '0']) => [name, Number(bytes)]));
  const warnings = [
    ...(readOnly === '0' ? [] : ['the server is read-only: it can be backed up, but not restored']),
    ...bounded(told.inconsistent.map(inconsistent)),
    ...bounded(told.versioned.map(versioned)),
    ...(await unreadableViews(server, new Set(told.withViews.map(([name = '']) => name)))),
  ];
  const sizeOf = (name: string) => sizes.get(name) ?? 0;
  const largestFirst = [...names].sort((a, b) => sizeOf(b) - sizeOf(a));
  const globals: Dumpable = { name: 'globals', kind: 'globals', extension: 'sql' };
  const parts = [...largestFirst.map((name): Dumpable => ({ name, kind: 'database', extension: 'sql' })), globals];
  return { version, parts, warnings, estimatedBytes: names.reduce((sum, name) => sum + sizeOf(name), 0) };
}

const IN_ORDER = 'ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY)';

const CATALOGUE = {
  databases: DATABASES,
  sizes: `SELECT TABLE_SCHEMA, COALESCE(SUM(DATA_LENGTH), 0) FROM information_schema.TABLES
    WHERE ${ofUsers('TABLE_SCHEMA')} GROUP BY TABLE_SCHEMA;`,
  withViews: `SELECT DISTINCT TABLE_SCHEMA FROM information_schema.VIEWS WHERE ${ofUsers('TABLE_SCHEMA')};`,
  inconsistent: `SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE ${ofUsers('TABLE_SCHEMA')}
    AND TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN (${CONSISTENT.map((name) => `'${name}'`).join(', ')}) ${IN_ORDER};`,
  versioned: `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'SYSTEM VERSIONED' ${IN_ORDER};`,
};

/** A Galera node has no such source and passes. */
function refuseReplica(server: Server, rows: readonly unknown[]): void {
  if (rows.length > 0) throw new AddonError('node-replica', `${server.machine.name} replicates from another server`);
}

async function sourcesOfMysql(server: Server): Promise<readonly unknown[]> {
  return await query(server, 'SHOW REPLICA STATUS;').catch((error: unknown) => {
    // Before 8.0.22 the statement has its old name.
    if (error instanceof AddonError && error.message.includes('1064')) return query(server, 'SHOW SLAVE STATUS;');
    throw error;
  });
}

const inconsistent = ([database, table, engine]: readonly string[]) =>
  `table ${database}.${table} is of ${engine}, which has no transactions: writes during the backup may show in it half`;

const versioned = ([database, table]: readonly string[]) =>
  `table ${database}.${table} is system-versioned: its current rows are saved, their history is not`;

async function unreadableViews(server: Server, names: ReadonlySet<string>): Promise<readonly string[]> {
  const broken = [...(await brokenViews(server, [...names]))];
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
