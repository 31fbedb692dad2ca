import type { LastBackup } from '../../storage-node/index.ts';
import { blackoutsOf, parseSchedule, planRun, type RunPolicy, type ScheduleFields } from '../schedule/schedule.ts';
import type { Watched } from './watching.ts';

const KNOWN_AT_MOST = 200_000;

/** When an environment should have begun its next backup, and until when that must be complete. */
export interface Expectation {
  readonly dueAt: Date;
  readonly overdueFrom: Date;
}

/** Says when backups are late, from the schedule and the last complete backup alone: no timer has to have run. */
export interface Lateness {
  /** `from` is when the schedule came into force; a backup before that answers to another one. */
  expectation(watched: Watched, last: LastBackup | undefined, from: Date): Expectation;
}

/**
 * Lateness with a grace, which grows by twice the time that the last backup took; where jobs are spread or held by a blackout,
 * it counts from when they may begin. Occurrences are computed once for each backup.
 */
export function createLateness(graceMs: number, runPolicy: RunPolicy): Lateness {
  const known = new Map<string, Date>();
  const { spreadMinutes, blackouts } = runPolicy;

  function runAfter(environment: string, fields: ScheduleFields, after: Date): Date {
    const key = `${environment} ${after.getTime()} ${JSON.stringify(fields)}`;
    const former = known.get(key);
    if (former !== undefined) return former;
    const policy = { spreadMinutes, blackouts: [...blackouts, ...blackoutsOf(fields)] };
    const schedule = parseSchedule(fields);
    const found = new Date(planRun({ environment, schedule, now: after, latestBackup: after, policy }).nextRun);
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(key, found);
    return found;
  }

  return {
    expectation({ name, configuration }, last, from) {
      const taken = last === undefined ? 0 : Date.parse(last.takenAt);
      const dueAt = runAfter(name, configuration.schedule, new Date(Math.max(taken, from.getTime())));
      const took = last?.startedAt && last.endedAt ? Date.parse(last.endedAt) - Date.parse(last.startedAt) : 0;
      return { dueAt, overdueFrom: new Date(dueAt.getTime() + graceMs + 2 * Math.max(0, took)) };
    },
  };
}
