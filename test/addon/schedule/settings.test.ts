import { describe, expect, test } from 'vitest';
import {
  describeSchedule,
  nextOccurrence,
  parseSchedule,
  type ScheduleFields,
} from '../../../addon/schedule/schedule.ts';
import { reportOf } from '../../../storage-node/base/errors.ts';

const parsed = (fields: ScheduleFields) => {
  const schedule = parseSchedule(fields);
  return [schedule.kind, schedule.kind === 'interval' ? schedule.everyHours : schedule.expression, schedule.zone];
};
const refusal = (fields: ScheduleFields) => {
  try {
    return parsed(fields);
  } catch (error) {
    return reportOf(error);
  }
};
/** How the platform sends a field that was not filled in. */
const unset = (name: string) => `$\{settings.${name}}`;
const crontab = (cronTime: string): ScheduleFields => ({ scheduleType: '3', cronTime });
const custom = (fields: ScheduleFields): ScheduleFields => ({
  scheduleType: '2',
  backupTime: '03:30',
  mon: 'true',
  ...fields,
});

describe('a pre-defined schedule', () => {
  test.for([
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['daily', '0 0 * * *'],
    ['Hourly', '0 * * * *'],
    ['0 * * * *', '0 * * * *'],
    ['0 0 1 * *', '0 0 1 * *'],
  ] as const)('is named %s', ([cronTime, expression]) => {
    expect(parsed({ scheduleType: '1', cronTime })).toEqual(['predefined', expression, 'UTC']);
  });

  test('ignores the fields of the other kinds, which the platform sends unset', () => {
    const others = { backupTime: unset('backupTime'), mon: unset('mon'), tz: unset('tz') };
    expect(parsed({ scheduleType: '1', cronTime: '@daily', ...others })).toEqual(['predefined', '0 0 * * *', 'UTC']);
  });
});

describe('a custom schedule', () => {
  test('runs at its time on its days in its zone', () => {
    const fields = custom({ fri: 'true', sun: 'false', tue: '', tz: 'Europe/Berlin' });
    expect(parsed(fields)).toEqual(['custom', '30 3 * * 1,5', 'Europe/Berlin']);
  });

  test('takes truth values as such', () => {
    expect(parsed({ scheduleType: '2', backupTime: '9:00', sat: true, sun: false })).toEqual([
      'custom',
      '0 9 * * 6',
      'UTC',
    ]);
  });

  test('runs every day when all are ticked', () => {
    const days = Object.fromEntries(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => [day, 'true']));
    expect(parsed(custom(days))).toEqual(['custom', '30 3 * * *', 'UTC']);
  });
});

describe('a crontab', () => {
  test.for([
    ['30 2 * * *', '30 2 * * *'],
    ['  5/15  0-6/2 1,15 jan,JUL MON-FRI\n', '5/15 0-6/2 1,15 jan,JUL MON-FRI'],
    ['0\t0 * * 5-7', '0 0 * * 5-7'],
    ['@daily', '0 0 * * *'],
    ['0,0,5 0 * * 0,7', '0,0,5 0 * * 0,7'],
  ] as const)('%j is read', ([cronTime, expression]) => {
    expect(parsed(crontab(cronTime))).toEqual(['crontab', expression, 'UTC']);
  });

  test('follows a zone where one is given', () => {
    expect(parsed({ ...crontab('0 9 * * *'), tz: 'America/New_York' })).toEqual([
      'crontab',
      '0 9 * * *',
      'America/New_York',
    ]);
  });
});

describe('hours since the latest backup', () => {
  test('are counted by time that passes, whatever the clock does', () => {
    const schedule = parseSchedule({ scheduleType: '4', everyHours: '24', tz: 'Europe/Berlin' });
    expect(schedule).toEqual({ kind: 'interval', everyHours: 24, zone: 'Europe/Berlin' });
    const next = nextOccurrence(schedule, new Date('2026-03-28T12:00:00Z'));
    expect(next.toISOString()).toBe('2026-03-29T12:00:00.000Z');
  });
});

