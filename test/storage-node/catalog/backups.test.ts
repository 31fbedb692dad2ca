import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../../../storage-node/base/words.ts';
import { type BackupFilter, type BackupStore, backupStore } from '../../../storage-node/catalog/backups.ts';
import { MIGRATIONS } from '../../../storage-node/catalog/migrations.ts';

let database: DatabaseSync;
let backups: BackupStore;
const manifest = (id: string, takenAt: string, more: Partial<Manifest> = {}): Manifest => ({
  ...{ format: 1, id, environment: 'shop', takenAt: `2026-11-21T${takenAt}:00.000Z`, name: '', description: '' },
  ...{ kind: 'scheduled', requestedBy: 'schedule', engine: 'redis', serverVersion: '7.0', transport: 'mount' },
  ...{ parts: [], warnings: [], pinnedUntil: null, ...more },
});

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  for (const script of MIGRATIONS) database.exec(script);
  backups = backupStore(database);
});

function pages(limit: number, filter: BackupFilter = {}): string[][] {
  const found: string[][] = [];
  for (let page = backups.list({ ...filter, limit }); page.length > 0; ) {
    found.push(page.map(({ id }) => id));
    const after = page.at(-1);
    page = after === undefined ? [] : backups.list({ ...filter, limit, after });
  }
  return found;
}

describe('the list of backups', () => {
  beforeEach(() => {
    for (const [id, takenAt, environment] of [
      ...[
        ['a', '01:00', 'shop'],
        ['b', '03:00', 'blog'],
        ['c', '02:00', 'shop'],
        ['d', '02:00', 'shop'],
        ['e', '02:00', 'blog'],
        ['f', '04:00', 'shop'],
      ],
    ] as const)
      backups.add(manifest(String(id), String(takenAt), { environment: String(environment) }), `snapshot-${id}`);
  });

  test('is newest first, in pages that leave nothing out and show nothing twice', () => {
    expect(pages(2)).toEqual([
      ['f', 'b'],
      ['e', 'd'],
      ['c', 'a'],
    ]);
    expect(pages(4, { environment: 'shop' })).toEqual([['f', 'd', 'c', 'a']]);
    expect(pages(1, { environment: 'shop' })).toEqual([['f'], ['d'], ['c'], ['a']]);
  });

  test('goes on where a page ended although that backup is gone, and new ones came', () => {
    const [, last] = backups.list({ limit: 2 });
    backups.remove('b');
    backups.add(manifest('g', '05:00'), 'snapshot-g');
    expect(backups.list({ limit: 2, ...(last ? { after: last } : {}) }).map(({ id }) => id)).toEqual(['e', 'd']);
  });
});

describe('a flagged backup', () => {
  const flags = ['the size fell from 2.0 GB to 3.1 MB'];

  test('is none of the good ones until a person accepts it', () => {
    backups.add(manifest('a', '01:00'), 's1');
    backups.add(manifest('b', '02:00', { flags }), 's2');
    backups.add(manifest('c', '03:00', { kind: 'safety' }), 's3');
    expect(backups.good('shop', 5).map(({ id }) => id)).toEqual(['a']);
    expect(backups.outlines('shop')).toMatchObject([
      { id: 'c', kind: 'safety', flagged: false },
      { id: 'b', kind: 'scheduled', flagged: true },
      { id: 'a', flagged: false },
    ]);
    backups.setNote('b', { until: null, acceptedAt: '2026-11-21T04:00:00.000Z', snapshot: 's4' });
    expect(backups.get('b')).toMatchObject({ flags, acceptedAt: '2026-11-21T04:00:00.000Z' });
    expect(backups.good('shop', 1).map(({ id }) => id)).toEqual(['b']);
    expect(backups.outlines('shop')[1]).toMatchObject({ id: 'b', flagged: false });
    expect(backups.knownSnapshots('shop')).toEqual(new Set(['s1', 's2', 's3', 's4']));
  });
});

test('a catalog of the first version keeps its list, with the kind of each backup', () => {
  const older = new DatabaseSync(':memory:');
  older.exec(MIGRATIONS[0] ?? '');
  const first = manifest('a', '01:00', { kind: 'safety', pinnedUntil: '2026-12-01T00:00:00Z' });
  older
    .prepare('INSERT INTO backups VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run('a', 'shop', first.takenAt, 's', JSON.stringify(first), first.pinnedUntil, null);
  for (const script of MIGRATIONS.slice(1)) older.exec(script);
  const store = backupStore(older);
  expect(store.list()).toMatchObject([{ ...first, acceptedAt: null }]);
  expect(store.outlines('shop')).toEqual([
    { id: 'a', takenAt: first.takenAt, kind: 'safety', pinnedUntil: first.pinnedUntil, flagged: false },
  ]);
});
