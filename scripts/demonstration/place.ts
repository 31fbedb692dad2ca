import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, markProcess, type ProcessMark } from '../../test/support/anchor.ts';
import type { DemoSize } from './options.ts';

/** Where one run of the demo has its files, the disks of the hosts among them. */
export interface Place {
  readonly directory: string;
  /** Says to later runs that this one has ended well, and goes on only for people to look around. */
  keep(): void;
  remove(): void;
}

// Not /tmp, which may lie in memory.
const parent = process.env.TMPDIR || '/var/tmp';
const prefix = 'dbbackup-demo-';
const PARTING_MS = 60_000;
const gigabytesNeeded: Record<DemoSize, number> = { small: 1, medium: 6, large: 30 };

/** Makes the place of a run. Throws when the disk has no room for it. */
export function makePlace(size: DemoSize): Place {
  const { bavail, bsize } = statfsSync(parent);
  const free = (bavail * bsize) / 1e9;
  if (free < gigabytesNeeded[size])
    throw new Error(`${parent} has ${free.toFixed(1)} GB free; --size ${size} needs ${gigabytesNeeded[size]} GB`);
  const directory = join(parent, `${prefix}${randomBytes(3).toString('hex')}`);
  mkdirSync(directory, { mode: 0o711 });
  writeFileSync(join(directory, 'owner'), JSON.stringify(markProcess(process.pid)));
  return {
    directory,
    keep: () => writeFileSync(join(directory, 'kept'), ''),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Ends and removes what earlier runs left: kept ones, and killed ones. Runs that still go on are left alone. Answers how many it ended. */
export async function endFormerRuns(): Promise<number> {
  let ended = 0;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    const directory = join(parent, name);
    const owner = ownerOf(directory);
    if (owner !== undefined && !existsSync(join(directory, 'kept'))) continue;
    if (owner !== undefined) {
      await endKept(owner);
      ended += 1;
    }
    rmSync(directory, { recursive: true, force: true });
  }
  return ended;
}

/** The process of a run, where it still goes on. */
function ownerOf(directory: string): ProcessMark | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(directory, 'owner'), 'utf8')) as ProcessMark;
    return goesOn(owner) ? owner : undefined;
  } catch {
    // A run that was killed before it had written down who it is.
    return undefined;
  }
}

function goesOn(owner: ProcessMark): boolean {
  try {
    return markProcess(owner.pid).startedAt === owner.startedAt;
  } catch {
    // No such process.
    return false;
  }
}

/** It takes down its hosts itself; they end with it in any case. */
async function endKept(owner: ProcessMark): Promise<void> {
  process.kill(owner.pid, 'SIGTERM');
  for (let waited = 0; waited < PARTING_MS && goesOn(owner); waited += 100) await sleep(100);
  await endProcess(owner);
}
