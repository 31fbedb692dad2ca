import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, decideRetention } from '../../../storage-node/retention/decide.ts';
import type { RetentionPolicy } from '../../../storage-node/retention/policy.ts';
import { backups, looser, NOW, policy } from './generated.ts';

const DAY = 86_400_000;
const at = (days: number) => new Date(NOW.getTime() + days * DAY).toISOString();
const newestFirst = (list: readonly Candidate[]) =>
  [...list].sort((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt) || (a.id < b.id ? 1 : -1));
const kept = (list: readonly Candidate[], asked: RetentionPolicy) =>
  decideRetention(list, asked, NOW)
    .filter(({ keep }) => keep)
    .map((decision) => decision.backup);
const ordinary = (list: readonly Candidate[]) => newestFirst(list).filter(({ kind }) => kind !== 'safety');
const ids = (list: readonly Candidate[]) => list.map(({ id }) => id);

describe('retention', () => {
  test('decides on each backup exactly once, with a reason, newest first', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        const decisions = decideRetention(list, asked, NOW);
        expect(decisions.map((decision) => decision.backup)).toEqual(ids(newestFirst(list)));
        for (const decision of decisions) expect(decision.reasons.join()).not.toBe('');
      }),
    );
  });

  test('never removes the newest, whatever the policy', () => {
    fc.assert(
      fc.property(
        backups.filter((list) => list.length > 0),
        policy,
        (list, asked) => {
          expect(kept(list, asked)).toContain(newestFirst(list)[0]?.id);
        },
      ),
    );
  });

  test('never removes the newest that is not flagged, whatever the policy', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        const good = ordinary(list).filter(({ flagged }) => flagged !== true);
        expect(kept(list, asked)).toEqual(expect.arrayContaining(ids(good.slice(0, 1))));
      }),
    );
  });

  test('never removes one that is pinned now', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        const pinned = list.filter((b) => b.pinnedUntil !== null && Date.parse(b.pinnedUntil) > NOW.getTime());
        expect(kept(list, asked)).toEqual(expect.arrayContaining(ids(pinned)));
      }),
    );
  });

  test('never removes one of the newest N', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        expect(kept(list, asked)).toEqual(expect.arrayContaining(ids(ordinary(list).slice(0, asked.count))));
      }),
    );
  });

  test('never keeps less when asked to keep more', () => {
    fc.assert(
      fc.property(backups, looser, (list, [strict, loose]) => {
        expect(kept(list, loose)).toEqual(expect.arrayContaining(kept(list, strict)));
      }),
    );
  });

  test('keeps everything when asked again', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        const once = kept(list, asked);
        expect(
          kept(
            list.filter(({ id }) => once.includes(id)),
            asked,
          ),
        ).toEqual(once);
      }),
    );
  });

  test('removes nothing because of a backup that is not there any more, or did not succeed', () => {
    fc.assert(
      fc.property(backups, policy, fc.integer({ min: 0, max: 400 }), (list, asked, days) => {
        const past = list.map((each) => ({ ...each, pinnedUntil: null })).filter((b) => Date.parse(b.takenAt) <= +NOW);
        const muchLater = new Date(NOW.getTime() + days * DAY);
        expect(decideRetention(past, asked, muchLater)).toEqual(decideRetention(past, asked, NOW));
      }),
    );
  });

  test('decides the same whether safety backups are there or not', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        const without = ordinary(list);
        const own = new Set(ids(without));
        const newest = newestFirst(list)[0]?.id;
        const compared = (keep: string[]) => keep.filter((id) => own.has(id) && id !== newest && id !== without[0]?.id);
        expect(compared(kept(list, asked))).toEqual(compared(kept(without, asked)));
      }),
    );
  });

  test('decides the same in whatever order the backups come', () => {
    fc.assert(
      fc.property(backups, policy, (list, asked) => {
        expect(decideRetention([...list].reverse(), asked, NOW)).toEqual(decideRetention(list, asked, NOW));
      }),
    );
  });

  test('says the same of some as when it is asked about all', () => {
    fc.assert(
      fc.property(backups, policy, fc.nat(24), (list, asked, place) => {
        const only = new Set(list.filter((_, index) => index % 3 === place % 3).map(({ id }) => id));
        expect(decideRetention(list, asked, NOW, only)).toEqual(
          decideRetention(list, asked, NOW).filter(({ backup }) => only.has(backup)),
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
    const open = { expiresAt: null };
    expect(decideRetention(list, { count: 2 }, NOW)).toEqual([
      { backup: 'a', keep: true, reasons: ['newest 1 of 2', 'last good backup'], ...open },
      { backup: 'b', keep: true, reasons: ['newest 2 of 2'], ...open },
      { backup: 'c', keep: true, reasons: ['pinned until 2026-11-25 12:00:00 UTC'], expiresAt: at(4) },
      { backup: 'd', keep: false, reasons: ['the hold of this safety backup has ended'], ...open },
      { backup: 'e', keep: false, reasons: ['older than the newest 2'], ...open },
    ]);
  });

  test('holds the last good backup, and that one only, while all newer ones are flagged', () => {
    const list = [1, 2, 3, 4, 5, 6].map((age) => ({
      ...{ id: `day-${age}`, takenAt: at(-age), kind: 'scheduled' as const, pinnedUntil: null },
      flagged: age <= 3,
    }));
    expect(decideRetention(list, { count: 1 }, NOW).map(({ keep }) => keep)).toEqual([
      ...[true, false, false, true, false, false],
    ]);
    expect(decideRetention(list, { count: 1 }, NOW)[3]?.reasons).toEqual([
      'last good backup: the 3 newer ones are flagged',
    ]);
    const accepted = list.map((each) => ({ ...each, flagged: each.flagged && each.id !== 'day-1' }));
    expect(kept(accepted, { count: 1 })).toEqual(['day-1']);
  });
});
