import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import {
  type ClockSchedule,
  nextOccurrence,
  nextOccurrences,
  parseSchedule,
} from '../../../addon/schedule/schedule.ts';

const crontab = (cronTime: string, tz = 'Europe/Berlin') =>
  parseSchedule({ scheduleType: '3', cronTime, tz }) as ClockSchedule;
const local = (moment: Date, zone: string) => DateTime.fromJSDate(moment, { zone }).toFormat("dd'T'HH:mm ZZ");
const at = (text: string, zone: string) => DateTime.fromISO(text, { zone }).toJSDate();

/** The occurrences after a moment, as the clock on the wall shows them: `29T03:00 +02:00`. */
function runs(expression: string, zone: string, from: string, count: number): string[] {
  return nextOccurrences(crontab(expression, zone), at(from, zone), count).map((moment) => local(moment, zone));
}

describe('when the clock jumps from 02:00 to 03:00', () => {
  test.for([
    ['daily at a time that is skipped', '30 2 * * *', ['29T03:00 +02:00', '30T02:30 +02:00']],
    ['daily at the first skipped minute', '0 2 * * *', ['29T03:00 +02:00', '30T02:00 +02:00']],
    ['daily at the minute it jumps to', '0 3 * * *', ['29T03:00 +02:00', '30T03:00 +02:00']],
    ['daily at the last minute before', '59 1 * * *', ['29T01:59 +01:00', '30T01:59 +02:00']],
    ['twice in the skipped hour', '*/30 2 * * *', ['29T03:00 +02:00', '30T02:00 +02:00', '30T02:30 +02:00']],
    ['every two hours', '0 */2 * * *', ['29T03:00 +02:00', '29T04:00 +02:00', '29T06:00 +02:00']],
    ['hourly', '0 * * * *', ['29T01:00 +01:00', '29T03:00 +02:00', '29T04:00 +02:00']],
    ['hourly at half past', '30 * * * *', ['29T00:30 +01:00', '29T01:30 +01:00', '29T03:30 +02:00']],
  ] as const)('%s', ([, expression, expected]) => {
    expect(runs(expression, 'Europe/Berlin', '2026-03-29T00:00', expected.length)).toEqual(expected);
  });

  test('every 15 minutes goes on without a pause', () => {
    expect(runs('*/15 * * * *', 'Europe/Berlin', '2026-03-29T01:40', 3)).toEqual([
      '29T01:45 +01:00',
      '29T03:00 +02:00',
      '29T03:15 +02:00',
    ]);
  });

  test('once a year on that very day it runs that year', () => {
    expect(runs('30 2 29 3 *', 'Europe/Berlin', '2026-01-01', 2)).toEqual(['29T03:00 +02:00', '29T02:30 +02:00']);
  });
});

describe('when the clock is set back from 03:00 to 02:00', () => {
  test.for([
    ['daily at a time that comes twice', '30 2 * * *', '2026-10-25T00:00', ['25T02:30 +02:00', '26T02:30 +01:00']],
    [
      'twice in the repeated hour',
      '*/30 2 * * *',
      '2026-10-25T00:00',
      ['25T02:00 +02:00', '25T02:30 +02:00', '26T02:00 +01:00'],
    ],
    ['every two hours', '0 */2 * * *', '2026-10-25T00:00', ['25T02:00 +02:00', '25T04:00 +01:00']],
    ['hourly', '0 * * * *', '2026-10-25T01:00', ['25T02:00 +02:00', '25T02:00 +01:00', '25T03:00 +01:00']],
    [
      'every 15 minutes',
      '*/15 * * * *',
      '2026-10-25T02:20+02:00',
      [
        '25T02:30 +02:00',
        '25T02:45 +02:00',
        '25T02:00 +01:00',
        '25T02:15 +01:00',
        '25T02:30 +01:00',
        '25T02:45 +01:00',
        '25T03:00 +01:00',
      ],
    ],
  ] as const)('%s', ([, expression, from, expected]) => {
    expect(runs(expression, 'Europe/Berlin', from, expected.length)).toEqual(expected);
  });

  test('asked during the second pass, a daily time that came in the first waits for the next day', () => {
    const next = nextOccurrence(crontab('30 2 * * *'), new Date('2026-10-25T01:10:00Z'));
    expect(local(next, 'Europe/Berlin')).toBe('26T02:30 +01:00');
  });
});

