import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMON } from './commands.ts';
import { type Repository, restic } from './restic.ts';
import { readTags, type Tags } from './tags.ts';

/** One snapshot of ours as the repository holds it. */
export interface Snapshot extends Tags {
  readonly id: string;
  readonly time: string;
  readonly host: string;
  readonly paths: readonly string[];
}

interface SnapshotLine {
  readonly id: string;
  readonly time: string;
  readonly hostname: string;
  readonly paths: readonly string[] | null;
  readonly tags?: readonly string[] | null;
}

interface FindLine {
  readonly snapshot: string;
  readonly matches: readonly { readonly path: string; readonly type: string; readonly size?: number }[];
}

async function query(repository: Repository, backups: readonly string[]): Promise<SnapshotLine[]> {
  const filter = backups.flatMap((backup) => ['--tag', `backup=${backup}`]);
  const text = await restic(repository, ['snapshots', '--json', '--no-lock', ...filter, ...COMMON]);
  return (JSON.parse(text) ?? []) as SnapshotLine[];
}

function ours(lines: readonly SnapshotLine[]): Snapshot[] {
  return lines.flatMap((line) => {
    const tags = readTags(line.tags ?? []);
    return tags ? [{ ...tags, id: line.id, time: line.time, host: line.hostname, paths: line.paths ?? [] }] : [];
  });
}

/** The snapshots of some backups. */
export async function listSnapshots(repository: Repository, backups: readonly string[]): Promise<Snapshot[]> {
  return backups.length === 0 ? [] : ours(await query(repository, backups));
}

/** Ids of all snapshots in the repository, read from the folder: no opening, no time. */
export function snapshotIds(repository: Repository): string[] {
  return readdirSync(join(repository.path, 'snapshots')).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/**
 * All snapshots that carry our tags; what others put there is not seen and so never touched. Restic passes over damaged ones
 * without a word, so they are counted in the folder.
 */
export async function listAllSnapshots(
  repository: Repository,
): Promise<{ readonly snapshots: Snapshot[]; readonly unreadable: readonly string[] }> {
  const lines = await query(repository, []);
  const read = new Set(lines.map((line) => line.id));
  return { snapshots: ours(lines), unreadable: snapshotIds(repository).filter((id) => !read.has(id)) };
}

/** Snapshot id to its files with their sizes, for all snapshots of one backup by one opening of the repository. */
export async function listFiles(repository: Repository, backup: string): Promise<Map<string, Map<string, number>>> {
  const filter = ['--tag', `backup=${backup}`];
  const text = await restic(repository, ['find', '--json', '--no-lock', ...filter, ...COMMON, '--', '*']);
  const lines = JSON.parse(text.trim() === '' ? '[]' : text) as FindLine[];
  return new Map(
    lines.map((line) => [line.snapshot, new Map(line.matches.map((match) => [match.path, match.size ?? 0]))]),
  );
}
