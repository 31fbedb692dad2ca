import { timeId } from '../../storage-node/base/id.ts';
import type { Backup, BackupKind } from '../../storage-node/base/words.ts';
import type { Job } from '../jobs/job.ts';
import { loadConfiguration } from './configuration.ts';
import { applyRetention } from './retention.ts';
import { suspicion } from './retention-words.ts';
import type { Rooms } from './rooms.ts';
import { savedParts } from './save-parts.ts';
import { openTarget, type Target } from './target.ts';

/** What kind of backup is asked for, and by whom. */
export interface BackupRequest {
  readonly environment: string;
  readonly kind: BackupKind;
  readonly requestedBy: string;
  /** The user's own name for it; may be empty. */
  readonly name: string;
  readonly description: string;
  /** Until when retention leaves it alone; null for the ordinary rules. */
  readonly pinnedUntil: Date | null;
}

/** Backs up all databases of an environment: a backup that is answered is complete, checked on the storage, and listed. */
export async function backup(request: BackupRequest, rooms: Rooms, job: Job): Promise<Backup> {
  const configuration = loadConfiguration(rooms.storage, request.environment);
  await using target = await openTarget(configuration, rooms, job);
  const taken = await takeBackup(target, request, rooms, job);
  if (taken.flags !== undefined) job.warn(suspicion(taken.id, taken.flags));
  await applyRetention(configuration, rooms, job);
  return taken;
}

/** The backup itself, on a master that is connected already. On any failure nothing of it stays. */
export async function takeBackup(target: Target, request: BackupRequest, rooms: Rooms, job: Job): Promise<Backup> {
  const { storage } = rooms;
  const takenAt = rooms.clock();
  const id = timeId(takenAt);
  job.tell('looking at the database server');
  const probing = warnOfLeftovers(target, job).then(() => target.engine.probe(target.server));
  // Its failure is met when the storage is attached, which takes as long.
  probing.catch(() => undefined);
  try {
    const saved = await savedParts(id, probing, target, rooms, job);
    const probe = await probing;
    for (const warning of probe.warnings) job.warn(warning);
    job.tell('checking on the storage');
    return await storage.keep({
      format: 1,
      id,
      environment: request.environment,
      takenAt: takenAt.toISOString(),
      name: request.name,
      description: request.description,
      kind: request.kind,
      requestedBy: request.requestedBy,
      engine: target.engine.name,
      serverVersion: probe.version,
      transport: saved.transport,
      parts: saved.parts,
      warnings: probe.warnings,
      pinnedUntil: request.pinnedUntil?.toISOString() ?? null,
    });
  } catch (error) {
    await storage.discard(request.environment, id).catch((failure: unknown) => {
      job.log(`the remains of this attempt are removed later: ${String(failure)}`);
    });
    throw error;
  }
}

/** Puts right what an interrupted restore left on the server, and tells what it was. */
export async function warnOfLeftovers(target: Target, job: Job): Promise<void> {
  for (const deed of await target.engine.tidy(target.server)) job.warn(deed);
}
