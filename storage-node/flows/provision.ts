import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AddonError } from '../base/errors.ts';
import { assertOpens, initialise } from '../repository/restic.ts';
import { isSettled, openFolder, reserveFolder, settle } from '../shares/folder.ts';
import { type Interior, pathOf, repositoriesOf } from './interior.ts';

/** Prefix of repositories that are being made; no environment's name begins so. */
export const UNBORN = '.new-';

function holdsSnapshots(path: string): boolean {
  const snapshots = join(path, 'snapshots');
  return existsSync(snapshots) && readdirSync(snapshots).length > 0;
}

async function adopt(interior: Interior, environment: string, path: string): Promise<void> {
  await assertOpens({ path, key: interior.keys.get(environment) });
  if (!isSettled(openFolder(path))) await settle(reserveFolder(repositoriesOf(interior.directory), path));
}

/** Takes away what a killed `init` left, and nothing that ever held a backup. */
function heal(interior: Interior, environment: string, path: string): void {
  if (holdsSnapshots(path) || interior.backups.list({ environment, limit: 1 }).length > 0)
    throw new AddonError('repository-damaged', `repository of ${environment} has lost its config file`);
  rmSync(path, { recursive: true, force: true });
}

/**
 * Gives an environment its repository: folder, account, key. Made beside and moved into place, so that it exists whole or not at all.
 * Twice changes nothing.
 */
export async function provision(interior: Interior, request: { name: string }): Promise<{ created: boolean }> {
  const { name } = request;
  const path = pathOf(interior, name);
  if (existsSync(join(path, 'config'))) {
    await adopt(interior, name, path);
    return { created: false };
  }
  if (existsSync(path)) heal(interior, name, path);

  const repositories = repositoriesOf(interior.directory);
  const folder = reserveFolder(repositories, join(repositories, `${UNBORN}${name}-${randomBytes(4).toString('hex')}`));
  try {
    await initialise({ path: folder.path, key: interior.keys.getOrMake(name) });
    await settle(folder);
    if (existsSync(path)) return { created: false };
    renameSync(folder.path, path);
    interior.backups.removeEnvironment(name);
    return { created: true };
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}
