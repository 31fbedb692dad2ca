import type { LastBackup } from '../../storage-node/index.ts';
import { nextOccurrence, parseSchedule } from '../schedule/schedule.ts';
import type { Configuration } from './configuration.ts';

const KNOWN_AT_MOST = 200_000;

/** When an environment should have begun its next backup, and until when that must be complete. */
export interface Expectation {
  readonly dueAt: Date;
  readonly overdueFrom: Date;
}

/** Says when backups are late, from the schedule and the last complete backup alone: no timer has to have run. */
export interface Lateness {
  /** `from` is when the schedule came into force; a backup before that answers to another one. Undefined without a schedule. */
  expectation(configuration: Configuration, last: LastBackup | undefined, from: Date): Expectation | undefined;
}

/** Lateness with a grace, which grows by twice the time that the last backup took. Occurrences are computed once for each backup. */
export function createLateness(graceMs: number): Lateness {
  const known = new Map<string, Date>();

  function nextAfter(schedule: Configuration['schedule'], after: Date): Date {
    const key = `${after.getTime()} ${JSON.stringify(schedule)}`;
    const found = known.get(key) ?? nextOccurrence(parseSchedule(schedule), after);
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(key, found);
    return found;
  }

  return {
    expectation({ schedule, nextRun }, last, from) {
      if (nextRun === null) return undefined;
      const taken = last === undefined ? 0 : Date.parse(last.takenAt);
      const dueAt = nextAfter(schedule, new Date(Math.max(taken, from.getTime())));
      const took = last?.startedAt && last.endedAt ? Date.parse(last.endedAt) - Date.parse(last.startedAt) : 0;
      return { dueAt, overdueFrom: new Date(dueAt.getTime() + graceMs + 2 * Math.max(0, took)) };
    },
  };
}
