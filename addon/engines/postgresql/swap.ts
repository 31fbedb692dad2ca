import { toAddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { execute, warningsIn } from './client.ts';
import { identifier, literal } from './quote.ts';
import { dressing, markAs, type Side } from './side.ts';

const SWAP_LIMIT_MS = 120_000;

/** Ends every session in a database and waits, at most twenty seconds, until they are gone. */
export const emptied = (database: string): string => `DO $dbbackup$
BEGIN
  FOR attempt IN 1..200 LOOP
    PERFORM pg_catalog.pg_stat_clear_snapshot();
    PERFORM pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE datname = (${unicode(database)})::name AND pid <> pg_catalog.pg_backend_pid();
    PERFORM pg_catalog.pg_stat_clear_snapshot();
    EXIT WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity
      WHERE datname = (${unicode(database)})::name AND pid <> pg_catalog.pg_backend_pid());
    PERFORM pg_catalog.pg_sleep(0.1);
  END LOOP;
END
$dbbackup$;
`;

/** A text as SQL that no dollar quote can end in. */
const unicode = (text: string) => literal(text).replaceAll('$', `' || chr(36) || '`);

const allow = (database: string, allowed: boolean) =>
  `ALTER DATABASE ${identifier(database)} ALLOW_CONNECTIONS ${allowed};\n`;

/**
 * Puts the side database in the place of the one of its name. Both renames are one transaction, so that whatever dies when, one whole
 * database has the name. Before it, the old one is closed to new sessions and its sessions are ended; when the swap fails it is opened again.
 * Answers what the server warned of while it dressed the new one.
 */
export async function swapIn(server: Server, side: Side, aside: string, replaces: boolean): Promise<readonly string[]> {
  const { name, comment } = side.properties;
  // Whoever cancels now would leave the database closed: from here on it goes to its end, in bounded time.
  const unstoppable = { ...server, signal: AbortSignal.timeout(SWAP_LIMIT_MS) };
  const purpose = { code: 'restore-failed', what: `database ${JSON.stringify(name)} could not be swapped in` } as const;
  const [wanted, loaded] = [identifier(name), identifier(side.name)];
  const close = markAs(side.name, { dbbackup: 'swapping', database: name }) + allow(name, false) + emptied(name);
  const rename = `BEGIN;
${replaces ? `ALTER DATABASE ${wanted} IS_TEMPLATE false;\nALTER DATABASE ${wanted} RENAME TO ${identifier(aside)};\n${markAs(aside, { dbbackup: 'aside', database: name })}` : ''}
ALTER DATABASE ${loaded} RENAME TO ${wanted};
COMMENT ON DATABASE ${wanted} IS ${literal(comment)};
COMMIT;
`;
  try {
    const sql = dressing(side) + emptied(side.name) + (replaces ? close : '') + rename;
    const { stderr } = await execute(unstoppable, side.from, sql, purpose);
    // A session that ended by itself is no news.
    return warningsIn(stderr).filter((warning) => !/^PID \d+ is not a PostgreSQL/.test(warning));
  } catch (thrown) {
    if (replaces) await reopen(server, side);
    throw thrown;
  }
}

async function reopen(server: Server, side: Side): Promise<void> {
  const unstoppable = { ...server, signal: AbortSignal.timeout(SWAP_LIMIT_MS) };
  const name = JSON.stringify(side.properties.name);
  const purpose = {
    code: 'restore-failed',
    what: `database ${name} was closed for the swap and could not be opened again`,
  } as const;
  await execute(unstoppable, side.from, allow(side.properties.name, true), purpose);
}

/**
 * Drops a database that was swapped out; a failure is answered in words, because the restore itself is done by then.
 * It takes as long as a checkpoint does, so nobody needs to wait for it before the next database.
 */
export async function dropAside(server: Server, from: string, aside: string): Promise<readonly string[]> {
  const purpose = {
    code: 'restore-failed',
    what: `the replaced database, now named ${aside}, could not be dropped`,
  } as const;
  try {
    await execute(server, from, dropped(aside), purpose);
    return [];
  } catch (thrown) {
    return [`${toAddonError(thrown).message}; the next operation tries again`];
  }
}

/** Drops a database of ours, whoever is in it. */
export const dropped = (database: string): string => `${emptied(database)}DROP DATABASE ${identifier(database)};\n`;
