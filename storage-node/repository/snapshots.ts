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

/** The snapshots that carry our tags, of one backup or of all; what others put there is not seen and so never touched. */
export async function listSnapshots(repository: Repository, backup?: string): Promise<Snapshot[]> {
  const filter = backup === undefined ? [] : ['--tag', `backup=${backup}`];
  const lines = JSON.parse(await restic(repository, ['snapshots', '--json', '--no-lock', ...filter, ...COMMON]));
  return ((lines ?? []) as SnapshotLine[]).flatMap((line) => {
    const tags = readTags(line.tags ?? []);
    return tags ? [{ ...tags, id: line.id, time: line.time, host: line.hostname, paths: line.paths ?? [] }] : [];
  });
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
