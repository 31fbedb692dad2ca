import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBlackout } from '../../../addon/schedule/blackout.ts';
import { AS_SCHEDULED, type Plan, parseSchedule, planRun, type RunPolicy } from '../../../addon/schedule/schedule.ts';

const HOUR = 3_600_000;
const crontab = (cronTime: string, tz = 'UTC') => parseSchedule({ scheduleType: '3', cronTime, tz });
const every = (everyHours: string) => parseSchedule({ scheduleType: '4', everyHours });
const base = { environment: 'shop', policy: AS_SCHEDULED, now: new Date('2026-06-01T10:20:00Z') };
const formerAt = (moment: string, label = ''): Plan => ({ nextRun: moment, occurrence: moment, label });
const spread = (spreadMinutes: number): RunPolicy => ({ spreadMinutes, blackouts: [] });
const dark = (window: string, spreadMinutes = 0): RunPolicy => ({
  spreadMinutes,
  blackouts: [parseBlackout('x', window, 'UTC') ?? { from: 0, to: 0, zone: 'UTC' }],
});

describe('the plan of a schedule by the clock', () => {
  test('is its next occurrence, with the reading of its own clock', () => {
    expect(planRun({ ...base, schedule: crontab('30 3 * * *', 'Europe/Berlin') })).toEqual({
      nextRun: '2026-06-02T01:30:00.000Z',
      occurrence: '2026-06-02T01:30:00.000Z',
      label: '2026-06-02T03:30',
    });
  });

  test('after missed runs is the first one still to come', () => {
    const plan = planRun({ ...base, schedule: crontab('@hourly'), former: formerAt('2026-05-01T00:00:00.000Z') });
    expect(plan.nextRun).toBe('2026-06-01T11:00:00.000Z');
  });

  test('with a clock that was set back follows the run that was there, so that none comes twice', () => {
    const plan = planRun({ ...base, schedule: crontab('@hourly'), former: formerAt('2026-06-01T12:00:00.000Z') });
    expect(plan.nextRun).toBe('2026-06-01T13:00:00.000Z');
  });

  test('never repeats a reading of the clock, also when the rules of the zone have changed since', () => {
    const former = formerAt('2026-06-01T00:30:00.000Z', '2026-06-02T03:30');
    const request = { ...base, former, schedule: crontab('30 3 * * *', 'Europe/Berlin') };
    expect(planRun(request).label).toBe('2026-06-03T03:30');
    const hourly = { ...base, former: formerAt('2026-10-25T00:00:00.000Z', '2026-10-25T02:00') };
    const now = new Date('2026-10-25T00:00:10Z');
    expect(planRun({ ...hourly, now, schedule: crontab('@hourly', 'Europe/Berlin') })).toMatchObject({
      occurrence: '2026-10-25T01:00:00.000Z',
      label: '2026-10-25T02:00',
    });
  });
});

describe('the plan of hours since the latest backup', () => {
  test('counts from the latest backup of any kind', () => {
    const latestBackup = new Date('2026-06-01T09:00:00Z');
    expect(planRun({ ...base, schedule: every('24'), latestBackup }).nextRun).toBe('2026-06-02T09:00:00.000Z');
  });

  test('begins at once where there is no backup, or none for so long', () => {
    expect(planRun({ ...base, schedule: every('24') }).nextRun).toBe('2026-06-01T10:20:00.000Z');
    const latestBackup = new Date('2026-05-01T09:00:00Z');
    expect(planRun({ ...base, schedule: every('24'), latestBackup }).nextRun).toBe('2026-06-01T10:20:00.000Z');
  });

  test('after a run that begins now does not come again before its hours have passed, even if that run fails', () => {
    const latestBackup = new Date('2026-05-01T09:00:00Z');
    const former = formerAt('2026-06-01T10:20:00.000Z');
    expect(planRun({ ...base, schedule: every('24'), latestBackup, former }).nextRun).toBe('2026-06-02T10:20:00.000Z');
  });
});

