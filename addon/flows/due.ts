import { setImmediate as breathe } from 'node:timers/promises';
import { toAddonError } from '../../storage-node/base/errors.ts';
import type { DueEnvironment, PlannedRun } from '../../storage-node/index.ts';
import { outsideBlackouts } from '../schedule/blackout.ts';
import { blackoutsOf, nextOccurrence, parseSchedule, type ScheduleFields } from '../schedule/schedule.ts';
import type { BackupRequest } from './backup.ts';
import { latestBackup, nextRunOf, type PlanningRooms, planNextRun, scheduleOf } from './plan-run.ts';

/** A run that begins later than this was missed: nobody was there when it was due, or nothing could begin. */
const MISSED_MS = 300_000;
/** So many missed runs are caught up at one tick, which spreads the rest over the ticks that follow. */
const CATCH_UPS = 25;
const PAGE = 100;
const BUSY_MS = 20_000;
const FAILED_MS = 300_000;
const DAY_MS = 86_400_000;

/** Where runs wait for their turn. */
export interface RunQueue {
  /** Throws `job-running` where a run of the environment waits or runs already. */
  enqueue(request: BackupRequest): unknown;
  /** Several writes to the catalog as one: all of them hold, or nothing. */
  together<Result>(work: () => Result): Result;
}

/**
 * Queues the backup of every environment whose time has come, and plans its next one: both or neither, so that a daemon which is
 * killed meanwhile neither loses nor repeats a run. However many were missed, one backup catches up, and those who wait longest
 * come first. An environment that is busy is asked again soon.
 */
export async function beginDueBackups(rooms: PlanningRooms, queue: RunQueue): Promise<void> {
  const now = rooms.clock().getTime();
  if (outsideBlackouts(rooms.runPolicy.blackouts, now) !== now) return;
  const { environments } = rooms.storage;
  if (environments.due({ until: iso(now), limit: 1 }).length === 0) return;
  const beginAll = (page: readonly DueEnvironment[]) =>
    queue.together(() => {
      // Where this cannot be written, nothing that was queued stays either.
      for (const due of page) environments.plan(due.name, beginOne(due, rooms, queue));
    });
  const missed = iso(now - MISSED_MS);
  const late = environments.due({ until: missed, limit: CATCH_UPS });
  for (const { name, nextRun } of late)
    rooms.log.info('a missed run is caught up', { environment: name, due: nextRun });
  if (late.length > 0) beginAll(late);
  for (;;) {
    const page = environments.due({ after: missed, until: iso(now), limit: PAGE });
    if (page.length > 0) beginAll(page);
    if (page.length < PAGE) return;
    await breathe();
  }
}

/**
 * Plans anew what was planned by a clock that went wrong by more than a day, and what was never planned. A clock that was
 * set back by less only makes the next run wait until its time comes, so that nothing runs twice.
 */
export function planAnew(rooms: PlanningRooms): void {
  for (const { name, configuration } of rooms.storage.environments.unplanned(iso(rooms.clock().getTime() + DAY_MS))) {
    try {
      planNextRun(name, scheduleOf(configuration), rooms);
    } catch (thrown) {
      rooms.log.error(`no backup could be planned: ${toAddonError(thrown).message}`, { environment: name });
    }
  }
}

/** Queues one run where it may begin now, and answers what is to be planned next. */
function beginOne(due: DueEnvironment, rooms: PlanningRooms, queue: RunQueue): PlannedRun {
  const { name } = due;
  const now = rooms.clock().getTime();
  try {
    const fields = scheduleOf(due.configuration);
    const free = outsideBlackouts(blackoutsOf(fields), now);
    if (free !== now) return putOff(due, now, free);
    if (backedUpSince(name, fields, now, rooms)) return nextRunOf(name, fields, rooms);
    const next = nextRunOf(name, fields, rooms, due);
    queue.enqueue(request(name));
    return next;
  } catch (thrown) {
    const error = toAddonError(thrown);
    if (error.code === 'job-running') return putOff(due, now, now + BUSY_MS);
    rooms.log.error(`no scheduled backup began: ${error.message}`, { environment: name, code: error.code });
    return putOff(due, now, now + FAILED_MS);
  }
}

/** Whether hours are counted since the latest backup, and one was taken after the run was planned. */
function backedUpSince(name: string, fields: ScheduleFields, now: number, rooms: PlanningRooms): boolean {
  const schedule = parseSchedule(fields);
  const latest = schedule.kind === 'interval' ? latestBackup(name, rooms) : undefined;
  return latest !== undefined && nextOccurrence(schedule, latest).getTime() > now;
}

function putOff({ occurrence, label }: DueEnvironment, now: number, until: number): PlannedRun {
  return { nextRun: iso(until), occurrence, label, plannedAt: iso(now) };
}

function request(environment: string): BackupRequest {
  return {
    environment,
    kind: 'scheduled',
    requestedBy: 'schedule',
    name: '',
    description: '',
    pinnedUntil: null,
  };
}

const iso = (moment: number) => new Date(moment).toISOString();