describe('what a person could mistype is refused with its field, the reason and an example', () => {
  test.for([
    [crontab(''), 'settings.cronTime: is empty'],
    [crontab('   '), 'settings.cronTime: is empty'],
    [crontab(unset('cronTime')), 'settings.cronTime: is empty'],
    [crontab('*'), 'settings.cronTime: "*" has 1 field, not five'],
    [crontab('* * * *'), 'settings.cronTime: "* * * *" has 4 fields, not five'],
    [crontab('0 30 2 * * *'), 'settings.cronTime: "0 30 2 * * *" has 6 fields, not five'],
    [crontab('61 * * * *'), 'settings.cronTime: minute "61" is outside 0-59'],
    [crontab('0-61 * * * *'), 'settings.cronTime: minute "0-61" is outside 0-59'],
    [crontab('0 24 * * *'), 'settings.cronTime: hour "24" is outside 0-23'],
    [crontab('0 0 0 * *'), 'settings.cronTime: day of month "0" is outside 1-31'],
    [crontab('0 0 * 13 *'), 'settings.cronTime: month "13" is outside 1-12'],
    [crontab('0 0 * * 8'), 'settings.cronTime: day of week "8" is outside 0-7'],
    [crontab('0 0 * * 6-1'), 'settings.cronTime: day of week "6-1" has a range that ends before it begins'],
    [crontab('*/0 * * * *'), 'settings.cronTime: minute "*/0" has a step outside 1-59'],
    [crontab('*/90 * * * *'), 'settings.cronTime: minute "*/90" has a step outside 1-59'],
    [crontab('*5 * * * *'), 'settings.cronTime: minute "*5" is not a number, a list, a range or a step'],
    [crontab('1, * * * *'), 'settings.cronTime: minute "1," is not a number, a list, a range or a step'],
    [crontab(', * * * *'), 'settings.cronTime: minute "," is not a number, a list, a range or a step'],
    [crontab('-1 * * * *'), 'settings.cronTime: minute "-1" is not a number, a list, a range or a step'],
    [crontab('H 2 * * *'), 'settings.cronTime: minute "H" holds "H", which a crontab does not know there'],
    [crontab('0 0 L * *'), 'settings.cronTime: day of month "L" holds "L", which a crontab does not know there'],
    [crontab('0 0 15W * *'), 'settings.cronTime: day of month "15W" holds "W", which a crontab does not know there'],
    [crontab('0 0 ? * 1'), 'settings.cronTime: day of month "?" holds "?", which a crontab does not know there'],
    [crontab('0 0 * * 5#2'), 'settings.cronTime: day of week "5#2" holds "#", which a crontab does not know there'],
    [
      crontab('0 0 * * monday'),
      'settings.cronTime: day of week "monday" holds "monday", which a crontab does not know there',
    ],
    [crontab('0 0 mon * *'), 'settings.cronTime: day of month "mon" holds "mon", which a crontab does not know there'],
    [crontab('0 0 31 2 *'), 'settings.cronTime: "0 0 31 2 *" names a day that never comes'],
    [crontab('0 0 31 4,6 */2'), 'settings.cronTime: "0 0 31 4,6 */2" names a day that never comes'],
    [crontab('0 0 29-30 feb *'), undefined],
    [crontab('@reboot'), /^settings\.cronTime: "@reboot" is not one of @yearly, .*@hourly$/],
    [crontab('@annualy'), /^settings\.cronTime: "@annualy" is not one of /],
    [crontab('@minutely'), /^settings\.cronTime: "@minutely" is not one of /],
    [{ scheduleType: '1', cronTime: 'constructor' }, /^settings\.cronTime: "@constructor" is not one of /],
    [{ scheduleType: '1', cronTime: '' }, 'settings.cronTime: is empty'],
    [{ ...crontab('@daily'), tz: 'Europe/Berlinn' }, 'settings.tz: "Europe/Berlinn" is not a known time zone'],
    [{ ...crontab('@daily'), tz: '+02:00' }, 'settings.tz: "+02:00" is not a known time zone'],
    [custom({ mon: 'false' }), 'settings.sun … settings.sat: no day is selected'],
    [custom({ mon: 'yes' }), 'settings.mon: "yes" is neither true nor false'],
    [custom({ backupTime: '' }), 'settings.backupTime: is empty'],
    [custom({ backupTime: '25:00' }), 'settings.backupTime: hour 25 is outside 0-23'],
    [custom({ backupTime: '24:00' }), 'settings.backupTime: hour 24 is outside 0-23'],
    [custom({ backupTime: '03:60' }), 'settings.backupTime: minute 60 is outside 0-59'],
    [custom({ backupTime: '3:5' }), 'settings.backupTime: "3:5" is not a time as HH:MM'],
    [custom({ backupTime: '3pm' }), 'settings.backupTime: "3pm" is not a time as HH:MM'],
    [custom({ tz: 'Berlin' }), 'settings.tz: "Berlin" is not a known time zone'],
    [{}, 'settings.scheduleType: is empty'],
    [{ scheduleType: '4' }, 'settings.everyHours: is empty'],
    [{ scheduleType: '4', everyHours: unset('everyHours') }, 'settings.everyHours: is empty'],
    [{ scheduleType: '4', everyHours: '0' }, 'settings.everyHours: 0 is outside 1-744'],
    [{ scheduleType: '4', everyHours: '745' }, 'settings.everyHours: 745 is outside 1-744'],
    [{ scheduleType: '4', everyHours: '1.5' }, 'settings.everyHours: "1.5" is not a whole number of hours'],
    [{ scheduleType: '4', everyHours: '-24' }, 'settings.everyHours: "-24" is not a whole number of hours'],
    [{ scheduleType: '4', everyHours: 'daily' }, 'settings.everyHours: "daily" is not a whole number of hours'],
    [{ scheduleType: '4', everyHours: '24', tz: 'Moon' }, 'settings.tz: "Moon" is not a known time zone'],
    [
      { scheduleType: '5' },
      'settings.scheduleType: "5" is none of 1 (pre-defined), 2 (custom), 3 (crontab), 4 (hours since the latest backup)',
    ],
  ] as const)('%j', ([fields, message]) => {
    if (message === undefined) expect(refusal(fields)).toEqual(['crontab', '0 0 29-30 feb *', 'UTC']);
    else
      expect(refusal(fields)).toEqual({
        code: 'request-invalid',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        hint: expect.stringMatching(/for example/),
      });
  });
});

