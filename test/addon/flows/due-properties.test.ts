import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginDueBackups, planAnew } from '../../../addon/flows/due.ts';
import { type PlanningRooms, planNextRun } from '../../../addon/flows/plan-run.ts';
import { AS_SCHEDULED } from '../../../addon/schedule/schedule.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import { backupStore } from '../../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../../storage-node/catalog/environments.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What happens to a storage node: time passes with or without a daemon, and its clock is set. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('passes' as const), by: fc.integer({ min: 1, max: 3 * DAY }) }),
    fc.record({ kind: fc.constant('is down' as const), by: fc.integer({ min: 1, max: 9 * DAY }) }),
    fc.record({ kind: fc.constant('is set forward' as const), by: fc.integer({ min: 1, max: 400 * DAY }) }),
    // All together less than a day: a clock that was ahead by more was wrong, and what it planned is planned anew.
    fc.record({ kind: fc.constant('is set back' as const), by: fc.integer({ min: 1, max: DAY / 8 - 1 }) }),
  ),
  { minLength: 1, maxLength: 8 },
);
const schedule = fc.constantFrom(
  { scheduleType: '3', cronTime: '@hourly', tz: 'Europe/Berlin' },
  { scheduleType: '3', cronTime: '30 2 * * *', tz: 'Europe/Berlin' },
  { scheduleType: '3', cronTime: '15 2 * * 0', tz: 'Australia/Lord_Howe' },
  { scheduleType: '2', backupTime: '0:00', mon: 'true', thu: 'true', tz: 'America/Santiago' },
);

test('whatever happens to the clock and the daemon, no occurrence runs twice, and each absence is caught up once', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, happenings, async (fields, story) => {
      const catalog = openCatalog(':memory:');
      let time = Date.parse('2026-03-27T10:00:00Z');
      const environments = environmentStore(catalog);
      const storage = { environments, backups: backupStore(catalog) };
      const rooms: PlanningRooms = { storage, log: silentLog, runPolicy: AS_SCHEDULED, clock: () => new Date(time) };
      const createdAt = new Date(time).toISOString();
      const rest = { region: '', owner: '', displayName: '', engine: 'redis', installed: true } as const;
      environments.save({ name: 'shop', ...rest, configuration: JSON.stringify({ schedule: fields }), createdAt });
      planNextRun('shop', fields, rooms);

      const occurrences: string[] = [];
      const enqueue = () => void occurrences.push(environments.planned('shop')?.occurrence ?? '');
      const tick = async () => {
        const before = occurrences.length;
        await beginDueBackups(rooms, { enqueue, together: (work) => work() });
        return occurrences.length - before;
      };
      for (const { kind, by } of story) {
        if (kind === 'is set back') time -= by;
        else if (kind !== 'passes') time += by;
        else for (const end = time + by; time < end; time += 10 * MINUTE) expect(await tick()).toBeLessThanOrEqual(1);
        if (kind !== 'passes') planAnew(rooms);
        expect(await tick()).toBeLessThanOrEqual(1);
        expect(await tick()).toBe(0);
      }
      expect(occurrences).toEqual([...new Set(occurrences)].sort());

      const ran = occurrences.length;
      for (const end = time + 9 * DAY; time < end; time += HOUR) await tick();
      expect(occurrences.length).toBeGreaterThan(ran);
      catalog.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);
