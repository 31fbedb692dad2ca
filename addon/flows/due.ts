import { AddonError } from '../../storage-node/base/errors.ts';
import { nextOccurrence, parseSchedule } from '../schedule/schedule.ts';
import type { BackupRequest } from './backup.ts';
import { readConfiguration, saveConfiguration } from './configuration.ts';
import type { Rooms } from './rooms.ts';

/**
 * Begins the backup of every installed environment whose time has come, and computes its next one.
 * However many times were missed, one backup catches up; an environment that is busy is asked again at the next tick.
 */
export async function beginDueBackups(
  rooms: Rooms,
  begin: (request: BackupRequest) => Promise<unknown>,
): Promise<void> {
  const now = rooms.clock();
  for (const record of rooms.storage.environments.list()) {
    if (!record.installed) continue;
    const configuration = readConfiguration(rooms.storage, record.configuration);
    const schedule = parseSchedule(configuration.schedule);
    if (configuration.nextRun === null || new Date(configuration.nextRun) > now) continue;
    const request: BackupRequest = {
      environment: record.name,
      kind: 'scheduled',
      requestedBy: 'schedule',
      name: '',
      description: '',
      pinnedUntil: null,
    };
    try {
      await begin(request);
    } catch (error) {
      if (error instanceof AddonError && error.code === 'job-running') continue;
      throw error;
    }
    saveConfiguration(rooms.storage, { ...configuration, nextRun: nextOccurrence(schedule, now).toISOString() }, now);
  }
}
