import { expect, test } from 'vitest';
import { loadRetention } from '../../../addon/flows/retention.ts';
import type { Rooms } from '../../../addon/flows/rooms.ts';
import type { Backup } from '../../../storage-node/base/words.ts';
import { decideRetention } from '../../../storage-node/retention/decide.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const backup = (id: string, environment: string) =>
  ({ id, environment, takenAt: `2026-11-2${id}T02:00:00.000Z`, kind: 'scheduled', pinnedUntil: null }) as Backup;
const all = [backup('1', 'shop'), backup('0', 'shop'), backup('1', 'gone'), backup('0', 'gone')].map((each) => ({
  ...each,
  id: `${each.environment}-${each.id}`,
}));
const configuration = JSON.stringify({ keep: 1, schedule: { tz: 'Europe/Berlin' } });
const rooms = {
  clock: () => NOW,
  storage: {
    environments: {
      get: (name: string) => (name === 'none' ? undefined : { installed: name === 'shop', configuration }),
    },
    decide: (name: string, ...rest: [never, never, never]) =>
      decideRetention(
        all.filter(({ environment }) => environment === name),
        ...rest,
      ),
  },
} as unknown as Rooms;

test('each backup of a page is decided on by the policy of its own environment', () => {
  const decisions = loadRetention(rooms, all.slice(1, 2));
  expect([...decisions.values()]).toEqual([
    { backup: 'shop-0', keep: false, reasons: ['older than the newest 1'], expiresAt: null },
  ]);
});

test('where the add-on was taken off, or nothing is known but the backups, nothing expires', () => {
  for (const own of [all.slice(2), [{ ...backup('1', 'none') }]]) {
    for (const decision of loadRetention(rooms, own).values()) {
      expect(decision).toMatchObject({ keep: true, expiresAt: null });
      expect(decision.reasons).toEqual(['the add-on is not installed any more, nothing expires']);
    }
  }
});
