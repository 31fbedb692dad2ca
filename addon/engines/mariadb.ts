import type { Engine } from './engine.ts';
import { planDump } from './mariadb/dump.ts';
import { probeServer } from './mariadb/probe.ts';
import { restoreParts } from './mariadb/restore.ts';

/** MySQL, MariaDB and Percona Server, by whichever client programs the node has. */
export const mariadb: Engine = {
  name: 'mariadb',
  abilities: { credentials: 'required', restoresBeside: false, partsInParallel: true },
  probe: probeServer,
  dump: planDump,
  restore: restoreParts,
  // A restore keeps nothing outside the databases it replaces.
  tidy: async () => [],
};
