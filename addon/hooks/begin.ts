import { AddonError } from '../../storage-node/base/errors.ts';
import { type BackupRequest, backup } from '../flows/backup.ts';
import { findBackup } from '../flows/choose.ts';
import { loadConfiguration } from '../flows/configuration.ts';
import { type RestoreRequest, restore } from '../flows/restore.ts';
import type { StartedJob } from '../jobs/runner.ts';
import type { Doors } from './hook.ts';

/** Begins a backup as a job. Throws `environment-unknown` or `job-running` before anything begins. */
export async function beginBackup(request: BackupRequest, { rooms, runner }: Doors): Promise<StartedJob> {
  loadConfiguration(rooms.storage, request.environment);
  const { environment, requestedBy } = request;
  return runner.begin({ kind: 'backup', environment, requestedBy }, async (job) => {
    const taken = await backup(request, rooms, job);
    return { backup: taken.id };
  });
}

/** Begins a restore as a job. Throws where environment or backup are unknown, or another job runs, before anything begins. */
export async function beginRestore(request: RestoreRequest, { rooms, runner }: Doors): Promise<StartedJob> {
  loadConfiguration(rooms.storage, request.environment);
  findBackup(rooms.storage, request);
  const { environment, requestedBy } = request;
  return runner.begin({ kind: 'restore', environment, requestedBy }, async (job) => {
    const { backup } = await restore(request, rooms, job);
    return { backup };
  });
}

/** Begins to free what removed backups held. Gives way to any other job. */
export async function beginPrune(
  environment: string,
  requestedBy: string,
  { rooms, runner }: Doors,
): Promise<StartedJob> {
  assertKnown(environment, rooms.storage.environments.get(environment));
  return runner.begin({ kind: 'prune', environment, requestedBy }, async (job) => {
    const { freedBytes } = await rooms.storage.prune(environment, job.signal);
    job.tell(`freed ${freedBytes} bytes`);
    return {};
  });
}

/** Begins to check the repository, and all of its data where asked. Fails with `repository-damaged`, naming the backups hit. */
export async function beginCheck(
  request: { readonly environment: string; readonly readData: boolean; readonly requestedBy: string },
  { rooms, runner }: Doors,
): Promise<StartedJob> {
  const { environment, readData, requestedBy } = request;
  assertKnown(environment, rooms.storage.environments.get(environment));
  return runner.begin({ kind: 'check', environment, requestedBy }, async (job) => {
    job.tell(readData ? 'reading all stored data' : 'checking the structure');
    const result = await rooms.storage.check(environment, { readData }, job.signal);
    if (result.ok) return {};
    for (const problem of result.problems) job.log(problem);
    const hit =
      result.damagedBackups.length === 0
        ? 'no listed backup is known to be hit'
        : `hit: ${result.damagedBackups.join(', ')}`;
    throw new AddonError('repository-damaged', `the repository of ${environment} is damaged; ${hit}`);
  });
}

function assertKnown(name: string, found: unknown): void {
  if (found === undefined)
    throw new AddonError('environment-unknown', `no environment is named ${JSON.stringify(name)}`);
}
