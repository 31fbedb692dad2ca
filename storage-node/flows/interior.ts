import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AddonError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { BackupStore } from '../catalog/backups.ts';
import type { EnvironmentStore } from '../catalog/environments.ts';
import type { JobStore } from '../catalog/jobs.ts';
import type { Keys } from '../repository/keys.ts';
import { type Repository, removeLocks } from '../repository/restic.ts';
import { type Folder, openFolder } from '../shares/folder.ts';
import type { ShareMode } from '../shares/share.ts';

/** What every flow of this half walks through. */
export interface Interior {
  readonly directory: string;
  readonly environments: EnvironmentStore;
  readonly backups: BackupStore;
  readonly jobs: JobStore;
  readonly keys: Keys;
  readonly log: Log;
  readonly clock: Clock;
  /** The modes of the shares that are open, by environment. */
  readonly shares: Map<string, ShareMode[]>;
  /** Size of a repository when its last share for writing was opened. */
  readonly sizeBefore: Map<string, number>;
  /** The last of the operations of an environment that must not overlap. */
  readonly queue: Map<string, Promise<unknown>>;
}

/** An environment's repository with the folder it lies in. */
export interface Place {
  readonly environment: string;
  readonly repository: Repository;
  readonly folder: Folder;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Rejects names that could not be a folder's. */
export function assertName(name: string): void {
  if (!NAME.test(name))
    throw new AddonError('request-invalid', `environment name ${JSON.stringify(name)} is not valid`);
}

/** Where the repositories lie. */
export const repositoriesOf = (directory: string) => join(directory, 'repositories');

/** The folder of an environment, whether it exists or not. */
export function pathOf({ directory }: Pick<Interior, 'directory'>, environment: string): string {
  assertName(environment);
  return join(repositoriesOf(directory), environment);
}

/** Names of the environments that have a folder. */
export function foldersOf({ directory }: Interior): string[] {
  return readdirSync(repositoriesOf(directory)).filter((name) => NAME.test(name));
}

/** The environment's repository and key; rejects with `repository-missing` or `key-missing`. */
export function placeOf(interior: Interior, environment: string): Place {
  const path = pathOf(interior, environment);
  if (!existsSync(join(path, 'config')))
    throw new AddonError('repository-missing', `environment ${environment} has no repository`);
  const repository = { path, key: interior.keys.get(environment) };
  return { environment, repository, folder: openFolder(path) };
}

/**
 * Runs `work` when nothing else of this kind runs for the environment. Locks that are found then belong to no one,
 * unless a session may still write: they are removed, because restic cannot judge them (another host's name, a killed process).
 */
export async function exclusively<T>(
  interior: Interior,
  environment: string,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const before = interior.queue.get(environment) ?? Promise.resolve();
  const turn = before.then(async () => {
    const place = placeOf(interior, environment);
    if (!interior.shares.get(environment)?.includes('write')) removeLocks(place.repository);
    return await work(place);
  });
  interior.queue.set(
    environment,
    turn.catch(() => undefined), // its caller hears of it; the next in the queue does not care
  );
  return await turn;
}
