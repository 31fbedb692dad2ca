import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { durably } from './transaction.ts';

/** Something that is not as it should be, and since when. */
export interface Alert {
  /** Empty where it is about the storage itself. */
  readonly environment: string;
  readonly condition: string;
  readonly since: string;
  /** When someone was told last. */
  readonly toldAt: string;
  readonly reminders: number;
  /** How often it was met. */
  readonly times: number;
  /** JSON, of whoever watches. */
  readonly facts: string;
}

/** How full the storage was at a moment. */
export interface StorageSample {
  readonly takenAt: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** When an environment's newest backup began, and its job from beginning to end where that is known. */
export interface LastBackup {
  readonly environment: string;
  readonly id: string;
  readonly takenAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** What is remembered for those who watch over the backups. */
export interface WatchStore {
  /** Does all of the work in one transaction, or nothing of it. */
  atomically(work: () => void): void;
  /** Ids of jobs that ended and were not looked at yet, in the order of their beginning. */
  untoldJobs(limit: number): string[];
  toldOf(job: string): void;
  /** Whether another job repeats an environment's job, or has. */
  isRepeated(environment: string, job: string): boolean;
  /** All of them, but for one condition where that is named. */
  alerts(except?: string): Alert[];
  alert(environment: string, condition: string): Alert | undefined;
  saveAlert(alert: Alert): void;
  closeAlert(environment: string, condition: string): void;
  /** How many jobs run, and how many wait. */
  openJobs(): { readonly running: number; readonly queued: number };
  countEnded(kind: string, outcome: string): void;
  endedCounts(): { readonly kind: string; readonly outcome: string; readonly number: number }[];
  succeeded(environment: string, backup: string, startedAt: string, endedAt: string): void;
  /** The newest backup of each environment that has one. */
  lastBackups(): LastBackup[];
  lastBackup(environment: string): LastBackup | undefined;
  addSample(sample: StorageSample): void;
  /** Oldest first. */
  samples(): StorageSample[];
  forgetSamples(before: string): void;
}

function alertOf(row: Record<string, SQLOutputValue>): Alert {
  return {
    environment: String(row.environment),
    condition: String(row.condition),
    since: String(row.since),
    toldAt: String(row.told_at),
    reminders: Number(row.reminders),
    times: Number(row.times),
    facts: String(row.facts),
  };
}

const textOr = (value: SQLOutputValue | undefined) => (value == null ? null : String(value));

function lastOf(row: Record<string, SQLOutputValue>): LastBackup {
  return {
    environment: String(row.environment),
    id: String(row.id),
    takenAt: String(row.taken_at),
    startedAt: textOr(row.started_at),
    endedAt: textOr(row.ended_at),
  };
}

/** Each job that ends is written down by the database itself, with its end: whoever dies then, its news is not lost. */
const NOTE_ENDS = `CREATE TEMP TRIGGER IF NOT EXISTS note_ends AFTER UPDATE OF ended_at ON main.jobs
  WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL
  BEGIN INSERT OR IGNORE INTO untold_jobs VALUES (NEW.id); END`;

/** The watch of a catalog. From here on the ends of jobs are written down. */
export function watchStore(database: DatabaseSync): WatchStore {
  database.exec(NOTE_ENDS);
  const untold = database.prepare(
    'SELECT job FROM untold_jobs LEFT JOIN jobs ON jobs.id = untold_jobs.job ORDER BY jobs.ended_at, job LIMIT ?',
  );
  const told = database.prepare('DELETE FROM untold_jobs WHERE job = ?');
  const repetition = database.prepare('SELECT 1 FROM jobs WHERE environment = ? AND repeats = ?');
  const all = database.prepare('SELECT * FROM alerts WHERE condition <> ? ORDER BY environment, condition');
  const one = database.prepare('SELECT * FROM alerts WHERE environment = ? AND condition = ?');
  const save = database.prepare('INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?)');
  const close = database.prepare('DELETE FROM alerts WHERE environment = ? AND condition = ?');
  const running = database.prepare(`SELECT count(*) AS number FROM jobs WHERE state = 'running'`);
  const queued = database.prepare(`SELECT count(*) AS number FROM jobs WHERE state = 'queued'`);
  const count = database.prepare(
    'INSERT INTO ended_jobs VALUES (?, ?, 1) ON CONFLICT (kind, outcome) DO UPDATE SET number = number + 1',
  );
  const counts = database.prepare('SELECT * FROM ended_jobs ORDER BY kind, outcome');
  const success = database.prepare('INSERT OR REPLACE INTO last_successes VALUES (?, ?, ?, ?)');
  const newest = (which: string) =>
    database.prepare(
      `SELECT newest.environment, newest.id, newest.taken_at, started_at, ended_at FROM (${which}) AS newest
       LEFT JOIN last_successes ON last_successes.backup = newest.id AND last_successes.environment = newest.environment`,
    );
  const last = newest('SELECT environment, id, max(taken_at) AS taken_at FROM backups GROUP BY environment');
  const lastOne = newest(
    'SELECT environment, id, taken_at FROM backups WHERE environment = ? ORDER BY taken_at DESC, id DESC LIMIT 1',
  );
  const addSample = database.prepare('INSERT OR REPLACE INTO storage_samples VALUES (?, ?, ?)');
  const samples = database.prepare('SELECT * FROM storage_samples ORDER BY taken_at');
  const forgetSamples = database.prepare('DELETE FROM storage_samples WHERE taken_at < ?');
  return {
    atomically: (work) => durably(database, work),
    untoldJobs: (limit) => untold.all(limit).map((row) => String(row.job)),
    toldOf: (job) => void told.run(job),
    isRepeated: (environment, job) => repetition.get(environment, job) !== undefined,
    alerts: (except = '') => all.all(except).map(alertOf),
    alert(environment, condition) {
      const row = one.get(environment, condition);
      return row && alertOf(row);
    },
    saveAlert({ environment, condition, since, toldAt, reminders, times, facts }) {
      save.run(environment, condition, since, toldAt, reminders, times, facts);
    },
    closeAlert: (environment, condition) => void close.run(environment, condition),
    openJobs: () => ({ running: Number(running.get()?.number ?? 0), queued: Number(queued.get()?.number ?? 0) }),
    countEnded: (kind, outcome) => void count.run(kind, outcome),
    endedCounts: () =>
      counts.all().map((row) => ({
        kind: String(row.kind),
        outcome: String(row.outcome),
        number: Number(row.number),
      })),
    succeeded: (environment, backup, startedAt, endedAt) => void success.run(environment, backup, startedAt, endedAt),
    lastBackups: () => last.all().map(lastOf),
    lastBackup(environment) {
      const row = lastOne.get(environment);
      return row && lastOf(row);
    },
    addSample: ({ takenAt, usedBytes, totalBytes }) => void addSample.run(takenAt, usedBytes, totalBytes),
    samples: () =>
      samples.all().map((row) => ({
        takenAt: String(row.taken_at),
        usedBytes: Number(row.used_bytes),
        totalBytes: Number(row.total_bytes),
      })),
    forgetSamples: (before) => void forgetSamples.run(before),
  };
}
