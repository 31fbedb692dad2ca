import { createHash } from 'node:crypto';
import { type Blackout, outsideBlackouts } from './blackout.ts';
import { isHourly, nextOccurrence } from './occurrences.ts';
import type { ClockSchedule, IntervalSchedule, Schedule } from './schedule.ts';
import { offsetAt } from './zone.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When the storage lets scheduled jobs begin. */
export interface RunPolicy {
  /** Over how many minutes the runs of a full hour are spread; 0 for none. */
  readonly spreadMinutes: number;
  /** In these windows none begins. */
  readonly blackouts: readonly Blackout[];
}

/** Every run at the very minute that its schedule names. */
export const AS_SCHEDULED: RunPolicy = { spreadMinutes: 0, blackouts: [] };

/** The next run of one environment. Moments are UTC, ISO 8601. */
export interface Plan {
  /** When it begins. */
  readonly nextRun: string;
  /** The moment of the schedule that it stands for. */
  readonly occurrence: string;
  /** The reading of the schedule’s own clock at that moment: no reading runs twice. */
  readonly label: string;
}

/** What the next run follows from. */
export interface PlanRequest {
  readonly environment: string;
  readonly schedule: Schedule;
  readonly now: Date;
  readonly policy: RunPolicy;
  /** The run that has just begun; none when a schedule is set up. */
  readonly former?: Plan;
  /** When the latest backup of any kind was taken. */
  readonly latestBackup?: Date;
}

/** Plans the run after the former one; however many were missed, it is the first that is still to come. Pure. */
export function planRun(request: PlanRequest): Plan {
  return request.schedule.kind === 'interval'
    ? planInterval(request, request.schedule)
    : planByClock(request, request.schedule);
}

function planInterval({ now, former, latestBackup, policy }: PlanRequest, schedule: IntervalSchedule): Plan {
  const since = former === undefined ? latestBackup : now;
  const due = since === undefined ? now.getTime() : nextOccurrence(schedule, since).getTime();
  const begin = Math.max(due, now.getTime());
  return {
    nextRun: iso(outsideBlackouts(policy.blackouts, begin)),
    occurrence: iso(begin),
    label: labelOf('UTC', begin),
  };
}

function planByClock({ environment, now, former, policy }: PlanRequest, schedule: ClockSchedule): Plan {
  const from = now.getTime();
  const spread = policy.spreadMinutes * MINUTE_MS;
  const share = spread === 0 ? 0 : shareOf(environment);
  const part = (window: number) => Math.floor((share * window) / 1000) * 1000;
  // The occurrence of a moment ago may still be to come, by the time it is put off.
  let occurrence = new Date(former === undefined ? from : Math.max(Date.parse(former.occurrence), from - spread));
  for (;;) {
    occurrence = nextOccurrence(schedule, occurrence);
    const label = labelOf(schedule.zone, occurrence.getTime());
    if (label === former?.label && !isHourly(schedule.fields)) continue;
    const due = occurrence.getTime() + part(spreadOf(schedule, occurrence, spread));
    const free = outsideBlackouts(policy.blackouts, due);
    const begin = free === due ? due : outsideBlackouts(policy.blackouts, free + part(spread));
    if (begin > from) return { nextRun: iso(begin), occurrence: occurrence.toISOString(), label };
  }
}

/** The part of a window at which an environment’s runs begin: always the same one, evenly spread over all environments. */
function shareOf(environment: string): number {
  return createHash('sha256').update(environment).digest().readUInt32BE(0) / 2 ** 32;
}

/** Over how long the runs of a full hour are spread: less than half the time to the run that follows. */
function spreadOf(schedule: ClockSchedule, occurrence: Date, spread: number): number {
  if (spread === 0 || occurrence.getTime() % HOUR_MS !== 0) return 0;
  return Math.min(spread, (nextOccurrence(schedule, occurrence).getTime() - occurrence.getTime()) / 2);
}

/** What the clock of the zone shows: `2026-10-25T02:30`. */
function labelOf(zone: string, moment: number): string {
  return iso(moment + offsetAt(zone, moment)).slice(0, 16);
}

const iso = (moment: number) => new Date(moment).toISOString();
