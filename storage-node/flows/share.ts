import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AddonError } from '../base/errors.ts';
import type { Share } from '../base/line.ts';
import { removeLocks } from '../repository/restic.ts';
import { folderBytes } from '../shares/folder.ts';
import { seal } from '../shares/seal.ts';
import { clear, openShare, type ShareMode } from '../shares/share.ts';
import { exclusively, type Interior } from './interior.ts';

/**
 * Serves an environment's folder to one master. Whoever was still served by a daemon that was killed, or may still write, is fenced off
 * first, and only then are locks removed: nobody can hold one any more. Readers of this daemon's are left alone.
 */
export function share(interior: Interior, environment: string, mode: ShareMode): Promise<Share> {
  const { sizeBefore, log } = interior;
  return exclusively(interior, environment, async (place) => {
    const { folder } = place;
    const open = openShares(interior, environment);
    if (open.length === 0 || (mode === 'write' && open.includes('write'))) await clear(folder);
    if (mode === 'write') {
      removeLocks(place.repository);
      sizeBefore.set(environment, await folderBytes(folder.path));
    }
    const share = openShare({
      ...{ environment, folder, mode, accounts: join(interior.directory, 'accounts') },
      onServerEnd: (stderr) => log.warn('file server ended', { environment, stderr }),
      async onClose() {
        open.splice(open.indexOf(mode), 1);
        if (!existsSync(folder.path)) return;
        if (open.length === 0) await clear(folder);
        else if (mode === 'write' && !open.includes('write')) await seal(folder);
        if (mode === 'write') await exclusively(interior, environment, async () => undefined);
      },
    });
    open.push(mode);
    return share;
  });
}

/** The modes of the shares that are open now, each as often as it is. */
export function openShares({ shares }: Pick<Interior, 'shares'>, environment: string): ShareMode[] {
  const open = shares.get(environment) ?? [];
  shares.set(environment, open);
  return open;
}

/** Rejects while somebody is reading a backup of the environment: what they need must not go. */
export function assertNoReader(interior: Interior, environment: string): void {
  if (!openShares(interior, environment).includes('read')) return;
  throw new AddonError('repository-locked', `a backup of ${environment} is being restored`);
}
