import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRetention } from '../../../storage-node/retention/decide.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const DAY = 86_400_000;
const at = (days: number) => new Date(NOW.getTime() + days * DAY).toISOString();

const backup = fc.record({
  id: fc.uuid(),
  takenAt: fc.integer({ min: -400, max: 1 }).map(at),
  kind: fc.constantFrom('manual' as const, 'scheduled' as const, 'safety' as const),
  pinnedUntil: fc.option(fc.integer({ min: -5, max: 5 }).map(at), { nil: null }),
});
const backups = fc.uniqueArray(backup, { selector: ({ id }) => id, maxLength: 20 });
const count = fc.integer({ min: 0, max: 12 });
const kept = (list: Parameters<typeof decideRetention>[0], n: number) =>
  decideRetention(list, { count: n }, NOW).filter(({ keep }) => keep);

describe('retention', () => {
  test('decides on each backup exactly once, with a reason, newest first', () => {
    fc.assert(
      fc.property(backups, count, (list, n) => {
        const decisions = decideRetention(list, { count: n }, NOW);
        expect(decisions.map((decision) => decision.backup).sort()).toEqual(list.map(({ id }) => id).sort());
        for (const decision of decisions) expect(decision.reasons.join()).not.toBe('');
        const times = decisions.map((decision) => list.find(({ id }) => id === decision.backup)?.takenAt ?? '');
        expect(times).toEqual([...times].sort().reverse());
      }),
    );
  });

  test('never removes the newest, whatever the policy', () => {
    fc.assert(
      fc.property(
        backups.filter((list) => list.length > 0),
        count,
        (list, n) => {
          const newest = Math.max(...list.map(({ takenAt }) => Date.parse(takenAt)));
          const ids = list.filter(({ takenAt }) => Date.parse(takenAt) === newest).map(({ id }) => id);
          expect(kept(list, n).some((decision) => ids.includes(decision.backup))).toBe(true);
        },
      ),
    );
  });

  test('never removes one that is pinned now', () => {
    fc.assert(
      fc.property(backups, count, (list, n) => {
        const pinned = list.filter((b) => b.pinnedUntil !== null && Date.parse(b.pinnedUntil) > NOW.getTime());
        const ids = kept(list, n).map((decision) => decision.backup);
        for (const { id } of pinned) expect(ids).toContain(id);
      }),
    );
  });

  test('never keeps less when asked to keep more', () => {
    fc.assert(
      fc.property(backups, count, count, (list, a, b) => {
        const fewer = kept(list, Math.min(a, b)).map((decision) => decision.backup);
        const more = kept(list, Math.max(a, b)).map((decision) => decision.backup);
        expect(more).toEqual(expect.arrayContaining(fewer));
      }),
    );
  });

  test('decides the same whether safety backups are there or not', () => {
    fc.assert(
      fc.property(backups, fc.integer({ min: 1, max: 12 }), (list, n) => {
        const ordinary = list.filter(({ kind }) => kind !== 'safety');
        const ids = kept(list, n).map((decision) => decision.backup);
        const without = kept(ordinary, n).map((decision) => decision.backup);
        expect(
          ordinary
            .map(({ id }) => id)
            .filter((id) => ids.includes(id))
            .sort(),
        ).toEqual(without.sort());
      }),
    );
  });

  test('decides the same in whatever order the backups come', () => {
    fc.assert(
      fc.property(backups, count, (list, n) => {
        expect(decideRetention([...list].reverse(), { count: n }, NOW)).toEqual(
          decideRetention(list, { count: n }, NOW),
        );
      }),
    );
  });

  test('says why, in words', () => {
    const plain = { kind: 'scheduled', pinnedUntil: null } as const;
    const list = [
      { id: 'd', takenAt: at(-4), kind: 'safety', pinnedUntil: at(-1) } as const,
      { id: 'c', takenAt: at(-3), kind: 'safety', pinnedUntil: at(4) } as const,
      { id: 'b', takenAt: at(-2), ...plain },
      { id: 'a', takenAt: at(-1), ...plain },
      { id: 'e', takenAt: at(-5), ...plain },
    ];
    expect(decideRetention(list, { count: 2 }, NOW)).toEqual([
      { backup: 'a', keep: true, reasons: ['newest 1 of 2', 'last good backup'] },
      { backup: 'b', keep: true, reasons: ['newest 2 of 2'] },
      { backup: 'c', keep: true, reasons: ['pinned until 2026-11-25 12:00:00 UTC'] },
      { backup: 'd', keep: false, reasons: ['the hold of this safety backup has ended'] },
      { backup: 'e', keep: false, reasons: ['older than the newest 2'] },
    ]);
  });
});
