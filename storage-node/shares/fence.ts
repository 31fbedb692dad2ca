import { readdirSync, readFileSync, statSync } from 'node:fs';
import { sleep } from '../base/clock.ts';
import { AddonError } from '../base/errors.ts';
import { SHARED_FOLDER } from '../base/line.ts';

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

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended meanwhile.
    return '';
  }
}

/** Whether the process is a server of the folder, or one that is just being built: its root then still is, or holds, our own. */
function serves(pid: string, folder: string, wanted: string): boolean {
  const root = `/proc/${pid}/root`;
  if (identity(`${root}${SHARED_FOLDER}`) === wanted) return true;
  if (!read(`/proc/${pid}/cmdline`).includes(`\0--bind\0${folder}\0${SHARED_FOLDER}\0`)) return false;
  return [folder, `/oldroot${folder}`, `/newroot${SHARED_FOLDER}`].some((path) => identity(root + path) === wanted);
}

/** The file servers of this folder, whether of this daemon or of one that was killed. */
export function serversOf(folder: string): number[] {
  const wanted = identity(folder);
  if (wanted === undefined) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && serves(name, folder, wanted))
    .map(Number);
}

/**
 * Ends a program together with what it has started. Killed alone while it builds its namespaces, bubblewrap leaves a child behind:
 * so it is stopped first, and cannot start one that we do not see.
 */
export async function endWithChildren(pid: number): Promise<void> {
  signal(pid, 'SIGSTOP');
  while (/^State:\t[^TtZX]/m.test(read(`/proc/${pid}/status`))) await sleep(1);
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  for (const child of [...children, pid]) signal(child, 'SIGKILL');
}

/** Ends every file server of the folder and waits until none is left: from then on nobody can write into it from outside. */
export async function fence(folder: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let servers = serversOf(folder); servers.length > 0; servers = serversOf(folder)) {
    if (performance.now() > deadline)
      throw new AddonError('storage-failed', `file servers ${servers.join(', ')} of ${folder} do not end`);
    for (const pid of servers) signal(pid, 'SIGKILL');
    await sleep(PAUSE_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
