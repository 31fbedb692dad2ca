import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markProcess, type ProcessMark } from '../../test/support/anchor.ts';
import { stopKept } from '../../test/support/hosts.ts';
import type { DemoSize } from './options.ts';

/** Where one run of the demo has its files. Its path is short, because the daemon's socket lies below it. */
export interface Place {
  readonly directory: string;
  /** The daemon's data directory, seen by this machine and by the storage host under the same path. */
  readonly data: string;
  /** What is needed to stop the hosts when the run itself cannot. */
  readonly kept: string;
  /** Where the hosts' disks lie; in memory where not given. */
  readonly disks?: string;
  remove(): void;
}

// Not /tmp, which may lie in memory.
const parent = process.env.TMPDIR || '/var/tmp';
const prefix = 'dbbackup-demo-';
const gigabytesNeeded: Record<DemoSize, number> = { small: 1, medium: 6, large: 30 };

/** Makes the place of a run. Throws when the disk has no room for it. */
export function makePlace(size: DemoSize): Place {
  const { bavail, bsize } = statfsSync(parent);
  const free = (bavail * bsize) / 1e9;
  if (free < gigabytesNeeded[size])
    throw new Error(`${parent} has ${free.toFixed(1)} GB free; --size ${size} needs ${gigabytesNeeded[size]} GB`);
  // A socket's path may have 107 bytes.
  if (parent.length > 60) throw new Error(`the path of TMPDIR is too long for the daemon's socket: ${parent}`);
  const directory = join(parent, `${prefix}${randomBytes(3).toString('hex')}`);
  mkdirSync(directory, { mode: 0o711 });
  writeFileSync(join(directory, 'owner'), JSON.stringify(markProcess(process.pid)));
  const place = { directory, data: join(directory, 'data'), kept: join(directory, 'kept.json') };
  mkdirSync(place.data, { mode: 0o711 });
  const remove = () => rmSync(directory, { recursive: true, force: true });
  return { ...place, ...(size === 'small' ? {} : { disks: join(directory, 'disks') }), remove };
}

/** Ends and removes what earlier runs left: kept ones, and killed ones. Runs that still go on are left alone. Answers how many it ended. */
export async function endFormerRuns(): Promise<number> {
  let ended = 0;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    const directory = join(parent, name);
    if (ownerRuns(directory)) continue;
    const kept = join(directory, 'kept.json');
    if (existsSync(kept)) {
      await stopKept(kept);
      ended += 1;
    }
    rmSync(directory, { recursive: true, force: true });
  }
  return ended;
}

function ownerRuns(directory: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(join(directory, 'owner'), 'utf8')) as ProcessMark;
    return markProcess(owner.pid).startedAt === owner.startedAt;
  } catch {
    // No such process, or a run that was killed before it had written down who it is.
    return false;
  }
}
