import type { Dumpable, Engine, Server } from './engine.ts';
import { dumpDatabase } from './postgresql/dump.ts';
import { dumpGlobals } from './postgresql/globals.ts';
import { probe, serverFacts } from './postgresql/probe.ts';
import { restoreParts } from './postgresql/restore.ts';
import { tidyDatabases } from './postgresql/tidy.ts';

/** PostgreSQL 10 and newer: the globals, and one archive of pg_dump for each database. */
export const postgresql: Engine = {
  name: 'postgresql',
  abilities: { credentials: 'required', restoresBeside: true, partsInParallel: true },
  probe,
  dump: async (server: Server, part: Dumpable) =>
    part.kind === 'globals'
      ? await dumpGlobals(server, await serverFacts(server))
      : await dumpDatabase(server, part.name),
  restore: restoreParts,
  tidy: tidyDatabases,
};
