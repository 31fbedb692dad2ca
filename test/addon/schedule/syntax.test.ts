import { describe, expect, test } from 'vitest';
import { nextOccurrences, parseSchedule } from '../../../addon/schedule/schedule.ts';
import { reportOf } from '../../../storage-node/base/errors.ts';

const runs = (cronTime: string, count = 3) =>
  nextOccurrences(parseSchedule({ scheduleType: '3', cronTime }), new Date('2026-02-01T00:00:00Z'), count).map((each) =>
    each.toISOString().slice(0, 16),
  );
const refusal = (cronTime: string) => {
  try {
    return runs(cronTime);
  } catch (error) {
    return reportOf(error).message;
  }
};

describe('what a crontab may say', () => {
  test.for([
    ['0 0 * * 7', ['2026-02-08T00:00', '2026-02-15T00:00', '2026-02-22T00:00']],
    ['0 0 * * 5-7', ['2026-02-06T00:00', '2026-02-07T00:00', '2026-02-08T00:00']],
    ['0 0 * * MON-FRI', ['2026-02-02T00:00', '2026-02-03T00:00', '2026-02-04T00:00']],
    ['0 0 1 jan,JUL *', ['2026-07-01T00:00', '2027-01-01T00:00', '2027-07-01T00:00']],
    ['0-30/10 3 * * *', ['2026-02-01T03:00', '2026-02-01T03:10', '2026-02-01T03:20']],
    ['*/7 3 * * *', ['2026-02-01T03:00', '2026-02-01T03:07', '2026-02-01T03:14']],
    ['5/15 3 * * *', ['2026-02-01T03:05', '2026-02-01T03:20', '2026-02-01T03:35']],
    ['\t0\t3 * * *\n', ['2026-02-01T03:00', '2026-02-02T03:00', '2026-02-03T03:00']],
    ['@hourly', ['2026-02-01T01:00', '2026-02-01T02:00', '2026-02-01T03:00']],
    ['@daily', ['2026-02-02T00:00', '2026-02-03T00:00', '2026-02-04T00:00']],
    ['@midnight', ['2026-02-02T00:00', '2026-02-03T00:00', '2026-02-04T00:00']],
    ['@weekly', ['2026-02-08T00:00', '2026-02-15T00:00', '2026-02-22T00:00']],
    ['@monthly', ['2026-03-01T00:00', '2026-04-01T00:00', '2026-05-01T00:00']],
    ['@yearly', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
    ['@annually', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
    ['0 0 30 2 1', ['2026-02-02T00:00', '2026-02-09T00:00', '2026-02-16T00:00']],
  ] as const)('%j', ([cronTime, expected]) => {
    expect(runs(cronTime)).toEqual(expected);
  });
});

describe('what a crontab may not say, though some libraries take it', () => {
  test.for([
    ['', 'is empty'],
    ['*', 'has 1 field, not five'],
    ['* * * *', 'has 4 fields, not five'],
    ['0 0 2 * * *', 'has 6 fields, not five'],
    ['0 0 2 * * * 2027', 'has 7 fields, not five'],
    ['0 0 15W * *', 'day of month "15W" holds "W"'],
    ['0 0 LW * *', 'day of month "LW" holds "LW"'],
    ['0 0 L * *', 'day of month "L" holds "L"'],
    ['0 0 L-2 * *', 'day of month "L-2" holds "L"'],
    ['0 0 * * 5L', 'day of week "5L" holds "L"'],
    ['0 0 * * 5#2', 'day of week "5#2" holds "#"'],
    ['0 0 ? * 1', 'day of month "?" holds "?"'],
    ['@weekdays', '"@weekdays" is not one of'],
    ['@reboot', '"@reboot" is not one of'],
    ['0 0 * * 6-1', 'day of week "6-1" has a range that ends before it begins'],
    ['0 0 * * 5-1', 'day of week "5-1" has a range that ends before it begins'],
    ['0 0 * * monday', 'day of week "monday" holds "monday"'],
    ['*/90 * * * *', 'minute "*/90" has a step outside 1-59'],
    ['H * * * *', 'minute "H" holds "H"'],
    ['0 0 31 2 *', 'names a day that never comes'],
    ['0 0 31 2,4,6,9,11 *', 'names a day that never comes'],
    ['61 * * * *', 'minute "61" is outside 0-59'],
    ['０ 3 * * *', 'minute "０" holds "０"'],
    ['1e1 * * * *', 'minute "1e1" holds "e"'],
    ['0 3 * * * # nightly', 'has 7 fields, not five'],
  ] as const)('%j', ([cronTime, reason]) => {
    expect(refusal(cronTime)).toContain(`settings.cronTime: `);
    expect(refusal(cronTime)).toContain(reason);
  });
});
