import { chownSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AddonError } from '../base/errors.ts';
import { run } from '../base/run.ts';

/** One environment's folder, and the account that its file server runs under: a uid that nothing else has. */
export interface Folder {
  readonly path: string;
  readonly uid: number;
}

const FIRST_UID = 20_000;

/** Owner of what a session wrote, once sealed. No session ever runs under it; what the daemon itself wrote stays root's. */
export const SEALED_UID = 19_999;

/** The folder with the account that its group names. A folder without such a group is not yet ours. */
export function openFolder(path: string): Folder {
  return { path, uid: statSync(path).gid };
}

/** Whether the folder has an account of its own. */
export function isSettled(folder: Folder): boolean {
  return folder.uid >= FIRST_UID;
}

/** Reserves the next free account by giving it a folder. Nothing is awaited in between, so two can never get the same. */
export function reserveFolder(repositories: string, path: string): Folder {
  const taken = readdirSync(repositories).map((name) => statSync(join(repositories, name)).gid);
  const uid = Math.max(FIRST_UID - 1, ...taken) + 1;
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
  chownSync(path, 0, uid);
  return { path, uid };
}

/**
 * Gives a folder that no session has touched yet its lasting shape: all root's, readable by the group; directories in which
 * the group may add, but only owners may rename or remove (sticky), and in which new files get the same group.
 */
export async function settle(folder: Folder): Promise<void> {
  await must(['chown', '--recursive', '--no-dereference', `0:${folder.uid}`, '.'], folder);
  await must(
    [
      'find',
      '.',
      '-type',
      'd',
      '-exec',
      'chmod',
      '3770',
      '{}',
      '+',
      '-o',
      '-type',
      'f',
      '-exec',
      'chmod',
      '0440',
      '{}',
      '+',
    ],
    folder,
  );
}

/** Runs a program in the folder; rejects when it fails. */
export async function must(argv: readonly string[], folder: Folder): Promise<string> {
  const outcome = await run(argv, { cwd: folder.path });
  if (outcome.exitCode !== 0)
    throw new AddonError('storage-failed', `${argv[0]} failed in ${folder.path}: ${outcome.stderr.trim().slice(-300)}`);
  return outcome.stdout;
}

/** Bytes of all files in the folder. */
export async function folderBytes(path: string): Promise<number> {
  const outcome = await run(['du', '--summarize', '--bytes', '--', path]);
  if (outcome.exitCode !== 0)
    throw new AddonError('storage-failed', `cannot measure ${path}: ${outcome.stderr.trim()}`);
  return Number.parseInt(outcome.stdout, 10);
}
