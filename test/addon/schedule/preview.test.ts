import { describe, expect, test } from 'vitest';
import { previewSchedule } from '../../../addon/schedule/preview.ts';
import { parseSchedule } from '../../../addon/schedule/schedule.ts';

const daily = (tz: string) => parseSchedule({ scheduleType: '3', cronTime: '30 2 * * *', tz });
const from = new Date('2026-03-28T00:00:00Z');

describe('the preview of a schedule', () => {
  test('shows the next runs by the clock of its zone and in UTC', () => {
    const { words, zone, runs } = previewSchedule(daily('Europe/Berlin'), from, 3);
    expect({ words, zone }).toEqual({ words: 'every day at 02:30 (Europe/Berlin)', zone: 'Europe/Berlin' });
    expect(runs).toEqual([
      { utc: '2026-03-28T01:30:00.000Z', local: '2026-03-28 02:30', offset: '+01:00' },
      { utc: '2026-03-29T01:00:00.000Z', local: '2026-03-29 03:00', offset: '+02:00' },
      { utc: '2026-03-30T00:30:00.000Z', local: '2026-03-30 02:30', offset: '+02:00' },
    ]);
  });

  test('shows five unless told otherwise', () => {
    expect(previewSchedule(daily('UTC'), from).runs).toHaveLength(5);
  });

  test('names the two days on which daylight saving shifts it, and what runs around them', () => {
    const { shifts } = previewSchedule(daily('Europe/Berlin'), from);
    expect(shifts).toEqual([
      {
        date: '2026-03-29',
        utc: '2026-03-29T01:00:00.000Z',
        from: '02:00',
        to: '03:00',
        offsetBefore: '+01:00',
        offsetAfter: '+02:00',
        runs: [
          { utc: '2026-03-28T01:30:00.000Z', local: '2026-03-28 02:30', offset: '+01:00' },
          { utc: '2026-03-29T01:00:00.000Z', local: '2026-03-29 03:00', offset: '+02:00' },
        ],
      },
      {
        date: '2026-10-25',
        utc: '2026-10-25T01:00:00.000Z',
        from: '03:00',
        to: '02:00',
        offsetBefore: '+02:00',
        offsetAfter: '+01:00',
        runs: [
          { utc: '2026-10-25T00:30:00.000Z', local: '2026-10-25 02:30', offset: '+02:00' },
          { utc: '2026-10-26T01:30:00.000Z', local: '2026-10-26 02:30', offset: '+01:00' },
        ],
      },
    ]);
  });

  test.for([
    ['the south, where it begins in autumn', 'Australia/Sydney', ['2026-04-05', '2026-10-04']],
    ['half an hour', 'Australia/Lord_Howe', ['2026-04-05', '2026-10-04']],
    ['a clock that changes at midnight', 'America/Santiago', ['2026-04-04', '2026-09-06']],
    ['a clock west of UTC', 'America/St_Johns', ['2026-11-01', '2027-03-14']],
    ['no daylight saving', 'Asia/Kolkata', []],
    ['UTC', 'UTC', []],
  ] as const)('knows %s', ([, zone, dates]) => {
    const { shifts } = previewSchedule(daily(zone), from);
    expect(shifts.map(({ date }) => date)).toEqual(dates);
  });

  test('shows offsets that are no whole hours, to both sides', () => {
    const offsets = (zone: string) => previewSchedule(daily(zone), from, 1).runs.map(({ offset }) => offset);
    expect(offsets('Asia/Kathmandu')).toEqual(['+05:45']);
    expect(offsets('Pacific/Marquesas')).toEqual(['-09:30']);
  });

  test('of hours since the latest backup follows no clock', () => {
    const { runs, shifts } = previewSchedule(parseSchedule({ scheduleType: '4', everyHours: '24' }), from, 2);
    expect(runs.map(({ utc }) => utc)).toEqual(['2026-03-29T00:00:00.000Z', '2026-03-30T00:00:00.000Z']);
    expect(shifts).toEqual([]);
  });
});
