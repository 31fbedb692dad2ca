import { toAddonError } from '../../storage-node/base/errors.ts';
import { readConfiguration } from './configuration.ts';
import type { Rooms } from './rooms.ts';
import { openTarget, type Teller } from './target.ts';

/** What became of an add-on that was taken off. */
export interface Uninstalled {
  readonly environment: string;
  readonly backupsKept: boolean;
  /** What could not be taken away, in words. */
  readonly leftBehind: readonly string[];
}

/**
 * Ends the schedule, takes away what was placed on the master, and keeps the backups unless asked otherwise.
 * Never fails: what cannot be done is named in the answer.
 */
export async function uninstall(
  request: { readonly environment: string; readonly removeBackups: boolean },
  rooms: Rooms,
  teller: Teller,
): Promise<Uninstalled> {
  const leftBehind: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    await work().catch((thrown: unknown) => leftBehind.push(`${what}: ${toAddonError(thrown).message}`));
  };
  const { environment, removeBackups } = request;
  const record = rooms.storage.environments.get(environment);
  if (record?.installed) {
    rooms.storage.environments.save({ ...record, installed: false });
    await attempt('the standing mount', () => rooms.keptMounts.release(environment));
    await attempt('what was placed on the master', async () => {
      await using target = await openTarget(readConfiguration(rooms.storage, record.configuration), rooms, teller);
      await target.engine.tidy(target.server).catch((thrown: unknown) => leftBehind.push(toAddonError(thrown).message));
      await rooms.vacate(environment, target.machine, teller.signal);
    });
  }
  if (removeBackups) await attempt('the backups', () => rooms.storage.removeEnvironment(environment));
  return { environment, backupsKept: rooms.storage.backups.list({ environment, limit: 1 }).length > 0, leftBehind };
}
