import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Share } from '../base/line.ts';
import { folderBytes } from '../shares/folder.ts';
import { clear, openShare } from '../shares/share.ts';
import { exclusively, type Interior, removeStaleLocks } from './interior.ts';

/**
 * Serves an environment's folder to one master. Whoever was still served from it is fenced off first, and only then are locks removed:
 * nobody can hold one any more.
 */
export function share(interior: Interior, environment: string, mode: 'read' | 'write'): Promise<Share> {
  const { writers, sizeBefore, log } = interior;
  return exclusively(interior, environment, async (place) => {
    const { folder } = place;
    await clear(folder);
    if (mode === 'write') {
      await removeStaleLocks(place);
      sizeBefore.set(environment, await folderBytes(folder.path));
      writers.set(environment, (writers.get(environment) ?? 0) + 1);
    }
    return openShare({
      ...{ environment, folder, mode, accounts: join(interior.directory, 'accounts') },
      onServerEnd: (stderr) => log.warn('file server ended', { environment, stderr }),
      async onClose() {
        if (mode === 'read') return;
        writers.set(environment, (writers.get(environment) ?? 1) - 1);
        if (existsSync(folder.path)) await exclusively(interior, environment, async () => undefined);
      },
    });
  });
}
