import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Counts } from '../../../storage-node/base/words.ts';
import type { RestoreReport, Server, StoredPart } from '../engine.ts';
import { readAccounts } from './account.ts';
import { accountsRestore } from './accounts-restore.ts';
import { clientCommand, failure, query } from './client.ts';
import { countDatabase } from './objects.ts';
import { inOrder } from './order.ts';
import { equals, identifier } from './text.ts';
import { refuseVersion } from './version.ts';

/** Accounts first, for objects belong to them; grants last, for they are about objects. */
export async function restoreParts(
  server: Server,
  parts: readonly StoredPart[],
  source: { readonly version: string },
): Promise<RestoreReport> {
  await refuseVersion(server, source.version);
  const globals = parts.find((part) => part.kind === 'globals');
  const accounts = globals === undefined ? null : await accountsRestore(server, readAccounts(await read(globals)));
  await accounts?.create();
  const databases = parts.filter(({ kind }) => kind === 'database');
  const warnings = await inOrder(databases, async (part) => {
    server.tell(`restoring ${part.name}`);
    return await restoreDatabase(server, part);
  });
  return {
    restored: parts.map(({ name }) => name),
    warnings: [...warnings, ...((await accounts?.grant()) ?? [])],
  };
}

async function read(part: StoredPart): Promise<string> {
  return (await part.pourInto({ argv: ['cat'] })).stdout;
}

async function restoreDatabase(server: Server, part: StoredPart): Promise<readonly string[]> {
  const grants = await emptied(server, part.name);
  // The server forgets who may run a routine when it is dropped; what is not put back now nobody will know later.
  const putBack = async () => {
    if (grants !== '') await query(server, `${grants}FLUSH PRIVILEGES;`, 'restore-failed');
  };
  await load(server, part).catch(async (error: unknown) => {
    // The first failure is the one to tell.
    await putBack().catch(() => undefined);
    throw error;
  });
  await putBack();
  const now = await countDatabase(server, part.name);
  return [...compare(part, now), ...(await ownerless(server, part.name))];
}

/** Each statement commits by itself: one transaction for each table took the server more than twice the work. */
async function load(server: Server, part: StoredPart): Promise<void> {
  const session = '--init-command=SET SESSION lock_wait_timeout = 60';
  const options = [session, '--max-allowed-packet=1G', `--database=${part.name}`];
  const command = await clientCommand(server, options);
  const { stderr } = await part.pourInto(command).catch((error: unknown) => {
    server.signal.throwIfAborted();
    throw error;
  });
  if (/^ERROR/m.test(stderr)) throw failure(stderr, 'restore-failed');
  for (const line of stderr.split('\n').filter((line) => line.trim() !== '')) server.log(`client: ${line}`);
}

/** What is missing fails the restore; rows may differ by what was written between counting and dumping. */
export function compare(part: Pick<StoredPart, 'name' | 'counts'>, now: Counts): readonly string[] {
  const then = part.counts;
  if (then === null) return [];
  const kinds = [...new Set([...Object.keys(then.objects), ...Object.keys(now.objects)])];
  const off = kinds.filter((kind) => (then.objects[kind] ?? 0) !== (now.objects[kind] ?? 0));
  const words = off.map(
    (kind) => `${then.objects[kind] ?? 0} ${kind} in the backup, ${now.objects[kind] ?? 0} after the restore`,
  );
  if (words.length > 0) throw new AddonError('restore-mismatch', `database ${part.name}: ${words.join('; ')}`);
  const absent = Object.keys(then.rows).filter((table) => now.rows[table] === undefined);
  if (absent.length > 0)
    throw new AddonError('restore-mismatch', `database ${part.name} lacks tables: ${absent.slice(0, 20).join(', ')}`);
  return Object.entries(then.rows)
    .filter(([table, rows]) => now.rows[table] !== rows)
    .map(
      ([table, rows]) => `table ${part.name}.${table}: ${rows} rows when the backup began, ${now.rows[table]} restored`,
    );
}

/** Drops the database and makes it anew. Answers statements that bring back who may run its routines. */
async function emptied(server: Server, database: string): Promise<string> {
  const columns = ['Host', 'Db', 'User', 'Routine_name', 'Routine_type', 'Grantor', 'Proc_priv', 'Timestamp'];
  const name = identifier(database);
  const rows = await query(
    server,
    `SELECT ${columns.map((column) => `HEX(${column})`).join(', ')} FROM mysql.procs_priv WHERE ${equals('Db', database)};
     DROP DATABASE IF EXISTS ${name};\nCREATE DATABASE ${name};`,
    'restore-failed',
  );
  const values = (row: readonly string[]) => row.map((value) => `X'${value}'`).join(', ');
  return rows.map((row) => `REPLACE INTO mysql.procs_priv (${columns.join(', ')}) VALUES (${values(row)});\n`).join('');
}

async function ownerless(server: Server, database: string): Promise<readonly string[]> {
  const owned = [
    ['VIEWS', 'view', 'TABLE_NAME', 'TABLE_SCHEMA'],
    ['TRIGGERS', 'trigger', 'TRIGGER_NAME', 'TRIGGER_SCHEMA'],
    ['ROUTINES', 'routine', 'ROUTINE_NAME', 'ROUTINE_SCHEMA'],
    ['EVENTS', 'event', 'EVENT_NAME', 'EVENT_SCHEMA'],
  ] as const;
  const sql = owned.map(
    ([table, kind, name, schema]) =>
      `SELECT '${kind}', ${name}, DEFINER FROM information_schema.${table} WHERE ${equals(schema, database)}
       AND CAST(DEFINER AS BINARY) NOT IN (SELECT CAST(CONCAT(User, '@', Host) AS BINARY) FROM mysql.user)
       AND CAST(DEFINER AS BINARY) NOT IN (SELECT CAST(User AS BINARY) FROM mysql.user WHERE Host = '');`,
  );
  const rows = await query(server, sql.join('\n'));
  return rows.map(
    ([kind, name, definer]) => `${kind} ${database}.${name} belongs to ${definer}, an account that does not exist here`,
  );
}
