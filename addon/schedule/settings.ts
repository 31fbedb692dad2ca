import { AddonError } from '../../storage-node/base/errors.ts';
import { type Blackout, parseBlackout } from './blackout.ts';
import { parseCrontab } from './crontab.ts';
import type { Schedule } from './schedule.ts';
import { isZone } from './zone.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Value = string | boolean | undefined;
/** A month. */
const LONGEST_HOURS = 744;

/** The settings of the hooks that say when, as the platform sends them: strings, also for truth values. */
export type ScheduleFields = Readonly<
  Partial<
    Record<'scheduleType' | 'cronTime' | 'backupTime' | 'everyHours' | 'tz' | 'blackout' | (typeof DAYS)[number], Value>
  >
>;

function refused(setting: string, reason: string, example: string): AddonError {
  return new AddonError('request-invalid', `settings.${setting}: ${reason}`, { hint: `for example: ${example}.` });
}

/** The platform sends an unset field as the literal placeholder. */
function given(value: Value): string {
  const text = String(value ?? '').trim();
  return /^\$\{settings\.[^}]*\}$/.test(text) ? '' : text;
}

function zoneOf(fields: ScheduleFields): string {
  const zone = given(fields.tz);
  if (zone === '') return 'UTC';
  if (!isZone(zone)) throw refused('tz', `${JSON.stringify(zone)} is not a known time zone`, 'Europe/Berlin');
  return zone;
}

function customExpression(fields: ScheduleFields): string {
  const time = given(fields.backupTime);
  const example = '03:30';
  if (time === '') throw refused('backupTime', 'is empty', example);
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? [];
  if (hour === '') throw refused('backupTime', `${JSON.stringify(time)} is not a time as HH:MM`, example);
  if (Number(hour) > 23) throw refused('backupTime', `hour ${hour} is outside 0-23`, example);
  if (Number(minute) > 59) throw refused('backupTime', `minute ${minute} is outside 0-59`, example);
  const days = DAYS.flatMap((day, index) => {
    const value = given(fields[day]).toLowerCase();
    if (!['', 'true', 'false'].includes(value))
      throw refused(day, `${JSON.stringify(value)} is neither true nor false`, `${day}: "true"`);
    return value === 'true' ? [index] : [];
  });
  if (days.length === 0) throw refused('sun … settings.sat', 'no day is selected', 'mon: "true"');
  return `${Number(minute)} ${Number(hour)} * * ${days.length === DAYS.length ? '*' : days.join(',')}`;
}

function hoursOf(fields: ScheduleFields): number {
  const text = given(fields.everyHours);
  const example = 'everyHours: "24"';
  if (text === '') throw refused('everyHours', 'is empty', example);
  if (!/^\d+$/.test(text))
    throw refused('everyHours', `${JSON.stringify(text)} is not a whole number of hours`, example);
  const hours = Number(text);
  if (hours < 1 || hours > LONGEST_HOURS) throw refused('everyHours', `${text} is outside 1-${LONGEST_HOURS}`, example);
  return hours;
}

/** The part of each day in which the settings let no scheduled job begin, by the schedule’s zone. Throws as `parseSchedule` does. */
export function blackoutsOf(fields: ScheduleFields): Blackout[] {
  const blackout = parseBlackout('settings.blackout', given(fields.blackout), zoneOf(fields));
  return blackout === undefined ? [] : [blackout];
}

/**
 * The schedule that the settings describe. A pre-defined one is a name (`@daily`, `daily`) or its five fields; times are UTC
 * where no zone is given. Throws `request-invalid` with the setting, the reason and an example.
 */
export function parseSchedule(fields: ScheduleFields): Schedule {
  const type = given(fields.scheduleType);
  const zone = zoneOf(fields);
  const crontab = (text: string) => parseCrontab('settings.cronTime', text);
  switch (type) {
    case '1': {
      const name = given(fields.cronTime);
      return { kind: 'predefined', zone, ...crontab(/^[a-z]+$/i.test(name) ? `@${name}` : name) };
    }
    case '2':
      return { kind: 'custom', zone, ...parseCrontab('settings.backupTime', customExpression(fields)) };
    case '3':
      return { kind: 'crontab', zone, ...crontab(given(fields.cronTime)) };
    case '4':
      return { kind: 'interval', everyHours: hoursOf(fields), zone };
    default:
      throw refused(
        'scheduleType',
        type === ''
          ? 'is empty'
          : `${JSON.stringify(type)} is none of 1 (pre-defined), 2 (custom), 3 (crontab), 4 (hours since the latest backup)`,
        'scheduleType: "1", cronTime: "@daily"',
      );
  }
}