describe('a schedule in words', () => {
  test.for([
    [crontab('@hourly'), 'every hour, on the hour (UTC)'],
    [crontab('20 * * * *'), 'every hour at 20 minutes past (UTC)'],
    [crontab('@daily'), 'every day at 00:00 (UTC)'],
    [crontab('5 3,15 * * *'), 'every day at 03:05 and 15:05 (UTC)'],
    [crontab('@weekly'), 'every Sunday at 00:00 (UTC)'],
    [crontab('@monthly'), 'on day 1 of every month at 00:00 (UTC)'],
    [crontab('@yearly'), 'on day 1 of January at 00:00 (UTC)'],
    [crontab('0 1 1,15 6,12 *'), 'on days 1 and 15 of June and December at 01:00 (UTC)'],
    [
      custom({ wed: 'true', fri: 'true', tz: 'Europe/Berlin' }),
      'every Monday, Wednesday and Friday at 03:30 (Europe/Berlin)',
    ],
    [crontab('*/15 * * * *'), 'at crontab times */15 * * * * (UTC)'],
    [crontab('0 0 13 * 5'), 'at crontab times 0 0 13 * 5 (UTC)'],
    [crontab('0 0 * 6 *'), 'at crontab times 0 0 * 6 * (UTC)'],
    [{ scheduleType: '4', everyHours: '24' }, '24 hours after the latest backup of any kind'],
    [{ scheduleType: '4', everyHours: '1' }, 'one hour after the latest backup of any kind'],
  ] as const)('%j', ([fields, words]) => {
    expect(describeSchedule(parseSchedule(fields))).toBe(words);
  });
});