describe('runs of the full hour', () => {
  const delay = (environment: string, cronTime: string, policy: RunPolicy) => {
    const { nextRun, occurrence } = planRun({ ...base, environment, schedule: crontab(cronTime), policy });
    return Date.parse(nextRun) - Date.parse(occurrence);
  };

  test('come when they are scheduled where no spread is set', () => {
    expect(delay('shop', '@daily', AS_SCHEDULED)).toBe(0);
  });

  test('are spread evenly over the window, each environment always at the same moment of it', () => {
    const delays = Array.from({ length: 600 }, (_, index) => delay(`shop-${index}`, '@daily', spread(30)));
    const perTenMinutes = [0, 1, 2].map(
      (part) => delays.filter((each) => Math.floor(each / (HOUR / 6)) === part).length,
    );
    expect(Math.max(...delays)).toBeLessThan(HOUR / 2);
    for (const count of perTenMinutes) expect(count).toBeGreaterThan(160);
    expect(delay('shop-7', '@daily', spread(30))).toBe(delays[7]);
  });

  test('stay clear of the run that follows them', () => {
    for (let index = 0; index < 50; index++)
      expect(delay(`shop-${index}`, '*/10 * * * *', spread(60))).toBeLessThan(HOUR / 12);
  });

  test('alone are spread: a minute that someone chose is kept', () => {
    expect(delay('shop', '31 3 * * *', spread(60))).toBe(0);
  });

  test('that are put off are not followed by their own occurrence again, nor is one left out', () => {
    const request = { ...base, schedule: crontab('@hourly'), policy: spread(60) };
    let plan = planRun(request);
    const occurrences = [plan.occurrence];
    for (let run = 0; run < 30; run++) {
      plan = planRun({ ...request, now: new Date(Date.parse(plan.nextRun) + 20_000), former: plan });
      occurrences.push(plan.occurrence);
    }
    const first = Date.parse(occurrences[0] ?? '');
    expect(occurrences).toEqual(occurrences.map((_, index) => new Date(first + index * HOUR).toISOString()));
  });
});

describe('a run that falls into a blackout window', () => {
  test('begins at its end', () => {
    const plan = planRun({ ...base, schedule: crontab('0 12 * * *'), policy: dark('08:00-18:00') });
    expect(plan).toMatchObject({ nextRun: '2026-06-01T18:00:00.000Z', occurrence: '2026-06-01T12:00:00.000Z' });
  });

  test('stands for all of the window, however often it was due in it', () => {
    const request = { ...base, schedule: crontab('@hourly'), policy: dark('08:00-18:00') };
    const plan = planRun(request);
    expect(plan.nextRun).toBe('2026-06-01T18:00:00.000Z');
    const following = planRun({ ...request, now: new Date('2026-06-01T18:00:05Z'), former: plan });
    expect(following.nextRun).toBe('2026-06-01T19:00:00.000Z');
  });

  test('is spread over the time after it', () => {
    const runs = Array.from({ length: 50 }, (_, index) => {
      const request = { ...base, environment: `shop-${index}`, schedule: crontab('5 12 * * *') };
      return planRun({ ...request, policy: dark('08:00-18:00', 30) }).nextRun;
    });
    expect(new Set(runs).size).toBeGreaterThan(40);
    expect(runs.toSorted()[0]?.slice(0, 13)).toBe('2026-06-01T18');
    expect((runs.toSorted().at(-1) ?? '') < '2026-06-01T18:30').toBe(true);
  });

  test('of hours since the latest backup begins at its end, too', () => {
    const plan = planRun({ ...base, schedule: every('24'), policy: dark('08:00-18:00') });
    expect(plan.nextRun).toBe('2026-06-01T18:00:00.000Z');
  });
});

test('whatever the schedule, the policy and the delays: runs and occurrences only go forward, and none begins in the blackout', () => {
  const cron = fc.constantFrom('*/15 * * * *', '@hourly', '0 */2 * * *', '30 2 * * *', '@daily', '0 0,12 * * 1-5');
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Santiago');
  const waits = fc.array(fc.integer({ min: 0, max: 3 * HOUR }), { minLength: 20, maxLength: 20 });
  const window = fc.constantFrom('', '08:00-18:00', '23:00-01:30');
  fc.assert(
    fc.property(cron, zone, fc.integer({ min: 0, max: 60 }), window, waits, (cronTime, tz, minutes, text, late) => {
      const blackout = parseBlackout('x', text, 'UTC');
      const policy = { spreadMinutes: minutes, blackouts: blackout === undefined ? [] : [blackout] };
      const request = { environment: 'shop', schedule: crontab(cronTime, tz), policy };
      let plan = planRun({ ...request, now: new Date('2026-03-28T12:00:00Z') });
      for (const wait of late) {
        const now = new Date(Date.parse(plan.nextRun) + wait);
        const next = planRun({ ...request, now, former: plan });
        expect(next.occurrence > plan.occurrence).toBe(true);
        expect(Date.parse(next.nextRun)).toBeGreaterThan(now.getTime());
        expect(next.nextRun >= next.occurrence).toBe(true);
        const time = next.nextRun.slice(11, 16);
        if (text === '08:00-18:00') expect(time < '08:00' || time >= '18:00').toBe(true);
        if (text === '23:00-01:30') expect(time < '23:00' && time >= '01:30').toBe(true);
        plan = next;
      }
    }),
    { numRuns: 100 },
  );
});
