import { toAddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import { readConfiguration } from './configuration.ts';
import type { Rooms } from './rooms.ts';
import { openTarget } from './target.ts';

const CLEANING_MS = 60_000;

/**
 * After a daemon that was killed: the storage side is put right at once, the masters as soon as they can be reached.
 * What cannot be reached now is put right by the next operation, which cleans before it begins. `settle` learns of each
 * interrupted job whose backup is complete all the same: the daemon ended between its last two steps.
 */
export async function recover(
  rooms: Rooms,
  interrupted: readonly JobRow[],
  settle: (job: string, backup: string) => void = () => undefined,
): Promise<void> {
  const hit = new Set(interrupted.map((row) => row.environment));
  const catalogIsNew = rooms.storage.environments.list().length === 0;
  if (catalogIsNew) await rooms.storage.reconcile();
  for (const environment of hit) {
    rooms.log.warn('a job was interrupted when the daemon ended', { environment });
    await rooms.storage.reconcile(environment);
    for (const row of interrupted) {
      const made = row.environment === environment ? madeBy(row, rooms) : undefined;
      if (made !== undefined) settle(row.id, made);
    }
    void cleanMaster(environment, rooms);
  }
  for (const record of rooms.storage.environments.list()) {
    if (record.installed) rooms.keptMounts.follow(readConfiguration(rooms.storage, record.configuration));
  }
}

/** An environment has one job at a time, so a backup that began while the job ran is the job's. */
function madeBy({ kind, environment, startedAt, endedAt }: JobRow, rooms: Rooms): string | undefined {
  if (kind !== 'backup' || startedAt === null || endedAt === null) return undefined;
  const backups = rooms.storage.backups.list({ environment });
  return backups.find(({ kind, takenAt }) => kind !== 'safety' && takenAt >= startedAt && takenAt <= endedAt)?.id;
}

async function cleanMaster(environment: string, rooms: Rooms): Promise<void> {
  const record = rooms.storage.environments.get(environment);
  if (!record?.installed) return;
  try {
    const log = rooms.log.with({ environment });
    const teller = {
      signal: AbortSignal.timeout(CLEANING_MS),
      tell: () => undefined,
      log: (line: string) => log.info(line),
    };
    await using target = await openTarget(readConfiguration(rooms.storage, record.configuration), rooms, teller);
    for (const deed of await target.engine.tidy(target.server)) log.warn(deed);
  } catch (thrown) {
    rooms.log.warn(`the master was not cleaned: ${toAddonError(thrown).message}`, { environment });
  }
}
