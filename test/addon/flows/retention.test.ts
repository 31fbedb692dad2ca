import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../../addon/flows/configuration.ts';
import { applyRetention, loadRetention } from '../../../addon/flows/retention.ts';
import type { Rooms } from '../../../addon/flows/rooms.ts';
import type { Job } from '../../../addon/jobs/job.ts';
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
const decideAll =
  (known: readonly Backup[]): Rooms['storage']['decide'] =>
  (name, ...rest) =>
    decideRetention(
      known.filter(({ environment }) => environment === name),
      ...rest,
    );
const rooms = {
  clock: () => NOW,
  storage: {
    environments: {
      get: (name: string) => (name === 'none' ? undefined : { installed: name === 'shop', configuration }),
    },
    decide: decideAll(all),
    watch: {
      alert: (name: string, condition: string) => (name === 'hurt' && condition === 'damaged' ? {} : undefined),
    },
  },
} as unknown as Rooms;

test('each backup of a page is decided on by the policy of its own environment', () => {
  const decisions = loadRetention(rooms, all.slice(1, 2));
  expect([...decisions.values()]).toEqual([
    { backup: 'shop-0', keep: false, reasons: ['older than the newest 1'], expiresAt: null },
  ]);
});

test('where the add-on was taken off nothing expires', () => {
  for (const decision of loadRetention(rooms, all.slice(2)).values()) {
    expect(decision).toMatchObject({ keep: true, expiresAt: null });
    expect(decision.reasons).toEqual(['the add-on is not installed any more, nothing expires']);
  }
});

test('where nothing is known but the backups, the newest five would stay', () => {
  const lost = Array.from({ length: 7 }, (_, index) => backup(String(index), 'none'));
  const decisions = [
    ...loadRetention({ ...rooms, storage: { ...rooms.storage, decide: decideAll(lost) } }, lost).values(),
  ];
  expect(decisions.map(({ keep }) => keep)).toEqual([true, true, true, true, true, false, false]);
});

describe('where a check found the repository damaged', () => {
  const hurt = { ...rooms, storage: { ...rooms.storage, environments: { get: () => undefined } } } as unknown as Rooms;

  test('the list says that nothing is removed', () => {
    const decisions = [...loadRetention(hurt, [backup('0', 'hurt'), backup('1', 'hurt')]).values()];
    const reasons = ['its repository is damaged, nothing is removed until a check finds it whole'];
    expect(decisions.map((decision) => [decision.keep, decision.reasons])).toEqual([
      [true, reasons],
      [true, reasons],
    ]);
  });

  async function applied(name: string): Promise<{ removedFrom: string[]; warnings: string[] }> {
    const [removedFrom, warnings]: [string[], string[]] = [[], []];
    const retain = async (environment: string) => void removedFrom.push(environment);
    const configuration = { environment: { name }, keep: 1, schedule: {} } as unknown as Configuration;
    const job = { warn: (text: string) => void warnings.push(text), tell: () => undefined } as unknown as Job;
    await applyRetention(configuration, { ...hurt, storage: { ...hurt.storage, retain } } as unknown as Rooms, job);
    return { removedFrom, warnings };
  }

  test('a complete backup removes no older one, and warns', async () => {
    expect(await applied('hurt')).toEqual({
      removedFrom: [],
      warnings: [
        'no older backup is removed: its repository is damaged, nothing is removed until a check finds it whole (dbbackup check hurt)',
      ],
    });
  });

  test('other environments are not concerned', async () => {
    expect(await applied('shop')).toEqual({ removedFrom: ['shop'], warnings: [] });
  });
});
