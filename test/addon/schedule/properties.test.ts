import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClockSchedule, nextOccurrence, parseSchedule } from '../../../addon/schedule/schedule.ts';
import { clockOf, watched } from './watched-clock.ts';

const DAY = 86_400_000;
const ZONES = Intl.supportedValuesOf('timeZone');

const crontab = (cronTime: string, tz: string) => parseSchedule({ scheduleType: '3', cronTime, tz }) as ClockSchedule;

const some = (low: number, high: number) =>
  fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 4 }).map((list) => list.join(','));
const field = (low: number, high: number, ...more: string[]) =>
  fc.oneof(some(low, high), fc.constantFrom('*', '*', ...more));
const expressions = (hours: fc.Arbitrary<string>, months: fc.Arbitrary<string>) =>
  fc
    .tuple(field(0, 59, '*/15', '0', '30'), hours, field(1, 28, '*/2', '1-31'), months, field(0, 7, '1-5', '*/3'))
    .map((parts) => parts.join(' '));
const often = expressions(field(0, 23, '0-4', '*/2', '1-3', '2'), fc.constant('*'));

/** Moments shortly before a zone's clock changes in a year, or its new year where it never does. */
function beforeChange(zone: string, year: number, which: number): Date {
  const read = clockOf(zone);
  const start = Date.UTC(year, 0, 1);
  const offsets = Array.from({ length: 366 }, (_, day) => read(start + day * DAY) - (start + day * DAY));
  const changes = offsets.flatMap((offset, day) => (day > 0 && offset !== offsets[day - 1] ? [day] : []));
  const day = changes.length === 0 ? 0 : (changes[which % changes.length] ?? 0);
  return new Date(start + (day - 1.5) * DAY);
}

function occurrencesUntil(schedule: ClockSchedule, from: Date, until: number): string[] {
  const found: string[] = [];
  for (let next = nextOccurrence(schedule, from); next.getTime() <= until; next = nextOccurrence(schedule, next)) {
    if (found.length > 5000) throw new Error('it never passes');
    found.push(next.toISOString());
  }
  return found;
}

describe('any schedule in any zone', () => {
  const zone = fc.constantFrom(...ZONES);
  const year = fc.integer({ min: 1976, max: 2036 });

  test('comes exactly when a clock on the wall shows its times, around every change of that clock', () => {
    const minutes = 3 * 24 * 60;
    fc.assert(
      fc.property(often, zone, year, fc.nat(3), (cronTime, tz, during, which) => {
        const schedule = crontab(cronTime, tz);
        const from = beforeChange(tz, during, which);
        const until = from.getTime() + minutes * 60_000;
        expect(occurrencesUntil(schedule, from, until)).toEqual(watched(schedule, from, minutes));
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test('comes later each time, and from wherever it is asked it names the same occurrence', () => {
    const start = fc.date({ min: new Date('1980-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    const rare = expressions(field(0, 23, '*/6'), field(1, 12, '*/3'));
    fc.assert(
      fc.property(
        fc.oneof(often, rare),
        zone,
        start,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (cronTime, tz, from, part) => {
          const schedule = crontab(cronTime, tz);
          const first = nextOccurrence(schedule, from);
          const second = nextOccurrence(schedule, first);
          expect(first.getTime()).toBeGreaterThan(from.getTime());
          expect(second.getTime()).toBeGreaterThan(first.getTime());
          const between = new Date(first.getTime() + Math.floor((second.getTime() - first.getTime()) * part));
          expect(nextOccurrence(schedule, between)).toEqual(second);
          expect(nextOccurrence(schedule, new Date(first.getTime() - 1))).toEqual(first);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is what cron-parser says where that is right: without changes of the clock, and one rule for days', () => {
    const oneRule = expressions(field(0, 23, '*/6'), field(1, 12, '*/3')).filter((text) => {
      const [, , ofMonth, , ofWeek] = text.split(' ');
      const sundayTwice = /7/.test(ofWeek ?? '') && /0/.test(ofWeek ?? '');
      return (ofMonth === '*' || ofWeek === '*') && !sundayTwice;
    });
    const start = fc.date({ min: new Date('2000-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(oneRule, start, (cronTime, from) => {
        const theirs = CronExpressionParser.parse(cronTime, { tz: 'UTC', currentDate: from }).next().toDate();
        expect(nextOccurrence(crontab(cronTime, 'UTC'), from)).toEqual(theirs);
      }),
      { numRuns: 200 },
    );
  });
});
