import type { ClockSchedule } from '../../../addon/schedule/schedule.ts';

const MINUTE = 60_000;

/** What the clock of a zone shows, as if it were UTC: read from the system's own formatter, not from our code. */
export function clockOf(zone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric' },
  });
  return (moment) => {
    const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute);
  };
}

function isDue({ fields }: ClockSchedule, shown: number): boolean {
  const clock = new Date(shown);
  if (!fields.minutes.includes(clock.getUTCMinutes())) return false;
  if (!fields.hours.includes(clock.getUTCHours())) return false;
  if (!fields.months.includes(clock.getUTCMonth() + 1)) return false;
  const ofMonth = fields.daysOfMonth.includes(clock.getUTCDate());
  const ofWeek = fields.daysOfWeek.includes(clock.getUTCDay());
  return fields.days === 'both' ? ofMonth && ofWeek : ofMonth || ofWeek;
}

/** The occurrences that a clock on the wall gives, watched minute by minute: it knows only what it has shown so far. */
export function watched(schedule: ClockSchedule, from: Date, minutes: number): string[] {
  const read = clockOf(schedule.zone);
  const hourly = schedule.fields.hours.length === 24;
  const due: string[] = [];
  let former = read(from.getTime());
  let latest = former;
  for (let minute = 1; minute <= minutes; minute++) {
    const moment = from.getTime() + minute * MINUTE;
    const shown = read(moment);
    const skipped = (shown - former) / MINUTE - 1;
    const repeated = shown <= latest;
    let isHit = isDue(schedule, shown) && (hourly || !repeated);
    if (!hourly || skipped < 60)
      for (let each = former + MINUTE; each < shown && !isHit; each += MINUTE) isHit = isDue(schedule, each);
    if (isHit) due.push(new Date(moment).toISOString());
    former = shown;
    latest = Math.max(latest, shown);
  }
  return due;
}
