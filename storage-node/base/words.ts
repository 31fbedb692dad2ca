/** The kinds of database server that can be backed up. `custom` is two commands of the customer's. */
export const ENGINE_NAMES = ['mariadb', 'postgresql', 'redis', 'mongodb', 'custom'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What a part held when its dump began. Rows are counted exactly, at that moment. */
export interface Counts {
  /** Kind of object (`tables`, `views`, `triggers`, `keys`, …) to how many there are. */
  readonly objects: Readonly<Record<string, number>>;
  /** Table (collection, logical database) to its rows. */
  readonly rows: Readonly<Record<string, number>>;
}

/** One stream of a backup: a database, or the server's accounts. */
export interface Part {
  /** The database's own name, unchanged; `globals` where `kind` says so. */
  readonly name: string;
  readonly kind: 'globals' | 'database';
  /** Name of the one file inside the part's snapshot. */
  readonly file: string;
  /** Id of the part's snapshot, 64 hex digits. */
  readonly snapshot: string;
  /** Length of the stream. */
  readonly bytes: number;
  /** What the repository grew by. */
  readonly storedBytes: number;
  readonly seconds: number;
  readonly counts: Counts | null;
}

/** Why a backup was taken. */
export type BackupKind = 'manual' | 'scheduled' | 'safety';

/** What a manifest snapshot holds: all there is to know of a backup, so that a catalog can be rebuilt from it. */
export interface Manifest {
  readonly format: 1;
  /** `20261120T020000Z-3f9a1c`: sorts by time. */
  readonly id: string;
  readonly environment: string;
  /** UTC, ISO 8601: when the backup began. */
  readonly takenAt: string;
  /** The user's own name for it, at most 64 characters; empty where none was given. */
  readonly name: string;
  readonly description: string;
  readonly kind: BackupKind;
  /** Who or what asked for it: `user`, `schedule`, `restore <id>`. */
  readonly requestedBy: string;
  readonly engine: EngineName;
  readonly serverVersion: string;
  readonly transport: 'mount' | 'channel';
  readonly parts: readonly Part[];
  readonly warnings: readonly string[];
  /** UTC, ISO 8601: retention leaves it alone until then; null where it may go at any time. */
  readonly pinnedUntil: string | null;
  /** What fell so far against the last good backup that it looks like a loss, from what to what; absent where nothing did. */
  readonly flags?: readonly string[];
}

/** A complete backup as the catalog lists it. */
export interface Backup extends Manifest {
  /** Snapshot of the manifest: its presence is what makes the backup exist. */
  readonly snapshot: string;
  readonly bytes: number;
  readonly storedBytes: number;
  /** UTC, ISO 8601: when a person said that a flagged backup is good; null where nobody did. */
  readonly acceptedAt: string | null;
}

/** The flows that run as jobs. */
export const JOB_KINDS = ['backup', 'restore', 'prune', 'check', 'configure', 'uninstall'] as const;
export type JobKind = (typeof JOB_KINDS)[number];
/** How a job stands, or how it ended. It goes from queued to running or cancelled, from running to an end, and nowhere else. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;
export type JobState = (typeof JOB_STATES)[number];
/** How a job ends that has run. */
export type JobEnd = Exclude<JobState, 'queued' | 'running'>;
/** Who waits for a job, in the order in which they are served: a person, a schedule, nobody. */
export const JOB_LANES = ['manual', 'scheduled', 'upkeep'] as const;
export type JobLane = (typeof JOB_LANES)[number];

/** One run of a flow, as the catalog keeps it. Moments are UTC, ISO 8601. */
export interface JobRow {
  readonly id: string;
  readonly environment: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly lane: JobLane;
  readonly requestedBy: string;
  /** The database server that it works on, which takes one job at a time; empty where it works on the storage alone. */
  readonly host: string;
  /** 1, or one more than that of the job it repeats. */
  readonly attempt: number;
  /** The job that it repeats. */
  readonly repeats: string | null;
  readonly queuedAt: string;
  /** Not to begin before then: a retry waits. */
  readonly readyAt: string;
  /** Null while it waits, and where it was cancelled before it began. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When it is ended as out of time. */
  readonly deadlineAt: string | null;
  /** What it does now, in words for people: `dumping shop (2 of 5)`. */
  readonly step: string;
  /** Bytes that have passed so far. */
  readonly bytes: number;
  /** Backup made, or restored from. */
  readonly backup: string | null;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
  readonly warnings: readonly string[];
}
