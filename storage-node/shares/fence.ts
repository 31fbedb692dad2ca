import { readdirSync, statSync } from 'node:fs';
import { sleep } from '../base/clock.ts';
import { AddonError } from '../base/errors.ts';

/** Where a file server sees its folder. */
export const SHARE_MOUNTPOINT = '/share';

const PATIENCE_MS = 5_000;
const PAUSE_MS = 5;

function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // The process ended, or sees no share.
    return undefined;
  }
}

/** Processes whose own root shows this folder as the share: file servers, of this daemon or of one that was killed. */
export function serversOf(folder: string): number[] {
  const wanted = identity(folder);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => wanted !== undefined && identity(`/proc/${pid}/root${SHARE_MOUNTPOINT}`) === wanted)
    .map(Number);
}

/** Ends every file server of the folder and waits until none is left: from then on nobody can write into it from outside. */
export async function fence(folder: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let servers = serversOf(folder); servers.length > 0; servers = serversOf(folder)) {
    if (performance.now() > deadline)
      throw new AddonError('storage-failed', `file servers ${servers.join(', ')} of ${folder} do not end`);
    for (const pid of servers) endNow(pid);
    await sleep(PAUSE_MS);
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
