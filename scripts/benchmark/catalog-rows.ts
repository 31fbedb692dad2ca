import type { Manifest } from '../../storage-node/base/words.ts';
import { backupStore } from '../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../storage-node/catalog/environments.ts';
import { openCatalog } from '../../storage-node/catalog/open.ts';

const HOUR_MS = 3_600_000;
const BEGINNING = Date.parse('2025-01-01T00:00:00Z');
const CONFIGURATION = {
  keep: 30,
  keepAlso: { age: '7 days hourly, 90 days daily', rules: 'hourly 24, daily 7, weekly 4, monthly 12' },
  schedule: { scheduleType: '1', cronTime: '@hourly', tz: 'Europe/Berlin' },
};

function manifestOf(environment: string, moment: number, index: number): Manifest {
  const takenAt = new Date(moment).toISOString();
  const id = `${takenAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${index.toString(16).padStart(6, '0')}`;
  const parts = ['globals', 'shop', 'crm'].map((name, part) => ({
    ...{ name, kind: name === 'globals' ? ('globals' as const) : ('database' as const), file: `${name}.sql` },
    ...{
      snapshot: (index * 4 + part).toString(16).padStart(64, '0'),
      bytes: 12_345_678,
      storedBytes: 123_456,
      seconds: 2.5,
    },
    counts: {
      objects: { tables: 6, views: 1, triggers: 1, routines: 0 },
      rows: { orders: 120_000, people: 4_000, items: 310_000, carts: 90, log: 5_000_000, settings: 40 },
    },
  }));
  return {
    ...{ format: 1, id, environment, takenAt, name: '', description: '', kind: 'scheduled', requestedBy: 'schedule' },
    ...{ engine: 'mariadb', serverVersion: '10.11.6', transport: 'mount', parts, warnings: [], pinnedUntil: null },
  };
}

/** Writes a catalog of so many backups, one an hour for each environment. */
export function fillCatalog(path: string, backups: number, environments: number): void {
  const catalog = openCatalog(path);
  const [store, records] = [backupStore(catalog), environmentStore(catalog)];
  catalog.exec('BEGIN');
  for (let index = 0; index < environments; index++) {
    const name = `env-${index}`;
    const record = {
      name,
      region: 'eu-1',
      owner: 'u17',
      displayName: name,
      engine: 'mariadb',
      installed: true,
    } as const;
    records.save({ ...record, configuration: JSON.stringify(CONFIGURATION), createdAt: '2025-01-01T00:00:00.000Z' });
  }
  for (let index = 0; index < backups; index++) {
    const manifest = manifestOf(
      `env-${index % environments}`,
      BEGINNING + Math.floor(index / environments) * HOUR_MS,
      index,
    );
    store.add(manifest, (index * 4 + 3).toString(16).padStart(64, '0'));
  }
  catalog.exec('COMMIT');
  catalog.close();
}
