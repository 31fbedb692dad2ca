import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Backup, BackupKind, Manifest } from '../base/words.ts';

/** What a person said of a backup after it was made: a hold, an acceptance, and the snapshot that carries both. */
export interface Note {
  readonly until: string | null;
  readonly acceptedAt: string | null;
  readonly snapshot: string;
}

/** Which backups to list. */
export interface BackupFilter {
  readonly environment?: string;
  readonly limit?: number;
  /** Only those that come after this one in the list, whether it still exists or not. */
  readonly after?: Pick<Backup, 'takenAt' | 'id'>;
}

/** What retention decides on, read without opening any manifest. */
export interface BackupOutline extends Pick<Backup, 'id' | 'takenAt' | 'kind' | 'pinnedUntil'> {
  /** Flagged when it was made, and not accepted since. */
  readonly flagged: boolean;
}

/** The rows of complete backups. */
export interface BackupStore {
  get(id: string): Backup | undefined;
  /** Newest first. */
  list(filter?: BackupFilter): Backup[];
  /** All backups of an environment, newest first. */
  outlines(environment: string): BackupOutline[];
  /** The newest that are no safety backups and not flagged, newest first. */
  good(environment: string, limit: number): Backup[];
  environments(): string[];
  add(manifest: Manifest, snapshot: string, note?: Note): Backup;
  setNote(id: string, note: Note): void;
  remove(id: string): void;
  removeEnvironment(environment: string): void;
  /** Every snapshot that the catalog knows of an environment. */
  knownSnapshots(environment: string): Set<string>;
}

const NEWEST_FIRST = 'ORDER BY taken_at DESC, id DESC';
/** Greater than every moment. */
const BEGINNING = { takenAt: '~', id: '' };

function sum(manifest: Manifest, size: 'bytes' | 'storedBytes'): number {
  return manifest.parts.reduce((total, part) => total + part[size], 0);
}

const textOf = (value: SQLOutputValue | undefined) => (typeof value === 'string' ? value : null);

function backupOf(row: Record<string, SQLOutputValue>): Backup {
  const manifest = JSON.parse(String(row.manifest)) as Manifest;
  return {
    ...manifest,
    pinnedUntil: textOf(row.pinned_until),
    snapshot: String(row.snapshot),
    bytes: sum(manifest, 'bytes'),
    storedBytes: sum(manifest, 'storedBytes'),
    acceptedAt: textOf(row.accepted_at),
  };
}

type OutlineRow = readonly [string, string, BackupKind, string | null, number, string | null];

function outlineOf([id, takenAt, kind, pinnedUntil, flagged, acceptedAt]: OutlineRow): BackupOutline {
  return { id, takenAt, kind, pinnedUntil, flagged: flagged === 1 && acceptedAt === null };
}

/** The backups of a catalog. */
export function backupStore(database: DatabaseSync): BackupStore {
  const one = database.prepare('SELECT * FROM backups WHERE id = ?');
  const all = database.prepare(`SELECT * FROM backups WHERE (taken_at, id) < (?, ?) ${NEWEST_FIRST} LIMIT ?`);
  const own = database.prepare(
    `SELECT * FROM backups WHERE environment = ? AND (taken_at, id) < (?, ?) ${NEWEST_FIRST} LIMIT ?`,
  );
  const outline = database.prepare(
    `SELECT id, taken_at, kind, pinned_until, flagged, accepted_at FROM backups WHERE environment = ? ${NEWEST_FIRST}`,
  );
  outline.setReturnArrays(true);
  const unflagged = database.prepare(
    `SELECT * FROM backups WHERE environment = ? AND kind <> 'safety' AND (flagged = 0 OR accepted_at IS NOT NULL)
     ${NEWEST_FIRST} LIMIT ?`,
  );
  const names = database.prepare('SELECT DISTINCT environment FROM backups');
  const write = database.prepare(
    `INSERT OR REPLACE INTO backups
     (id, environment, taken_at, snapshot, manifest, pinned_until, pin_snapshot, accepted_at, kind, flagged)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const note = database.prepare('UPDATE backups SET pinned_until = ?, accepted_at = ?, pin_snapshot = ? WHERE id = ?');
  const drop = database.prepare('DELETE FROM backups WHERE id = ?');
  const dropAll = database.prepare('DELETE FROM backups WHERE environment = ?');
  const list = ({ environment, limit = -1, after = BEGINNING }: BackupFilter = {}) =>
    environment === undefined
      ? all.all(after.takenAt, after.id, limit)
      : own.all(environment, after.takenAt, after.id, limit);
  return {
    get(id) {
      const row = one.get(id);
      return row && backupOf(row);
    },
    list: (filter) => list(filter).map(backupOf),
    outlines: (environment) => (outline.all(environment) as unknown as OutlineRow[]).map(outlineOf),
    good: (environment, limit) => unflagged.all(environment, limit).map(backupOf),
    environments: () => names.all().map((row) => String(row.environment)),
    add(manifest, snapshot, given) {
      const { id, environment, takenAt, kind, flags = [] } = manifest;
      const [until, acceptedAt] = given ? [given.until, given.acceptedAt] : [manifest.pinnedUntil, null];
      const said = [until, given?.snapshot ?? null, acceptedAt] as const;
      const text = JSON.stringify(manifest);
      write.run(id, environment, takenAt, snapshot, text, ...said, kind, flags.length > 0 ? 1 : 0);
      return backupOf(one.get(id) ?? {});
    },
    setNote: (id, { until, acceptedAt, snapshot }) => void note.run(until, acceptedAt, snapshot, id),
    remove: (id) => void drop.run(id),
    removeEnvironment: (environment) => void dropAll.run(environment),
    knownSnapshots(environment) {
      const rows = list({ environment });
      const notes = rows.flatMap((row) => textOf(row.pin_snapshot) ?? []);
      const rest = rows.map(backupOf).flatMap((backup) => [backup.snapshot, ...backup.parts.map((p) => p.snapshot)]);
      return new Set([...notes, ...rest]);
    },
  };
}
