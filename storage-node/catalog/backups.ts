import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Backup, Manifest } from '../base/words.ts';

/** A pin set after the backup was made: the snapshot that carries it. */
export interface Pin {
  readonly until: string | null;
  readonly snapshot: string;
}

/** Which backups to list. */
export interface BackupFilter {
  readonly environment?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** The rows of complete backups. */
export interface BackupStore {
  get(id: string): Backup | undefined;
  /** Newest first. */
  list(filter?: BackupFilter): Backup[];
  add(manifest: Manifest, snapshot: string, pin?: Pin): Backup;
  setPin(id: string, pin: Pin): void;
  remove(id: string): void;
  removeEnvironment(environment: string): void;
  /** Every snapshot that the catalog knows of an environment. */
  knownSnapshots(environment: string): Set<string>;
}

function sum(manifest: Manifest, size: 'bytes' | 'storedBytes'): number {
  return manifest.parts.reduce((total, part) => total + part[size], 0);
}

function backupOf(row: Record<string, SQLOutputValue>): Backup {
  const manifest = JSON.parse(String(row.manifest)) as Manifest;
  return {
    ...manifest,
    pinnedUntil: row.pinned_until === null ? null : String(row.pinned_until),
    snapshot: String(row.snapshot),
    bytes: sum(manifest, 'bytes'),
    storedBytes: sum(manifest, 'storedBytes'),
  };
}

/** The backups of a catalog. */
export function backupStore(database: DatabaseSync): BackupStore {
  const one = database.prepare('SELECT * FROM backups WHERE id = ?');
  const some = database.prepare(
    'SELECT * FROM backups WHERE ?1 IS NULL OR environment = ?1 ORDER BY taken_at DESC, id DESC LIMIT ?2 OFFSET ?3',
  );
  const write = database.prepare('INSERT OR REPLACE INTO backups VALUES (?, ?, ?, ?, ?, ?, ?)');
  const pin = database.prepare('UPDATE backups SET pinned_until = ?, pin_snapshot = ? WHERE id = ?');
  const drop = database.prepare('DELETE FROM backups WHERE id = ?');
  const dropAll = database.prepare('DELETE FROM backups WHERE environment = ?');
  const read = (id: string) => {
    const row = one.get(id);
    return row && backupOf(row);
  };
  return {
    get: read,
    list: ({ environment, limit = -1, offset = 0 } = {}) => some.all(environment ?? null, limit, offset).map(backupOf),
    add(manifest, snapshot, given) {
      const { id, environment, takenAt } = manifest;
      const until = given === undefined ? manifest.pinnedUntil : given.until;
      write.run(id, environment, takenAt, snapshot, JSON.stringify(manifest), until, given?.snapshot ?? null);
      return backupOf(one.get(id) ?? {});
    },
    setPin: (id, { until, snapshot }) => void pin.run(until, snapshot, id),
    remove: (id) => void drop.run(id),
    removeEnvironment: (environment) => void dropAll.run(environment),
    knownSnapshots(environment) {
      const rows = some.all(environment, -1, 0);
      const pins = rows.flatMap((row) => (row.pin_snapshot === null ? [] : [String(row.pin_snapshot)]));
      const rest = rows.map(backupOf).flatMap((backup) => [backup.snapshot, ...backup.parts.map((p) => p.snapshot)]);
      return new Set([...pins, ...rest]);
    },
  };
}
