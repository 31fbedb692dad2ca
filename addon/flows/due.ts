import { setImmediate as breathe } from 'node:timers/promises';
import { toAddonError } from '../../storage-node/base/errors.ts';
import type { DueEnvironment } from '../../storage-node/index.ts';
import { outsideBlackouts } from '../schedule/blackout.ts';
import { blackoutsOf, nextOccurrence, parseSchedule, type ScheduleFields } from '../schedule/schedule.ts';
import type { BackupRequest } from './backup.ts';
import { latestBackup, nextRunOf, type PlanningRooms, planNextRun } from './plan-run.ts';

/** A run that begins later than this was missed: nobody was there when it was due, or nothing could begin. */
const MISSED_MS = 300_000;
/** So many missed runs are caught up at one tick, which spreads the rest over the ticks that follow. */
const CATCH_UPS = 25;
const PAGE = 100;
const RECENT_JOBS = 5;
const BUSY_MS = 20_000;
const FAILED_MS = 300_000;
const DAY_MS = 86_400_000;

type Begin = (request: BackupRequest) => Promise<unknown>;

/**
 * Begins the backup of every environment whose time has come, and plans its next one. However many runs were missed, one
 * backup catches up, and those who wait longest come first. An environment that is busy is asked again soon.
 */
export async function beginDueBackups(rooms: PlanningRooms, begin: Begin): Promise<void> {
  const now = rooms.clock().getTime();
  if (outsideBlackouts(rooms.runPolicy.blackouts, now) !== now) return;
  const { environments } = rooms.storage;
  const missed = iso(now - MISSED_MS);
  for (const due of environments.due({ until: missed, limit: CATCH_UPS })) {
    rooms.log.info('a missed run is caught up', { environment: due.name, due: due.nextRun });
    await beginOne(due, rooms, begin);
  }
  for (;;) {
    const page = environments.due({ after: missed, until: iso(now), limit: PAGE });
    for (const due of page) await beginOne(due, rooms, begin);
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

async function beginOne(due: DueEnvironment, rooms: PlanningRooms, begin: Begin): Promise<void> {
  const { name } = due;
  try {
    const fields = scheduleOf(due.configuration);
    const now = rooms.clock().getTime();
    const free = outsideBlackouts(blackoutsOf(fields), now);
    if (free !== now) putOff(due, free, rooms);
    else if (backedUpSince(name, fields, now, rooms)) planNextRun(name, fields, rooms);
    else {
      const next = nextRunOf(name, fields, rooms, due);
      if (!hasBegun(due, rooms)) await begin(request(name));
      rooms.storage.environments.plan(name, next);
    }
  } catch (thrown) {
    const error = toAddonError(thrown);
    putOff(due, rooms.clock().getTime() + (error.code === 'job-running' ? BUSY_MS : FAILED_MS), rooms);
    if (error.code !== 'job-running')
      rooms.log.error(`no scheduled backup began: ${error.message}`, { environment: name, code: error.code });
  }
}

/** Whether hours are counted since the latest backup, and one was taken after the run was planned. */
function backedUpSince(name: string, fields: ScheduleFields, now: number, rooms: PlanningRooms): boolean {
  const schedule = parseSchedule(fields);
  const latest = latestBackup(name, rooms);
  if (schedule.kind !== 'interval' || latest === undefined) return false;
  return nextOccurrence(schedule, latest).getTime() > now;
}

/** Whether the run began already, under a daemon that was killed before it could plan the next one. */
function hasBegun({ name, nextRun }: DueEnvironment, { storage }: PlanningRooms): boolean {
  return storage.jobs
    .list({ environment: name, limit: RECENT_JOBS })
    .some((job) => job.kind === 'backup' && job.requestedBy === 'schedule' && job.queuedAt >= nextRun);
}

function putOff({ name, occurrence, label }: DueEnvironment, until: number, { storage, clock }: PlanningRooms): void {
  const plannedAt = clock().toISOString();
  storage.environments.plan(name, { nextRun: iso(until), occurrence, label, plannedAt });
}

function scheduleOf(configuration: string): ScheduleFields {
  return (JSON.parse(configuration) as { schedule: ScheduleFields }).schedule;
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