describe('where clocks change otherwise', () => {
  test.for([
    [
      'a gap of half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-04T00:00',
      ['04T02:30 +11:00', '05T02:15 +11:00'],
    ],
    [
      'hourly through half an hour',
      '15 * * * *',
      'Australia/Lord_Howe',
      '2026-10-04T01:00',
      ['04T01:15 +10:30', '04T02:30 +11:00', '04T03:15 +11:00'],
    ],
    [
      'a repeated half-hour',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-05T00:00',
      ['05T01:45 +11:00', '06T01:45 +10:30'],
    ],
    [
      'hourly through a repeated half-hour',
      '45 * * * *',
      'Australia/Lord_Howe',
      '2026-04-05T01:00',
      ['05T01:45 +11:00', '05T01:45 +10:30', '05T02:45 +10:30'],
    ],
    [
      'a gap at midnight in Cairo',
      '0 0 * * *',
      'Africa/Cairo',
      '2026-04-23T12:00',
      ['24T01:00 +03:00', '25T00:00 +03:00'],
    ],
    [
      'a gap at midnight in Santiago',
      '0 0 * * *',
      'America/Santiago',
      '2026-09-05T12:00',
      ['06T01:00 -03:00', '07T00:00 -03:00'],
    ],
    [
      'a gap at midnight in Beirut',
      '0 0 * * *',
      'Asia/Beirut',
      '2026-03-28T12:00',
      ['29T01:00 +03:00', '30T00:00 +03:00'],
    ],
    [
      'a day repeated in part across midnight',
      '*/30 * * * *',
      'America/St_Johns',
      '2010-11-06T23:40-02:30',
      ['07T00:00 -02:30', '06T23:30 -03:30', '07T00:00 -03:30'],
    ],
    [
      'a day that does not exist',
      '0 9 * * *',
      'Pacific/Apia',
      '2011-12-29T00:00',
      ['29T09:00 -10:00', '31T00:00 +14:00', '31T09:00 +14:00'],
    ],
    [
      'hourly over a day that does not exist',
      '0 * * * *',
      'Pacific/Apia',
      '2011-12-29T22:30',
      ['29T23:00 -10:00', '31T00:00 +14:00', '31T01:00 +14:00'],
    ],
  ] as const)('%s', ([, expression, zone, from, expected]) => {
    expect(runs(expression, zone, from, expected.length)).toEqual(expected);
  });
});

describe('days', () => {
  const days = (expression: string, count: number) =>
    nextOccurrences(crontab(`0 0 ${expression}`, 'UTC'), new Date('2026-02-01T00:00:00Z'), count).map((moment) =>
      moment.toISOString().slice(0, 10),
    );

  test.for([
    [
      'the 13th or any Friday',
      '13 * 5',
      ['2026-02-06', '2026-02-13', '2026-02-20', '2026-02-27', '2026-03-06', '2026-03-13'],
    ],
    ['odd days that are Fridays', '*/2 * 5', ['2026-02-13', '2026-02-27', '2026-03-13', '2026-03-27']],
    ['Sundays, Thursdays and so on that are the 13th', '13 * */4', ['2026-08-13', '2026-09-13', '2026-12-13']],
    ['any day of the month or a Monday', '1-31 * 1', ['2026-02-02', '2026-02-03', '2026-02-04']],
    ['the first or any weekday', '1 * 1-7', ['2026-02-02', '2026-02-03', '2026-02-04']],
    ['7 for Sunday', '* * 7', ['2026-02-08', '2026-02-15']],
    ['Friday to Sunday', '* * 5-7', ['2026-02-06', '2026-02-07', '2026-02-08', '2026-02-13']],
    ['the 31st, where there is one', '31 * *', ['2026-03-31', '2026-05-31', '2026-07-31']],
    ['leap days', '29 2 *', ['2028-02-29', '2032-02-29']],
    ['Mondays in February beside a 30th that never comes', '30 2 1', ['2026-02-02', '2026-02-09']],
  ] as const)('%s', ([, expression, expected]) => {
    expect(days(expression, expected.length)).toEqual(expected);
  });

  test('leap days skip the year 2100', () => {
    const next = nextOccurrence(crontab('0 0 29 2 *', 'UTC'), new Date('2096-03-01T00:00:00Z'));
    expect(next.toISOString()).toBe('2104-02-29T00:00:00.000Z');
  });
});

test('an occurrence is later than the moment asked for, also by a second', () => {
  const schedule = crontab('0 3 * * *', 'UTC');
  expect(nextOccurrence(schedule, new Date('2026-01-01T03:00:00Z')).toISOString()).toBe('2026-01-02T03:00:00.000Z');
  expect(nextOccurrence(schedule, new Date('2026-01-01T02:59:59.999Z')).toISOString()).toBe('2026-01-01T03:00:00.000Z');
});
