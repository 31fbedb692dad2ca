import { nextOccurrence, parseSchedule, type Schedule } from '../../addon/schedule/schedule.ts';
import { mixedSchedule } from './simulation-schedules.ts';

/** What became of the occurrences of all schedules. */
export interface Verdict {
  /** What the schedules themselves name, counted without the tick and the queue. */
  readonly occurrences: number;
  readonly ran: number;
  readonly missing: number;
  readonly repeated: number;
  /** From the moment that a schedule names to the begin of the work. */
  readonly lateness95Seconds: number;
  readonly latenessMostSeconds: number;
  /** How many were due at the same moment, at most. */
  readonly mostAtOnce: number;
}

/** Writes down what happens, in little memory, and holds it against what should have. */
export interface Ledger {
  /** A run was put into the queue. */
  due(index: number, occurrence: number): void;
  began(index: number, time: number): void;
  ended(index: number): void;
  backedUp(index: number, time: number): void;
  verdict(until: number): Verdict;
}

const HOUR_MS = 3_600_000;
/** How late a run of hours since the latest backup may be put into the queue: one tick. */
const TICK_MS = 20_000;
const MOST_SECONDS = 86_400;

/** A ledger for so many environments, whose schedules were set up at a moment. */
export function createLedger(count: number, start: number): Ledger {
  const latest = new Float64Array(count);
  const queued = new Uint32Array(count);
  const finished = new Uint32Array(count);
  const digest = new Uint32Array(count);
  const backup = new Float64Array(count).fill(start);
  const lateness = new Uint32Array(MOST_SECONDS + 1);
  let ran = 0;
  let repeated = 0;
  let misplaced = 0;
  let [moment, atOnce, mostAtOnce] = [0, 0, 0];

  const hours = Array.from({ length: count }, (_, index) => {
    const schedule = parseSchedule(mixedSchedule(index));
    return schedule.kind === 'interval' ? schedule.everyHours : 0;
  });

  function expectedOf(index: number, until: number): { readonly count: number; readonly digest: number } {
    const schedule: Schedule = parseSchedule(mixedSchedule(index));
    let [runs, sum] = [0, 0];
    for (let next = nextOccurrence(schedule, new Date(start)); next.getTime() <= until; ) {
      runs += 1;
      sum = mixed(sum, next.getTime());
      next = nextOccurrence(schedule, next);
    }
    return { count: runs, digest: sum };
  }

  return {
    due(index, occurrence) {
      if (occurrence <= (latest[index] ?? 0)) repeated += 1;
      latest[index] = occurrence;
      queued[index] = (queued[index] ?? 0) + 1;
      digest[index] = mixed(digest[index] ?? 0, occurrence);
      const every = (hours[index] ?? 0) * HOUR_MS;
      const late = occurrence - (backup[index] ?? 0) - every;
      if (every > 0 && queued[index] !== 1 && (late < 0 || late > TICK_MS)) misplaced += 1;
      atOnce = occurrence === moment ? atOnce + 1 : 1;
      moment = occurrence;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
    },
    began(index, time) {
      const seconds = Math.min(MOST_SECONDS, Math.round((time - (latest[index] ?? 0)) / 1_000));
      lateness[seconds] = (lateness[seconds] ?? 0) + 1;
    },
    ended(index) {
      finished[index] = (finished[index] ?? 0) + 1;
      ran += 1;
    },
    backedUp(index, time) {
      backup[index] = time;
    },
    verdict(until) {
      let [occurrences, missing] = [0, misplaced];
      for (let index = 0; index < count; index++) {
        const [runs, ends] = [queued[index] ?? 0, finished[index] ?? 0];
        const expected = (hours[index] ?? 0) > 0 ? { count: runs, digest: digest[index] } : expectedOf(index, until);
        occurrences += expected.count;
        const underWay = runs - ends;
        if (underWay > 1 || underWay < 0 || expected.digest !== digest[index]) missing += 1;
        missing += Math.max(0, expected.count - runs);
        repeated += Math.max(0, runs - expected.count);
      }
      const begun = lateness.reduce((sum, each) => sum + each, 0);
      let [passed, lateness95Seconds, latenessMostSeconds] = [0, 0, 0];
      for (let seconds = 0; seconds <= MOST_SECONDS; seconds++) {
        const each = lateness[seconds] ?? 0;
        if (passed < begun * 0.95) lateness95Seconds = seconds;
        if (each > 0) latenessMostSeconds = seconds;
        passed += each;
      }
      return { occurrences, ran, missing, repeated, lateness95Seconds, latenessMostSeconds, mostAtOnce };
    },
  };
}

/** Sums up a sequence of moments, so that another sequence hardly ever has the same sum. */
function mixed(sum: number, moment: number): number {
  return (Math.imul(sum ^ Math.floor(moment / 1_000), 0x01000193) + 1) >>> 0;
}
