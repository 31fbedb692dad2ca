import { IANAZone } from 'luxon';
import { describe, expect, test } from 'vitest';
import { decideRetention } from '../../../storage-node/retention/decide.ts';
import type { KeepRule, RetentionPolicy, Tier } from '../../../storage-node/retention/policy.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const zone = (name: string) => (moment: number) => IANAZone.create(name).offset(moment) * 60_000;
const days = (count: number, each: Tier['each'] = null): Tier => ({ within: { count, unit: 'day' }, each });
const scheduled = (moment: number) => ({
  ...{ id: new Date(moment).toISOString().slice(0, 16), takenAt: new Date(moment).toISOString() },
  ...{ kind: 'scheduled' as const, pinnedUntil: null },
});
/** One backup every so many milliseconds, the newest at `newest`. */
const series = (newest: string, every: number, count: number) =>
  Array.from({ length: count }, (_, index) => scheduled(Date.parse(newest) - index * every));
function kept(list: ReturnType<typeof series>, policy: Partial<RetentionPolicy>, now: string): string[] {
  const decisions = decideRetention(list, { count: 1, ...policy }, new Date(now));
  return decisions.filter(({ keep }) => keep).map(({ backup }) => backup);
}

describe('ages', () => {
  const NOW = '2026-11-21T12:00:00Z';

  test('keep what is not older, and say when it expires', () => {
    const list = series('2026-11-21T11:00:00Z', DAY, 200);
    const decisions = decideRetention(list, { count: 1, tiers: [days(90)] }, new Date(NOW));
    expect(decisions.filter(({ keep }) => keep)).toHaveLength(91);
    expect(decisions[90]).toEqual({
      ...{ backup: '2026-08-23T11:00', keep: true, reasons: ['within 90 days'], expiresAt: '2026-11-21T11:00:00.000Z' },
    });
    expect(decisions[91]).toMatchObject({ reasons: ['older than the newest 1 and held by no other rule'] });
  });

  test('grow no older while backups fail', () => {
    const list = series('2026-11-21T11:00:00Z', DAY, 90);
    for (const muchLater of ['2027-03-01T00:00:00Z', '2040-01-01T00:00:00Z'])
      expect(kept(list, { tiers: [days(30), days(90, 'day')] }, muchLater)).toHaveLength(90);
  });

  test('are not counted from a backup of the future, which a wrong clock made', () => {
    const list = [...series('2026-11-21T11:00:00Z', DAY, 90), scheduled(Date.parse('2036-01-01T00:00:00Z'))];
    expect(kept(list, { tiers: [days(90)] }, NOW)).toHaveLength(91);
  });

  test('keep the newest by number, however old it is when backups begin again', () => {
    const list = [scheduled(Date.parse(NOW)), ...series('2026-01-01T00:00:00Z', DAY, 9)];
    expect(kept(list, { count: 3, tiers: [days(30)] }, NOW)).toHaveLength(3);
  });

  test('can be of tiers: 7 days hourly, 30 days daily', () => {
    const list = series('2026-11-21T11:30:00Z', HOUR / 2, 48 * 40);
    const both = kept(list, { tiers: [days(7, 'hour'), days(30, 'day')] }, NOW);
    expect(both).toHaveLength(7 * 24 + 24);
    expect(both.slice(0, 3)).toEqual(['2026-11-21T11:30', '2026-11-21T10:30', '2026-11-21T09:30']);
    expect(both.slice(-2)).toEqual(['2026-10-23T23:30', '2026-10-22T23:30']);
  });

  test.each([
    ['hour', 36, '2026-11-20T00:00'],
    ['week', 2, '2026-11-07T12:00'],
    ['month', 1, '2026-10-21T12:00'],
    ['year', 1, '2025-11-21T12:00'],
  ] as const)('can be said in any unit: %s', (unit, count, oldest) => {
    const list = series(NOW, 12 * HOUR, 900);
    expect(kept(list, { tiers: [{ within: { count, unit }, each: null }] }, NOW).at(-1)).toBe(oldest);
  });

  test('of a month end with the shorter month', () => {
    const list = series('2026-01-31T12:00:00Z', DAY, 1);
    const month: Tier = { within: { count: 1, unit: 'month' }, each: null };
    const [decision] = decideRetention(list, { count: 0, tiers: [month] }, new Date('2026-02-01T00:00:00Z'));
    expect(decision?.reasons).toContain('within 1 month');
    const older = [...list, scheduled(Date.parse('2026-02-28T12:00:00Z'))];
    expect(kept(older, { tiers: [month] }, '2026-02-28T12:00:00Z')).toHaveLength(2);
    expect(
      kept([...list, scheduled(Date.parse('2026-02-28T12:01:00Z'))], { tiers: [month] }, '2026-03-01T00:00:00Z'),
    ).toHaveLength(1);
  });

  test.each([
    ['the long day in Berlin', 'Europe/Berlin', '2026-10-28T02:30:00Z', '2026-10-21T01:30'],
    ['the short day in Berlin', 'Europe/Berlin', '2026-04-01T01:30:00Z', '2026-03-25T02:30'],
    ['the half-hour shift of Lord Howe', 'Australia/Lord_Howe', '2026-10-06T16:30:00Z', '2026-09-29T17:00'],
  ])('end at the same time of the local clock across %s', (_, name, now, oldest) => {
    // Daily at 03:30 of the local clock: the one of seven days ago is exactly seven days old, whatever the hours were.
    const daily = Array.from({ length: 12 }, (__, index) => {
      const utc = Date.parse(now) + zone(name)(Date.parse(now)) - index * DAY;
      return scheduled(utc - zone(name)(utc - zone(name)(utc)));
    });
    expect(kept(daily, { tiers: [days(7)], offsetAt: zone(name) }, now).at(-1)).toBe(oldest);
    expect(kept(daily, { tiers: [days(7)], offsetAt: zone(name) }, now)).toHaveLength(8);
  });
});

