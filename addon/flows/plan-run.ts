import { toAddonError } from '../../storage-node/base/errors.ts';
import type { PlannedRun, StorageNode } from '../../storage-node/index.ts';
import { outsideBlackouts } from '../schedule/blackout.ts';
import { blackoutsOf, type Plan, parseSchedule, planRun, type ScheduleFields } from '../schedule/schedule.ts';
import type { Rooms } from './rooms.ts';

/** What planning walks through: of the storage node, only its catalog. */
export type PlanningRooms = Pick<Rooms, 'clock' | 'log' | 'runPolicy'> & {
  readonly storage: Pick<StorageNode, 'environments' | 'backups'>;
};

/** Plans the environment’s next run: after the one that begins now, or from now on where a schedule is set up. Stores nothing. */
export function nextRunOf(
  environment: string,
  fields: ScheduleFields,
  rooms: PlanningRooms,
  former?: Plan,
): PlannedRun {
  const now = rooms.clock();
  const { spreadMinutes, blackouts } = rooms.runPolicy;
  const schedule = parseSchedule(fields);
  const latest = schedule.kind === 'interval' ? latestBackup(environment, rooms) : undefined;
  const plan = planRun({
    environment,
    schedule,
    now,
    policy: { spreadMinutes, blackouts: [...blackouts, ...blackoutsOf(fields)] },
    ...(former === undefined ? {} : { former }),
    ...(latest === undefined ? {} : { latestBackup: latest }),
  });
  return { ...plan, plannedAt: now.toISOString() };
}

/** Plans the first run of a schedule that was set up now, or whose clock began anew. */
export function planNextRun(environment: string, fields: ScheduleFields, rooms: PlanningRooms): PlannedRun {
  const planned = nextRunOf(environment, fields, rooms);
  rooms.storage.environments.plan(environment, planned);
  return planned;
}

/** When the environment’s latest backup of any kind was taken. */
export function latestBackup(environment: string, { storage }: PlanningRooms): Date | undefined {
  const [latest] = storage.backups.list({ environment, limit: 1 });
  return latest === undefined ? undefined : new Date(latest.takenAt);
}

/** The settings of the schedule in an environment's stored configuration. */
export function scheduleOf(configuration: string): ScheduleFields {
  return (JSON.parse(configuration) as { schedule: ScheduleFields }).schedule;
}

/** After a backup of any kind: where hours since the latest one count, they count anew. */
export function countAnew(environment: string, rooms: PlanningRooms): void {
  const record = rooms.storage.environments.get(environment);
  if (!record?.installed) return;
  const fields = scheduleOf(record.configuration);
  if (parseSchedule(fields).kind === 'interval') planNextRun(environment, fields, rooms);
}

/** From when on a job that nobody waits for may begin in an environment: now, or after the blackout windows of the storage and its own. */
export function freeFrom(environment: string, rooms: PlanningRooms): number {
  const now = rooms.clock().getTime();
  const { blackouts } = rooms.runPolicy;
  const record = rooms.storage.environments.get(environment);
  const own = record?.installed ? blackoutsOf(scheduleOf(record.configuration)) : [];
  try {
    return outsideBlackouts([...blackouts, ...own], now);
  } catch (thrown) {
    rooms.log.error(toAddonError(thrown).message, { environment });
    return outsideBlackouts(blackouts, now);
  }
}
