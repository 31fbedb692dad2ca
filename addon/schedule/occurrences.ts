import { AddonError } from '../../storage-node/base/errors.ts';
import type { ClockSchedule, CronFields, Schedule } from './schedule.ts';
import { offsetAt, type ZoneDay, zoneDay } from './zone.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 29 February falls on a given weekday after 40 years at the latest. */
const HORIZON_DAYS = 41 * 366;

function isOn(fields: CronFields, day: number): boolean {
  const date = new Date(day * DAY_MS);
  if (!fields.months.includes(date.getUTCMonth() + 1)) return false;
  const ofMonth = fields.daysOfMonth.includes(date.getUTCDate());
  const ofWeek = fields.daysOfWeek.includes(date.getUTCDay());
  return fields.days === 'both' ? ofMonth && ofWeek : ofMonth || ofWeek;
}

/** Hourly and finer schedules follow the time that passes; all others follow the clock on the wall. */
export const isHourly = (fields: CronFields): boolean => fields.hours.length === 24;

/**
 * The moments at which a reading of the wall clock counts. One that is skipped counts once, when the clock jumps past it;
 * one that comes twice counts the first time. An hourly schedule counts both, and lets go an hour that never passes,
 * but not one of which a part does.
 */
function momentsOf(wall: number, { before, after, change }: ZoneDay, hourly: boolean): number[] {
  if (before === after) return [wall - before];
  const moments = [
    ...(wall - before < change ? [wall - before] : []),
    ...(wall - after >= change ? [wall - after] : []),
  ];
  if (moments.length === 0) return hourly && after - before >= HOUR_MS ? [] : [change];
  return hourly ? moments : moments.slice(0, 1);
}

function firstOfDay({ fields, zone }: ClockSchedule, day: number, after: number): number {
  if (!isOn(fields, day)) return Number.POSITIVE_INFINITY;
  const clock = zoneDay(zone, day);
  const hourly = isHourly(fields);
  let first = Number.POSITIVE_INFINITY;
  const steady = clock.before === clock.after;
  for (const hour of fields.hours) {
    if (steady && day * DAY_MS + (hour + 1) * HOUR_MS - clock.before <= after) continue;
    for (const minute of fields.minutes) {
      const wall = day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;
      for (const moment of momentsOf(wall, clock, hourly)) if (moment > after && moment < first) first = moment;
      if (steady && first < Number.POSITIVE_INFINITY) return first;
    }
  }
  return first;
}

/**
 * The first moment after the given one at which the schedule is due, by the zone’s wall clock: a time that a change of the
 * clock skips comes at the moment of the change, one that it repeats comes once. For hours since the latest backup, the given
 * moment is that backup’s. Pure.
 */
export function nextOccurrence(schedule: Schedule, after: Date): Date {
  const start = after.getTime();
  if (schedule.kind === 'interval') return new Date(start + schedule.everyHours * HOUR_MS);
  const today = Math.floor((start + offsetAt(schedule.zone, start)) / DAY_MS);
  // A clock set back across midnight brings back moments of the day before.
  for (let day = today - 1; day < today + HORIZON_DAYS; day++) {
    const first = firstOfDay(schedule, day, start);
    if (first === Number.POSITIVE_INFINITY) continue;
    return new Date(Math.min(first, firstOfDay(schedule, day + 1, start)));
  }
  throw new AddonError('bug', `schedule ${schedule.expression} never comes`);
}

/** The next so many occurrences, in order. */
export function nextOccurrences(schedule: Schedule, from: Date, count: number): Date[] {
  const occurrences: Date[] = [];
  for (let last = from; occurrences.length < count; occurrences.push(last)) last = nextOccurrence(schedule, last);
  return occurrences;
}
