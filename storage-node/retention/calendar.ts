import type { Period, Span } from './policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday: three days after a Monday. */
const DAYS_SINCE_MONDAY = 3;
/** More than any offset has minutes, to either side. */
const OFFSETS = 2_000;

/** Two moments have the same answer when they lie in the same hour, day, week, month or year of the local clock. */
export function periodOf(moment: number, offset: number, period: Period): number {
  const local = moment + offset;
  const day = Math.floor(local / DAY_MS);
  switch (period) {
    case 'hour':
      // The hour that a clock set back shows twice is two hours.
      return Math.floor(local / HOUR_MS) * OFFSETS + offset / MINUTE_MS;
    case 'day':
      return day;
    case 'week':
      return Math.floor((day + DAYS_SINCE_MONDAY) / 7);
    case 'month': {
      const date = new Date(local);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    }
    case 'year':
      return new Date(local).getUTCFullYear();
  }
}

/** The moment a span later. Hours are hours; everything longer ends at the same time of the local clock. */
export function later(moment: number, span: Span, offsetAt: (moment: number) => number): number {
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
