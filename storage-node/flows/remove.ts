import { randomBytes } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { displayTime } from '../base/clock.ts';
import { AddonError } from '../base/errors.ts';
import { forget } from '../repository/restic.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import { fence } from '../shares/fence.ts';
import { exclusively, type Interior, type Place, pathOf, repositoriesOf } from './interior.ts';

/** Prefix of repositories that are being removed; no environment's name begins so. */
export const REMOVED = '.removed-';

/** Takes backups away, their manifests first: killed half-way, no backup is listed that has lost a part. */
export async function drop(interior: Interior, { repository }: Place, backups: readonly string[]): Promise<void> {
  if (backups.length === 0) return;
  const all = await listSnapshots(repository, backups);
  const ids = (ofManifests: boolean) =>
    all.filter((snapshot) => (snapshot.role.kind === 'manifest') === ofManifests).map((snapshot) => snapshot.id);
  await forget(repository, ids(true));
  for (const backup of backups) interior.backups.remove(backup);
  await forget(repository, ids(false));
}

/** Removes one backup on a user's word; a pinned one only by force. */
export async function remove(interior: Interior, id: string, { force = false } = {}): Promise<void> {
  const backup = interior.backups.get(id);
  if (backup === undefined) throw new AddonError('backup-unknown', `there is no backup ${id}`);
  const until = backup.pinnedUntil === null ? undefined : new Date(backup.pinnedUntil);
  if (until !== undefined && until > interior.clock() && !force)
    throw new AddonError('backup-held', `backup ${id} is pinned until ${displayTime(until)}`);
  await exclusively(interior, backup.environment, (place) => drop(interior, place, [id]));
}

/** Removes all that is kept of an environment. The folder goes out of sight first, in one move. */
export async function removeEnvironment(interior: Interior, name: string): Promise<void> {
  const path = pathOf(interior, name);
  const aside = join(repositoriesOf(interior.directory), `${REMOVED}${name}-${randomBytes(4).toString('hex')}`);
  if (existsSync(path)) {
    await fence(path);
    renameSync(path, aside);
  }
  interior.backups.removeEnvironment(name);
  interior.jobs.forget(name);
  interior.environments.remove(name);
  interior.keys.remove(name);
  await rm(aside, { recursive: true, force: true });
}
