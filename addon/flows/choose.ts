import { displayTime } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Backup, Part } from '../../storage-node/base/words.ts';
import type { StorageNode } from '../../storage-node/index.ts';

/** Which backup is meant: whose (`from`; the environment's own where empty), and its id, display time or name, or `latest`. */
export interface Wanted {
  readonly environment: string;
  readonly from: string;
  readonly backup: string;
}

/** The backup that a request means. Throws `backup-unknown`, or `request-invalid` when several answer to the name. */
export function findBackup(storage: StorageNode, request: Wanted): Backup {
  const source = request.from === '' ? request.environment : request.from;
  assertSameOwner(storage, request.environment, source);
  const all = storage.backups.list({ environment: source });
  if (request.backup === 'latest') {
    const newest = all.find((backup) => backup.kind !== 'safety');
    if (newest !== undefined) return newest;
  }
  const meant = all.filter(
    (backup) =>
      backup.id === request.backup ||
      displayTime(new Date(backup.takenAt)) === request.backup ||
      backup.name === request.backup,
  );
  const exact = meant.find((backup) => backup.id === request.backup) ?? (meant.length === 1 ? meant[0] : undefined);
  if (exact !== undefined) return exact;
  const named = `environment ${source} has ${meant.length === 0 ? 'no backup' : 'several backups'} ${JSON.stringify(request.backup)}`;
  const hint = `see: dbbackup list ${source}`;
  throw new AddonError(meant.length === 0 ? 'backup-unknown' : 'request-invalid', named, { hint });
}

function assertSameOwner(storage: StorageNode, target: string, source: string): void {
  if (target === source) return;
  const ours = storage.environments.get(target);
  const theirs = storage.environments.get(source);
  if (theirs === undefined || ours?.owner !== theirs.owner) {
    throw new AddonError(
      'environment-unknown',
      `environment ${JSON.stringify(source)} has no backups that ${target} may use`,
    );
  }
}

/** The parts to bring back: the named databases, or everything. Throws `request-invalid` naming what the backup lacks. */
export function chosenParts(backup: Backup, databases: readonly string[]): readonly Part[] {
  if (databases.length === 0) return backup.parts;
  const held = backup.parts.filter((part) => part.kind === 'database');
  const absent = databases.filter((name) => !held.some((part) => part.name === name));
  if (absent.length > 0) {
    const names = absent.map((name) => JSON.stringify(name)).join(', ');
    const hint = `it holds: ${held.map((part) => JSON.stringify(part.name)).join(', ')}.`;
    throw new AddonError('request-invalid', `backup ${backup.id} does not hold ${names}`, { hint });
  }
  return held.filter((part) => databases.includes(part.name));
}
