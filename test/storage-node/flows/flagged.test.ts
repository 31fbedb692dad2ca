import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../../../storage-node/base/words.ts';
import { NOW } from '../kit/open.ts';
import { backUp, openStorage, type Storage } from '../kit/storage.ts';

let storage: Storage;
const environment = 'shop';
beforeEach(async () => {
  storage = await openStorage(environment);
});
afterEach(() => storage[Symbol.asyncDispose]());

const LARGE = 'x'.repeat(300_000);
const take = (day: number, content: string, more: Partial<Manifest> = {}) =>
  backUp(storage, {
    ...{ environment, id: `d${day}`, parts: { shop: content } },
    more: { takenAt: `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`, ...more },
  });
const ids = () => storage.node.backups.list({ environment }).map(({ id }) => id);
const retain = () => storage.node.retain(environment, { count: 1 }, NOW);
const loseCatalog = () => {
  for (const name of readdirSync(storage.directory))
    if (name.startsWith('catalog.sqlite')) rmSync(join(storage.directory, name));
};

describe('a backup that looks like a loss', () => {
  test('is kept and flagged, and the last good one stays until a person accepts it', async () => {
    await take(1, LARGE);
    await take(2, LARGE);
    expect((await take(3, 'nothing')).flags).toEqual(['the size fell from 300.0 kB to 7 B']);
    await retain();
    expect(ids()).toEqual(['d3', 'd2']);
    expect((await take(4, 'nothing')).flags).toEqual(['the size fell from 300.0 kB to 7 B']);
    await retain();
    expect(ids()).toEqual(['d4', 'd2']);
    expect(await storage.node.accept('d4')).toMatchObject({ id: 'd4', acceptedAt: NOW.toISOString() });
    expect((await take(5, 'nothing')).flags).toBeUndefined();
    await retain();
    expect(ids()).toEqual(['d5']);
  });

  test('is flagged against the last good one, so that the next one that is whole is good', async () => {
    await take(1, LARGE);
    await take(2, 'nothing');
    expect((await take(3, LARGE)).flags).toBeUndefined();
    await retain();
    expect(ids()).toEqual(['d3']);
  });

  test('ends its hold when it is deleted', async () => {
    await take(1, LARGE);
    await take(2, 'nothing');
    await storage.node.remove('d2');
    expect(storage.node.decide(environment, { count: 1 }, NOW)).toMatchObject([
      { backup: 'd1', reasons: ['newest 1 of 1', 'last good backup'] },
    ]);
  });

  test('is known as one after the catalog was lost, and so is its acceptance', async () => {
    await take(1, LARGE);
    await take(2, 'nothing', { pinnedUntil: '2026-12-24T00:00:00Z' });
    await take(3, 'nothing');
    await storage.node.accept('d2');
    await storage.node.pin('d3', '2026-12-24T00:00:00Z');
    const before = storage.node.backups.list();
    expect(before).toMatchObject([
      { id: 'd3', acceptedAt: null, pinnedUntil: '2026-12-24T00:00:00Z', flags: [expect.any(String)] },
      { id: 'd2', acceptedAt: NOW.toISOString(), pinnedUntil: '2026-12-24T00:00:00Z', flags: [expect.any(String)] },
      { id: 'd1' },
    ]);
    const decided = storage.node.decide(environment, { count: 1 }, NOW);
    await storage.reopen(loseCatalog);
    await storage.node.reconcile();
    expect(storage.node.backups.list()).toEqual(before);
    expect(storage.node.decide(environment, { count: 1 }, NOW)).toEqual(decided);
  });
});

describe('what is not judged', () => {
  test('a safety backup, which holds whatever a restore replaces, and is no measure for others', async () => {
    await take(1, LARGE);
    expect((await take(2, 'nothing', { kind: 'safety' })).flags).toBeUndefined();
    expect((await take(3, 'nothing')).flags).toHaveLength(1);
  });

  test('a backup that is not flagged, when a person accepts it', async () => {
    const backup = await take(1, LARGE);
    expect(await storage.node.accept('d1')).toEqual(backup);
    await expect(storage.node.accept('nope')).rejects.toMatchObject({ code: 'backup-unknown' });
  });
});
