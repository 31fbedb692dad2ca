import { AddonError } from '../base/errors.ts';
import type { EngineName, Part } from '../base/words.ts';
import { type Role, tagsOf } from './tags.ts';

/** What every restic process of ours is told: where its key comes from, and to keep nothing outside the repository. */
export const COMMON: readonly string[] = ['--password-file', '/dev/fd/3', '--no-cache'];

/** What one part's snapshot is to be. */
export interface WriteRequest {
  readonly environment: string;
  readonly backup: string;
  readonly role: Role;
  readonly engine: EngineName | '';
  readonly file: string;
}

/** Arguments that store stdin as one file of a tagged snapshot. */
export function writeArguments(request: WriteRequest): readonly string[] {
  if (!/^[^/\0]+$/.test(request.file)) throw new AddonError('bug', `file name ${request.file} is a path`);
  return [
    ...['backup', '--stdin', '--stdin-filename', request.file, '--host', request.environment],
    ...tagsOf(request).flatMap((tag) => ['--tag', tag]),
    ...['--json', '--compression', 'auto', ...COMMON],
  ];
}

/** Arguments that write one file of a snapshot to stdout, without a lock: a reader must not have to write. */
export function readArguments(request: { readonly snapshot: string; readonly file: string }): readonly string[] {
  return ['dump', '--no-lock', ...COMMON, '--', request.snapshot, `/${request.file}`];
}

/** The role of a part. */
export function roleOf(part: Pick<Part, 'name' | 'kind'>): Role {
  return part.kind === 'globals' ? { kind: 'globals' } : { kind: 'database', name: part.name };
}

interface SummaryLine {
  readonly message_type?: string;
  readonly snapshot_id?: string;
  readonly total_bytes_processed?: number;
  readonly data_added?: number;
  readonly data_added_packed?: number;
}

function parseLine(line: string): SummaryLine | undefined {
  try {
    return JSON.parse(line) as SummaryLine;
  } catch {
    // Restic mixes plain lines into its JSON.
    return undefined;
  }
}

/** What restic says of a snapshot it made. `storedBytes` is before compression where restic knows no better (0.14). */
export function readSummary(stdout: string): { snapshot: string; bytes: number; storedBytes: number } {
  const summary = stdout
    .split('\n')
    .map(parseLine)
    .findLast((line) => line?.message_type === 'summary');
  if (summary?.snapshot_id === undefined || summary.total_bytes_processed === undefined) {
    if (/no space left|quota exceeded/i.test(stdout)) throw new AddonError('storage-full', 'storage has no space left');
    throw new AddonError('dump-failed', 'restic ended without saying which snapshot it made');
  }
  return {
    snapshot: summary.snapshot_id,
    bytes: summary.total_bytes_processed,
    storedBytes: summary.data_added_packed ?? summary.data_added ?? 0,
  };
}
