import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobLane, JobRow } from '../../storage-node/base/words.ts';
import type { BackupRequest } from '../flows/backup.ts';
import { findBackup } from '../flows/choose.ts';
import { type Configuration, loadConfiguration, masterOf } from '../flows/configuration.ts';
import type { RestoreRequest } from '../flows/restore.ts';
import type { Doors } from './hook.ts';

/** Puts a backup into the queue. Throws `environment-unknown` or `job-running` where it may not wait. */
export function beginBackup(request: BackupRequest, { rooms, runner }: Doors): JobRow {
  const host = hostOf(loadConfiguration(rooms.storage, request.environment));
  const { environment, requestedBy } = request;
  const lane = request.kind === 'scheduled' ? 'scheduled' : 'manual';
  return runner.enqueue({ kind: 'backup', environment, requestedBy, lane, request, host });
}

/** Puts a restore into the queue. Throws where environment or backup are unknown, or another job runs. */
export function beginRestore(request: RestoreRequest, { rooms, runner }: Doors): JobRow {
  const host = hostOf(loadConfiguration(rooms.storage, request.environment));
  const { environment, requestedBy } = request;
  // Named now: when its turn comes, the latest one may be another.
  const meant = { ...request, backup: findBackup(rooms.storage, request).id };
  return runner.enqueue({ kind: 'restore', environment, requestedBy, lane: 'manual', request: meant, host });
}

/** Puts into the queue to free what removed backups held. Gives way to any other job. */
export function beginPrune(environment: string, requestedBy: string, doors: Doors): JobRow {
  return keeping('prune', { environment, requestedBy }, doors);
}

/** Puts into the queue to check the repository, and all of its data where asked. Fails with `repository-damaged`, naming the backups hit. */
export function beginCheck(
  request: { readonly environment: string; readonly readData: boolean; readonly requestedBy: string },
  doors: Doors,
): JobRow {
  return keeping('check', request, doors);
}

function keeping(
  kind: 'prune' | 'check',
  request: { readonly environment: string; readonly requestedBy: string },
  { rooms, runner }: Doors,
): JobRow {
  const { environment, requestedBy } = request;
  if (rooms.storage.environments.get(environment) === undefined)
    throw new AddonError('environment-unknown', `no environment is named ${JSON.stringify(environment)}`);
  const lane: JobLane = requestedBy === 'user' ? 'manual' : 'upkeep';
  return runner.enqueue({ kind, environment, requestedBy, lane, request, host: '' });
}

function hostOf(configuration: Configuration): string {
  const { host, port } = masterOf(configuration);
  return `${host}:${port}`;
}
