import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AddonError } from '../base/errors.ts';
import type { Manifest } from '../base/words.ts';
import type { Repository } from '../repository/restic.ts';
import { type Snapshot, snapshotIds } from '../repository/snapshots.ts';

/** Name of the file in a manifest snapshot. */
export const MANIFEST_FILE = 'manifest.json';
/** Name of the file in a pin snapshot. */
export const PIN_FILE = 'pin.json';

const folderOf = (repository: Repository) => join(repository.path, 'snapshots');

/** The whole id of a snapshot that restic named by its beginning. */
export function wholeId(repository: Repository, beginning: string): string {
  const found = snapshotIds(repository).filter((id) => id.startsWith(beginning));
  const [id] = found;
  if (id === undefined || found.length > 1)
    throw new AddonError('backup-unverified', `snapshot ${beginning} is ${found.length} times in the repository`);
  return id;
}

/**
 * Whether this daemon wrote the snapshot. A database node knows its repository's key, so it could forge a manifest; but whatever a
 * session writes is sealed under another owner, and only the daemon's own files are root's.
 */
export function isOurs(repository: Repository, snapshot: Pick<Snapshot, 'id'>): boolean {
  return statSync(join(folderOf(repository), snapshot.id)).uid === 0;
}

/** Reads a manifest; undefined where the text is none, or is not about this backup. */
export function parseManifest(text: string, snapshot: Snapshot): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const isWhole =
      manifest.format === 1 &&
      manifest.id === snapshot.backup &&
      manifest.environment === snapshot.environment &&
      Number.isFinite(Date.parse(manifest.takenAt)) &&
      manifest.parts.length > 0 &&
      manifest.parts.every((part) => typeof part.snapshot === 'string' && Number.isFinite(part.bytes));
    return isWhole ? manifest : undefined;
  } catch {
    // Not JSON, or of another shape.
    return undefined;
  }
}