describe('rules by the calendar', () => {
  const rules = (...list: [KeepRule['each'], number][]) => list.map(([each, count]) => ({ each, count }));

  test('keep the newest of each hour, day, week, month and year', () => {
    const list = series('2026-11-21T11:30:00Z', HOUR / 2, 48 * 800);
    const found = (each: KeepRule['each'], count: number) =>
      kept(list, { count: 0, rules: rules([each, count]) }, '2026-11-21T12:00:00Z');
    expect(found('hour', 3)).toEqual(['2026-11-21T11:30', '2026-11-21T10:30', '2026-11-21T09:30']);
    expect(found('day', 3)).toEqual(['2026-11-21T11:30', '2026-11-20T23:30', '2026-11-19T23:30']);
    expect(found('week', 3)).toEqual(['2026-11-21T11:30', '2026-11-15T23:30', '2026-11-08T23:30']);
    expect(found('month', 3)).toEqual(['2026-11-21T11:30', '2026-10-31T23:30', '2026-09-30T23:30']);
    expect(found('year', 3)).toEqual(['2026-11-21T11:30', '2025-12-31T23:30', '2024-12-31T23:30']);
  });

  test('count periods in which there is a backup, and say which it is', () => {
    const list = series('2026-11-21T11:00:00Z', 40 * DAY, 5);
    const policy = { count: 1, rules: rules(['day', 2], ['month', 4]) };
    const decisions = decideRetention(list, policy, new Date('2026-11-21T12:00:00Z'));
    expect(decisions.map(({ reasons }) => reasons)).toEqual([
      ['newest 1 of 1', 'daily 1 of 2', 'monthly 1 of 4', 'last good backup'],
      ['daily 2 of 2', 'monthly 2 of 4'],
      ['monthly 3 of 4'],
      ['monthly 4 of 4'],
      ['older than the newest 1 and held by no other rule'],
    ]);
  });

  test('follow the days of the environment’s zone, which daylight saving makes longer or shorter', () => {
    const berlin = { count: 0, offsetAt: zone('Europe/Berlin'), rules: rules(['day', 4]) };
    expect(kept(series('2026-10-26T12:00:00Z', HOUR, 200), berlin, '2026-10-26T12:00:00Z')).toEqual([
      ...['2026-10-26T12:00', '2026-10-25T22:00', '2026-10-24T21:00', '2026-10-23T21:00'],
    ]);
    expect(kept(series('2026-03-30T12:00:00Z', HOUR, 200), berlin, '2026-03-30T12:00:00Z')).toEqual([
      ...['2026-03-30T12:00', '2026-03-29T21:00', '2026-03-28T22:00', '2026-03-27T22:00'],
    ]);
  });

  test('know the hour that is shown twice as two, and the hour that is left out as none', () => {
    const hourly = { count: 0, offsetAt: zone('Europe/Berlin'), rules: rules(['hour', 5]) };
    expect(kept(series('2026-10-25T02:00:00Z', HOUR, 9), hourly, '2026-10-25T03:00:00Z')).toHaveLength(5);
    expect(kept(series('2026-03-29T03:00:00Z', HOUR, 9), hourly, '2026-03-29T04:00:00Z')).toHaveLength(5);
  });
});
