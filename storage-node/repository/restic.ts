import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type RunResult, run } from '../base/run.ts';
import { COMMON, readArguments, readSummary, type WriteRequest, writeArguments } from './commands.ts';
import { writeDurably } from './durable.ts';
import { explainFailure } from './explain.ts';
import { lighten } from './key-file.ts';

/** A repository on this node's own disk, and what opens it. */
export interface Repository {
  readonly path: string;
  readonly key: string;
}

interface Limits {
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs restic on a local repository and answers how it ended, whatever the exit status. */
export function attempt(repository: Repository, args: readonly string[], limits: Limits = {}): Promise<RunResult> {
  return run(['restic', '--repo', repository.path, ...args], { ...limits, secret: repository.key });
}

/** Runs restic on a local repository; answers its stdout, and rejects with the reason when it fails. */
export async function restic(repository: Repository, args: readonly string[], limits: Limits = {}): Promise<string> {
  const outcome = await attempt(repository, args, limits);
  if (outcome.exitCode !== 0) throw explainFailure(outcome);
  return outcome.stdout;
}

/** Makes a new repository in the folder, with a key that is quick to open. */
export async function initialise(repository: Repository): Promise<void> {
  await restic(repository, ['init', '--repository-version', '2', ...COMMON]);
  const keys = join(repository.path, 'keys');
  for (const name of readdirSync(keys)) {
    const light = lighten(readFileSync(join(keys, name)), repository.key);
    writeDurably(join(keys, light.name), light.content);
    rmSync(join(keys, name));
  }
  await assertOpens(repository);
}

/** Rejects unless the key opens the repository. */
export async function assertOpens(repository: Repository): Promise<void> {
  await restic(repository, ['cat', 'config', '--no-lock', ...COMMON]);
}

/** Stores a text as a snapshot; answers the snapshot's id as restic abbreviates it. */
export async function writeText(repository: Repository, request: WriteRequest, text: string): Promise<string> {
  return readSummary(await restic(repository, writeArguments(request), { input: text })).snapshot;
}

/** The text of one file of a snapshot. */
export function readText(repository: Repository, snapshot: string, file: string): Promise<string> {
  return restic(repository, readArguments({ snapshot, file }));
}

/** Drops snapshots by their ids; their data stays until the next prune. */
export async function forget(repository: Repository, snapshots: readonly string[]): Promise<void> {
  if (snapshots.length > 0) await restic(repository, ['forget', ...COMMON, '--', ...snapshots]);
}

/**
 * Removes every lock. Only right after the fence, when nobody can hold one. As restic's `unlock --remove-all`, but without opening the
 * repository, and half-written locks go too.
 */
export function removeLocks(repository: Repository): void {
  const locks = join(repository.path, 'locks');
  for (const name of readdirSync(locks)) rmSync(join(locks, name), { recursive: true, force: true });
}

/** Gives back the space of forgotten snapshots. */
export async function prune(repository: Repository, signal: AbortSignal): Promise<void> {
  await restic(repository, ['prune', ...COMMON], { signal });
}
