import { describe, expect, test } from 'vitest';
import { installRequest, toConfiguration, toSettings } from '../../../addon/hooks/mapping.ts';
import { parseRequest } from '../../../addon/hooks/request.ts';
import { reportOf } from '../../../storage-node/base/errors.ts';

const whole = (settings: Readonly<Record<string, unknown>>) => ({
  environment: { name: 'shop' },
  layer: { nodeType: 'redis' },
  nodes: [{ host: '10.0.0.5', hostKey: 'ssh-ed25519 AAAA' }],
  settings,
});
const configured = (settings: Readonly<Record<string, unknown>>) =>
  toConfiguration(parseRequest(installRequest, whole(settings)));
const refusal = (settings: Readonly<Record<string, unknown>>) => {
  try {
    return configured(settings).schedule;
  } catch (error) {
    return reportOf(error);
  }
};
const custom = { scheduleType: '2', backupTime: '03:30', mon: 'true' };

describe('what the platform sends of a schedule', () => {
  test('is kept, and shown again by the same names', () => {
    const settings = { scheduleType: '4', everyHours: '24', tz: 'Europe/Berlin', blackout: '08:00-18:00' };
    expect(toSettings(configured(settings))).toMatchObject(settings);
  });

  test('may leave fields of other kinds unset', () => {
    const names = ['everyHours', 'backupTime', 'tz', 'blackout', 'mon', 'cronTime'];
    const unset = Object.fromEntries(names.map((name) => [name, `\${settings.${name}}`]));
    expect(configured({ scheduleType: '1', ...unset }).schedule).toMatchObject({ cronTime: '@daily', mon: false });
  });
});

describe('a schedule that was mistyped is refused by the hook with field, reason and example', () => {
  test.for([
    [{ scheduleType: '5' }, 'settings.scheduleType', 'must be 1 (pre-defined), 2 (custom), 3 (crontab) or 4'],
    [{ scheduleType: 'daily' }, 'settings.scheduleType', 'must be 1 (pre-defined)'],
    [{ scheduleType: '1', cronTime: '' }, 'settings.cronTime', 'is empty'],
    [{ scheduleType: '1', cronTime: 'dayly' }, 'settings.cronTime', '"@dayly" is not one of'],
    [{ scheduleType: '3', cronTime: '' }, 'settings.cronTime', 'is empty'],
    [{ scheduleType: '3', cronTime: '* * * *' }, 'settings.cronTime', 'has 4 fields, not five'],
    [{ scheduleType: '3', cronTime: '61 * * * *' }, 'settings.cronTime', 'minute "61" is outside 0-59'],
    [{ scheduleType: '3', cronTime: '@reboot' }, 'settings.cronTime', '"@reboot" is not one of'],
    [{ scheduleType: '3', cronTime: 'H 2 * * *' }, 'settings.cronTime', 'minute "H" holds "H"'],
    [{ scheduleType: '3', cronTime: '0 0 30 2 *' }, 'settings.cronTime', 'names a day that never comes'],
    [{ scheduleType: '3', cronTime: '@daily', tz: 'Berlin' }, 'settings.tz', 'is not a known time zone'],
    [{ ...custom, mon: 'false' }, 'settings.sun … settings.sat', 'no day is selected'],
    [{ ...custom, mon: 'yes' }, 'settings.mon', 'must be "true" or "false"'],
    [{ ...custom, backupTime: '3:5' }, 'settings.backupTime', 'is not a time as HH:MM'],
    [{ ...custom, backupTime: '25:00' }, 'settings.backupTime', 'hour 25 is outside 0-23'],
    [{ ...custom, tz: '+02:00' }, 'settings.tz', 'is not a known time zone'],
    [{ ...custom, blackout: '8-18' }, 'settings.blackout', 'is not a window as HH:MM-HH:MM'],
    [{ scheduleType: '4' }, 'settings.everyHours', 'is empty'],
    [{ scheduleType: '4', everyHours: '0' }, 'settings.everyHours', 'is outside 1-744'],
    [{ scheduleType: '4', everyHours: 'daily' }, 'settings.everyHours', 'is not a whole number of hours'],
  ] as const)('%j', ([settings, field, reason]) => {
    const report = refusal(settings);
    expect(report).toMatchObject({ code: 'request-invalid' });
    const { message, hint } = report as { message: string; hint: string };
    expect(message.startsWith(`${field}: `)).toBe(true);
    expect(message).toContain(reason);
    expect(`${message} ${hint}`).toMatch(/for example/);
  });
});
