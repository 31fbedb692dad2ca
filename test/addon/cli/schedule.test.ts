import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../addon/cli/program.ts';
import { reportOf } from '../../../storage-node/base/errors.ts';

/** Runs the command without any daemon, and answers what it printed. */
async function printed(...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const output = { line: (text: string) => void lines.push(text), note: () => undefined, progress: () => undefined };
  const serve = () => Promise.reject(new Error('no daemon is needed'));
  const parts = { version: '0', defaultDataDirectory: '/nowhere', output, serve, readStdin: async () => '' };
  await runCommandLine(['schedule', 'preview', ...argv], parts);
  return lines.join('\n');
}

const from = ['--from', '2026-03-28T00:00:00Z'];
const instants = async (...argv: string[]) => JSON.parse(await printed(...argv, ...from, '--json'));

describe('dbbackup schedule preview', () => {
  test.for([
    [
      ['--cron', '30 2 * * *', '--zone', 'Europe/Berlin', '--count', '3'],
      ['2026-03-28T01:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [['--cron', '30 2 * * *', '--count', '1'], ['2026-03-28T02:30:00.000Z']],
    [
      ['--cron', 'weekly', '--count', '2'],
      ['2026-03-29T00:00:00.000Z', '2026-04-05T00:00:00.000Z'],
    ],
    [['--cron', '@monthly', '--count', '1'], ['2026-04-01T00:00:00.000Z']],
    [
      ['--time', '03:30', '--days', 'mon,fri', '--count', '2'],
      ['2026-03-30T03:30:00.000Z', '2026-04-03T03:30:00.000Z'],
    ],
    [
      ['--time', '3:30', '--count', '2'],
      ['2026-03-28T03:30:00.000Z', '2026-03-29T03:30:00.000Z'],
    ],
    [
      ['--every', '24h', '--count', '2'],
      ['2026-03-29T00:00:00.000Z', '2026-03-30T00:00:00.000Z'],
    ],
    [['--every', '6', '--count', '1'], ['2026-03-28T06:00:00.000Z']],
  ] as const)('%j answers UTC instants', async ([argv, expected]) => {
    expect(await instants(...argv)).toEqual(expected);
  });

  test('answers five runs unless told otherwise', async () => {
    expect(await instants('--cron', '@daily')).toHaveLength(5);
  });

  test('takes the moment to look from with an offset, or as a day', async () => {
    const first = async (moment: string) =>
      JSON.parse(await printed('--cron', '0 1 * * *', '--from', moment, '--json'))[0];
    expect(await first('2026-03-28T03:30:00+02:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(await first('2026-03-28')).toBe('2026-03-28T01:00:00.000Z');
  });

  test('shows people each run in the zone and in UTC, and both days of daylight saving', async () => {
    const text = await printed('--cron', '30 2 * * *', '--zone', 'Europe/Berlin', ...from);
    expect(text).toContain('every day at 02:30 (Europe/Berlin)');
    expect(text).toMatch(/2 +2026-03-29 03:00 +\+02:00 +2026-03-29 01:00 UTC/);
    expect(text).toContain('2026-03-29  the clock goes from 02:00 to 03:00; runs around it: 2026-03-28 02:30');
    expect(text).toContain('2026-10-25  the clock goes from 03:00 to 02:00; runs around it: 2026-10-25 02:30');
  });

  test('says where there is no daylight saving', async () => {
    expect(await printed('--cron', '@daily', '--zone', 'Asia/Tokyo')).toContain('Asia/Tokyo has no daylight saving');
    expect(await printed('--every', '24h')).not.toContain('daylight');
  });

  test.for([
    [[], 'give one of --cron, --time and --every'],
    [['--cron', '@daily', '--every', '24h'], 'give one of --cron, --time and --every'],
    [['--cron', ''], '--cron: is empty'],
    [['--cron', '* * * *'], '--cron: "* * * *" has 4 fields, not five'],
    [['--cron', '61 * * * *'], '--cron: minute "61" is outside 0-59'],
    [['--cron', '@reboot'], '--cron: "@reboot" is not one of'],
    [['--cron', 'H 2 * * *'], '--cron: minute "H" holds "H"'],
    [['--time', '25:00'], '--time: hour 25 is outside 0-23'],
    [['--time', '03:30', '--days', ''], '--days: "" is none of sun, mon'],
    [['--time', '03:30', '--days', 'mon;fri'], '--days: "mon;fri" is none of sun, mon'],
    [['--cron', '@daily', '--days', 'mon'], '--days: goes with --time only'],
    [['--every', 'never'], '--every: "never" is not a whole number of hours'],
    [['--every', '0h'], '--every: 0 is outside 1-744'],
    [['--cron', '@daily', '--zone', 'Europe/Berlinn'], '--zone: "Europe/Berlinn" is not a known time zone'],
    [['--cron', '@daily', '--from', 'tomorrow'], '--from: "tomorrow" is not a moment'],
    [['--cron', '@daily', '--from', '2026-02-30'], '--from: "2026-02-30" is not a moment'],
    [
      ['--cron', '@daily', '--from', '2026-03-28T00:00:00'],
      '--from: "2026-03-28T00:00:00" is not a moment with its zone',
    ],
    [['--cron', '@daily', '--count', '0'], '--count: "0" is not a whole number from 1 to 1000'],
    [['--cron', '@daily', '--count', '1e3'], '--count: "1e3" is not a whole number'],
  ] as const)('%j is refused with the option, the reason and an example', async ([argv, message]) => {
    const error = await printed(...argv).catch(reportOf);
    expect(error).toEqual({
      code: 'request-invalid',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('for example'),
    });
  });
});
