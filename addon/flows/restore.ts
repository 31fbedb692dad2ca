import { AddonError, toAddonError } from '../../storage-node/base/errors.ts';
import type { Backup } from '../../storage-node/base/words.ts';
import type { RestoreReport } from '../engines/engine.ts';
import type { Job } from '../jobs/job.ts';
import { takeBackup, warnOfLeftovers } from './backup.ts';
import { chosenParts, findBackup, type Wanted } from './choose.ts';
import { type Configuration, loadConfiguration } from './configuration.ts';
import { pouredParts } from './pour-parts.ts';
import { looksLikeLoss } from './retention-words.ts';
import type { Rooms } from './rooms.ts';
import { beginStore } from './store.ts';
import { openTarget } from './target.ts';

/** What is to be brought back, and where to. */
export interface RestoreRequest extends Wanted {
  /** Databases to bring back; all of them and the accounts where empty. */
  readonly databases: readonly string[];
  readonly requestedBy: string;
  /** False only when the user knows that what is there cannot be dumped any more. */
  readonly safetyBackup: boolean;
}

const SAFETY_DAYS = 7;

/** Makes the environment's databases hold what a backup holds. Names the way back when it fails after the first change. */
export async function restore(
  request: RestoreRequest,
  rooms: Rooms,
  job: Job,
): Promise<{ backup: string; report: RestoreReport }> {
  const configuration = loadConfiguration(rooms.storage, request.environment);
  const backup = findBackup(rooms.storage, request);
  assertSameEngine(configuration, backup);
  const chosen = chosenParts(backup, request.databases);
  if (looksLikeLoss(backup)) job.warn(`backup ${backup.id} looks like a loss of data: ${backup.flags?.join('; ')}`);
  await using target = await openTarget(configuration, rooms, job);
  await using store = beginStore(target, { environment: backup.environment, mode: 'read' }, rooms, job.signal);
  if (!request.safetyBackup) await warnOfLeftovers(target, job);
  const safety = request.safetyBackup ? await safetyBackup() : undefined;
  try {
    const report = await pouredParts(backup, chosen, target, await store.opened, rooms, job);
    for (const warning of report.warnings) job.warn(warning);
    return { backup: backup.id, report };
  } catch (thrown) {
    const error = toAddonError(thrown);
    throw new AddonError(error.code, error.message, { hint: wayBack(error, safety), cause: error });
  }

  async function safetyBackup(): Promise<Backup> {
    job.tell('taking a safety backup of what is there');
    const pinnedUntil = new Date(rooms.clock().getTime() + SAFETY_DAYS * 86_400_000);
    const safetyRequest = {
      environment: request.environment,
      kind: 'safety' as const,
      requestedBy: `restore of ${backup.id}`,
      name: `before the restore of ${backup.takenAt.slice(0, 16).replace('T', ' ')}`,
      description: '',
      pinnedUntil,
    };
    return await takeBackup(target, safetyRequest, rooms, job).catch((thrown: unknown) => {
      const error = toAddonError(thrown);
      const hint = `nothing was changed; ${error.hint} To restore without a way back: add --no-safety-backup.`;
      throw new AddonError(error.code, `the safety backup failed: ${error.message}`, { hint, cause: error });
    });
  }
}

function wayBack(error: AddonError, safety: Backup | undefined): string {
  if (safety === undefined) return `${error.hint} No safety backup was taken, as asked.`;
  return `${error.hint} What was there is in safety backup ${safety.id}; bring it back with: dbbackup restore ${safety.environment} --backup ${safety.id}`;
}

function assertSameEngine(configuration: Configuration, backup: Backup): void {
  if (configuration.engine === backup.engine) return;
  const message = `backup ${backup.id} is of ${backup.engine}, environment ${configuration.environment.name} runs ${configuration.engine}`;
  throw new AddonError('request-invalid', message, { hint: 'choose a backup of the same kind of database.' });
}
