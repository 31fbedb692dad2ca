import { expect, test } from 'vitest';
import { parseAges, parseRules } from '../../../addon/flows/retention-settings.ts';

const within = (count: number, unit: string, each: string | null = null) => ({ within: { count, unit }, each });

test.each([
  ['', []],
  ['  ', []],
  ['90 days', [within(90, 'day')]],
  ['90days', [within(90, 'day')]],
  ['1 month', [within(1, 'month')]],
  ['48 Hours', [within(48, 'hour')]],
  ['2 weeks, 1 year monthly', [within(2, 'week'), within(1, 'year', 'month')]],
  ['30 days full, 7 days hourly', [within(30, 'day', 'day'), within(7, 'day', 'hour')]],
  ['7 days all,30 days  daily', [within(7, 'day'), within(30, 'day', 'day')]],
])('the age %j is understood', (text, tiers) => {
  expect(parseAges(text)).toEqual(tiers);
});

test.each([
  ['90', '"90" has no unit'],
  ['days', '"days" is not a length of time'],
  ['ninety days', '"ninety days" is not a length of time'],
  ['-3 days', '"-3 days" is not a length of time'],
  ['3 days each hour', '"3 days each hour" is not a length of time'],
  ['1.5 days', '"1.5 days" is not a length of time'],
  ['0 days', '"0 days" has a number outside 1-1000'],
  ['1001 days', '"1001 days" has a number outside 1-1000'],
  ['3 fortnights', '"3 fortnights" has no unit among hours, days, weeks, months, years'],
  ['3 constructor', '"3 constructor" has no unit among hours, days, weeks, months, years'],
  ['7 days often', '"7 days often" ends in none of all, full, hourly, daily, weekly, monthly, yearly'],
  [Array.from({ length: 11 }, () => '1 day').join(), 'has more than 10 entries'],
  ['7 days, ', 'has a comma with nothing beside it'],
  ['7 days; rm -rf /', '"7 days; rm -rf /" is not a length of time'],
])('the age %j is refused with the field, the reason and an example', (text, reason) => {
  expect(() => parseAges(text)).toThrow(
    expect.objectContaining({
      code: 'request-invalid',
      message: `settings.backupAge: ${reason}`,
      hint: 'for example: backupAge: "90 days", or "7 days hourly, 30 days daily".',
    }),
  );
});

test.each([
  ['', []],
  ['daily 7', [{ each: 'day', count: 7 }]],
  [
    ' Hourly 24 , daily 7,weekly 4, monthly 12, yearly 3',
    [
      { each: 'hour', count: 24 },
      { each: 'day', count: 7 },
      { each: 'week', count: 4 },
      { each: 'month', count: 12 },
      { each: 'year', count: 3 },
    ],
  ],
])('the rules %j are understood', (text, rules) => {
  expect(parseRules(text)).toEqual(rules);
});

test.each([
  ['7', '"7" is not a period with a number'],
  ['daily', '"daily" is not a period with a number'],
  ['daily -1', '"daily -1" is not a period with a number'],
  ['7 daily', '"7 daily" is not a period with a number'],
  ['days 7', '"days 7" begins with none of hourly, daily, weekly, monthly, yearly'],
  ['tostring 7', '"tostring 7" begins with none of hourly, daily, weekly, monthly, yearly'],
  ['daily 0', '"daily 0" has a number outside 1-1000'],
  ['daily 7,, weekly 4', 'has a comma with nothing beside it'],
  ['daily 7, daily 8', '"daily 7, daily 8" names the day twice'],
])('the rules %j are refused with the field, the reason and an example', (text, reason) => {
  expect(() => parseRules(text)).toThrow(
    expect.objectContaining({
      code: 'request-invalid',
      message: `settings.keepRules: ${reason}`,
      hint: 'for example: keepRules: "hourly 24, daily 7, weekly 4, monthly 12".',
    }),
  );
});
