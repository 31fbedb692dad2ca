import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backUp, openStorage, resticAt, type Storage } from '../kit/storage.ts';

let storage: Storage;
const environment = 'shop';
const NOW = new Date('2026-11-21T12:00:00Z');
beforeAll(async () => {
  storage = await openStorage(environment);
});
afterAll(() => storage[Symbol.asyncDispose]());
const ids = () => storage.node.backups.list({ environment }).map(({ id }) => id);
const tagged = async (backup: string) =>
  JSON.parse((await resticAt(storage, environment, 'snapshots', '--json', '--tag', `backup=${backup}`)).stdout).length;
const taken = (day: number) => ({ takenAt: `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z` });

describe('retention in the repository', () => {
  test('removes what the policy no longer holds, whole, and says why the rest stays', async () => {
    await backUp(storage, { environment, id: 'd1', more: taken(1) });
    await backUp(storage, { environment, id: 'd2', more: { ...taken(2), pinnedUntil: '2026-12-01T00:00:00Z' } });
    await backUp(storage, { environment, id: 'd3', more: { ...taken(3), kind: 'safety' } });
    await backUp(storage, { environment, id: 'd4', more: taken(4) });
    await backUp(storage, { environment, id: 'd5', more: taken(5) });
    expect(storage.node.decide(environment, { count: 2 }, NOW)).toHaveLength(5);
    expect(ids()).toHaveLength(5);
    const decisions = await storage.node.retain(environment, { count: 2 }, NOW);
    expect(decisions.map(({ backup, keep }) => [backup, keep])).toEqual([
      ...[
        ['d5', true],
        ['d4', true],
        ['d3', false],
        ['d2', true],
        ['d1', false],
      ],
    ]);
    expect(ids()).toEqual(['d5', 'd4', 'd2']);
    expect(await Promise.all(['d1', 'd2', 'd3', 'd4', 'd5'].map(tagged))).toEqual([0, 2, 0, 2, 2]);
  });

  test('gives the space back when pruned, not before', async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => Math.sin(index)).join();
    await backUp(storage, { environment, id: 'big', parts: { a: text }, more: taken(6) });
    const full = await storage.node.storageBytes(environment);
    await storage.node.remove('big');
    expect(await storage.node.storageBytes(environment)).toBeGreaterThan(full - 100_000);
    const { freedBytes } = await storage.node.prune(environment, AbortSignal.timeout(60_000));
    expect(freedBytes).toBeGreaterThan(200_000);
    expect(await storage.node.storageBytes(environment)).toBe(
      full - freedBytes - (full - freedBytes - (await storage.node.storageBytes(environment))),
    );
    expect((await storage.node.check(environment, { readData: true }, AbortSignal.timeout(60_000))).ok).toBe(true);
  });
});

describe('a pinned backup', () => {
  test('is removed by force only, or once it is let go', async () => {
    await backUp(storage, { environment, id: 'p1', more: taken(7) });
    expect((await storage.node.pin('p1', '2026-12-24T00:00:00Z')).pinnedUntil).toBe('2026-12-24T00:00:00Z');
    await expect(storage.node.remove('p1')).rejects.toMatchObject({
      code: 'backup-held',
      message: 'backup p1 is pinned until 2026-12-24 00:00:00 UTC',
    });
    expect(await tagged('p1')).toBe(3);
    await storage.node.pin('p1', null);
    await storage.node.remove('p1');
    expect(await tagged('p1')).toBe(0);
    await backUp(storage, { environment, id: 'p2', more: { ...taken(8), pinnedUntil: '2026-12-24T00:00:00Z' } });
    await storage.node.remove('p2', { force: true });
    expect(await tagged('p2')).toBe(0);
  });

  test('needs a moment and a backup', async () => {
    await expect(storage.node.pin('nope', null)).rejects.toMatchObject({ code: 'backup-unknown' });
    await expect(storage.node.remove('nope')).rejects.toMatchObject({ code: 'backup-unknown' });
    await backUp(storage, { environment, id: 'p3', more: taken(9) });
    await expect(storage.node.pin('p3', 'next week')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
