import type { Period, Span } from './policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday: three days after a Monday. */
const DAYS_SINCE_MONDAY = 3;

type OffsetAt = (moment: number) => number;

/** Two moments have the same answer when they lie in the same hour, day, week, month or year of the local clock. */
export function periodOf(moment: number, period: Period, offsetAt: OffsetAt): string {
  const offset = offsetAt(moment);
  const local = moment + offset;
  const day = Math.floor(local / DAY_MS);
  switch (period) {
    case 'hour':
      // The hour that a clock set back shows twice is two hours.
      return `${Math.floor(local / HOUR_MS)} ${offset}`;
    case 'day':
      return String(day);
    case 'week':
      return String(Math.floor((day + DAYS_SINCE_MONDAY) / 7));
    case 'month':
      return new Date(local).toISOString().slice(0, -17);
    case 'year':
      return String(new Date(local).getUTCFullYear());
  }
}

/** The moment a span later. Hours are hours; everything longer ends at the same time of the local clock. */
export function later(moment: number, span: Span, offsetAt: OffsetAt): number {
  if (span.unit === 'hour') return moment + span.count * HOUR_MS;
  const local = laterOnTheClock(moment + offsetAt(moment), span);
  return local - offsetAt(local - offsetAt(local));
}

function laterOnTheClock(local: number, { count, unit }: Span): number {
  if (unit === 'day' || unit === 'week') return local + count * (unit === 'week' ? 7 : 1) * DAY_MS;
  const date = new Date(local);
  const months = date.getUTCMonth() + count * (unit === 'year' ? 12 : 1);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const day = Date.UTC(date.getUTCFullYear(), months, Math.min(date.getUTCDate(), lastDay));
  return day + (local - Math.floor(local / DAY_MS) * DAY_MS);
}
