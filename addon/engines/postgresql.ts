import type { Dumpable, DumpPlan, Engine, Server } from './engine.ts';
import { connection, findClient } from './postgresql-client.ts';
import { countDatabase } from './postgresql-count.ts';
import { dumpGlobals } from './postgresql-globals.ts';
import { probe, serverFacts } from './postgresql-probe.ts';
import { restoreParts } from './postgresql-restore.ts';
import { tidyDatabases } from './postgresql-tidy.ts';

/**
 * A dump in pg_dump's custom format, uncompressed so that equal rows are equal bytes. The format has no end marker: what tells a whole
 * dump from a cut one is the exit status, which the pump waits for; its length, which the storage keeps; and pg_restore, which fails
 * on an archive that lacks blocks its table of contents names.
 */
async function dumpDatabase(server: Server, database: string): Promise<DumpPlan> {
  const { directory } = await findClient(server);
  return {
    command: {
      argv: [`${directory}/pg_dump`, '--format=custom', '--compress=0', '--no-password', '--lock-wait-timeout=60s'],
      environment: connection(server.access, database),
    },
    expect: { complaint: '^pg_dump: error:' },
    changed:
      'could not obtain lock|lock timeout|relation .* does not exist|could not open relation|cache lookup failed|concurrently (dropped|updated)',
  };
}

/** PostgreSQL 10 and newer: the globals, and one archive of pg_dump for each database. */
export const postgresql: Engine = {
  name: 'postgresql',
  abilities: { credentials: 'required', restoresBeside: true, partsInParallel: true },
  probe,
  dump: async (server: Server, part: Dumpable) =>
    part.kind === 'globals'
      ? await dumpGlobals(server, await serverFacts(server))
      : await dumpDatabase(server, part.name),
  count: async (server: Server, part: Dumpable) =>
    part.kind === 'globals' ? null : await countDatabase(server, part.name),
  restore: restoreParts,
  tidy: tidyDatabases,
};
