import { describeSchedule } from './describe.ts';
import { nextOccurrence, nextOccurrences } from './occurrences.ts';
import type { Schedule } from './schedule.ts';
import { nextChange, offsetAt } from './zone.ts';

/** One moment by both clocks. */
export interface PreviewedRun {
  /** UTC, ISO 8601. */
  readonly utc: string;
  /** What the clock of the schedule’s zone shows: `2026-03-29 03:00`. */
  readonly local: string;
  /** What that clock is ahead of UTC: `+02:00`. */
  readonly offset: string;
}

/** A change of the zone’s clock, from which on the schedule comes at other moments of UTC. */
export interface PreviewedShift {
  /** The day by the zone’s clock: `2026-03-29`. */
  readonly date: string;
  /** UTC, ISO 8601. */
  readonly utc: string;
  /** The clock’s reading at the change: `02:00` becomes `03:00`. */
  readonly from: string;
  readonly to: string;
  readonly offsetBefore: string;
  readonly offsetAfter: string;
  /** The last run within the day before the change, where there is one, and the first from the change on. */
  readonly runs: readonly PreviewedRun[];
}

/** What a schedule means, for people who set one up. */
export interface Preview {
  /** `every Monday and Friday at 03:30 (Europe/Berlin)`. */
  readonly words: string;
  readonly zone: string;
  readonly runs: readonly PreviewedRun[];
  /** The next two changes of the clock; none where the zone knows no daylight saving, or the schedule no clock. */
  readonly shifts: readonly PreviewedShift[];
}

const SHIFTS = 2;
const DAY_MS = 86_400_000;
/** Every zone that has daylight saving changes twice within this. */
const LOOK_AHEAD_MS = 400 * DAY_MS;

const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
const wallOf = (moment: number, offset: number) => new Date(moment + offset).toISOString();

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

function shown(moment: Date, zone: string): PreviewedRun {
  const offset = offsetAt(zone, moment.getTime());
  const local = wallOf(moment.getTime(), offset).slice(0, 16).replace('T', ' ');
  return { utc: moment.toISOString(), local, offset: offsetText(offset) };
}

function shiftsOf(schedule: Schedule, from: Date): PreviewedShift[] {
  if (schedule.kind === 'interval') return [];
  const { zone } = schedule;
  const until = from.getTime() + LOOK_AHEAD_MS;
  const shifts: PreviewedShift[] = [];
  let change = nextChange(zone, from.getTime(), until);
  for (; change !== undefined && shifts.length < SHIFTS; change = nextChange(zone, change.moment, until)) {
    const { moment, before, after } = change;
    const date = wallOf(moment, after).slice(0, 10);
    const first = nextOccurrence(schedule, new Date(moment - 1));
    const runs = [...lastBefore(schedule, moment), first].map((run) => shown(run, zone));
    shifts.push({
      date,
      utc: new Date(moment).toISOString(),
      from: wallOf(moment, before).slice(11, 16),
      to: wallOf(moment, after).slice(11, 16),
      offsetBefore: offsetText(before),
      offsetAfter: offsetText(after),
      runs,
    });
  }
  return shifts;
}

/** The last run within the day before a moment, if there is one. */
function lastBefore(schedule: Schedule, moment: number): Date[] {
  let last: Date | undefined;
  let next = nextOccurrence(schedule, new Date(moment - DAY_MS));
  for (; next.getTime() < moment; next = nextOccurrence(schedule, next)) last = next;
  return last === undefined ? [] : [last];
}

/**
 * The next runs by the schedule’s own clock and in UTC, and the next two days on which daylight saving shifts them. Pure.
 * For hours since the latest backup, `from` is that backup’s moment, and each run is taken for the next latest backup.
 */
export function previewSchedule(schedule: Schedule, from: Date, count = 5): Preview {
  return {
    words: describeSchedule(schedule),
    zone: schedule.zone,
    runs: nextOccurrences(schedule, from, count).map((run) => shown(run, schedule.zone)),
    shifts: shiftsOf(schedule, from),
  };
}
