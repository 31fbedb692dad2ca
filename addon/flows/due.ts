import { toAddonError } from '../../storage-node/base/errors.ts';
import { nextOccurrence, parseSchedule } from '../schedule/schedule.ts';
import type { BackupRequest } from './backup.ts';
import { type Configuration, readConfiguration, saveConfiguration } from './configuration.ts';
import type { Rooms } from './rooms.ts';

/**
 * Begins the backup of every installed environment whose time has come, and computes its next one.
 * However many times were missed, one backup catches up; an environment that is busy is asked again at the next tick.
 */
export async function beginDueBackups(
  rooms: Rooms,
  begin: (request: BackupRequest) => Promise<unknown>,
): Promise<void> {
  for (const record of rooms.storage.environments.list()) {
    if (!record.installed) continue;
    try {
      await beginIfDue(readConfiguration(rooms.storage, record.configuration), rooms, begin);
    } catch (thrown) {
      const error = toAddonError(thrown);
      if (error.code === 'job-running') continue;
      rooms.log.error(`no scheduled backup began: ${error.message}`, { environment: record.name, code: error.code });
    }
  }
}

async function beginIfDue(
  configuration: Configuration,
  rooms: Rooms,
  begin: (request: BackupRequest) => Promise<unknown>,
): Promise<void> {
  const now = rooms.clock();
  if (configuration.nextRun === null || new Date(configuration.nextRun) > now) return;
  const nextRun = nextOccurrence(parseSchedule(configuration.schedule), now).toISOString();
  await begin({
    environment: configuration.environment.name,
    kind: 'scheduled',
    requestedBy: 'schedule',
    name: '',
    description: '',
    pinnedUntil: null,
  });
  saveConfiguration(rooms.storage, { ...configuration, nextRun }, now);
}
