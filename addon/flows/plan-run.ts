import type { PlannedRun, StorageNode } from '../../storage-node/index.ts';
import { blackoutsOf, type Plan, parseSchedule, planRun, type ScheduleFields } from '../schedule/schedule.ts';
import type { Rooms } from './rooms.ts';

/** What planning walks through: of the storage node, only its catalog. */
export type PlanningRooms = Pick<Rooms, 'clock' | 'log' | 'runPolicy'> & {
  readonly storage: Pick<StorageNode, 'environments' | 'backups' | 'jobs'>;
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
  const latest = latestBackup(environment, rooms);
  const plan = planRun({
    environment,
    schedule: parseSchedule(fields),
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
