import type { JobEnd, JobKind, JobLane, JobRow } from '../../storage-node/base/words.ts';

type JobError = NonNullable<JobRow['error']>;

/** A job that is to wait. */
export interface NewRow {
  readonly id: string;
  readonly environment: string;
  readonly kind: JobKind;
  readonly lane: JobLane;
  readonly requestedBy: string;
  /** JSON, all that its work needs. */
  readonly request: string;
  readonly host: string;
  readonly attempt: number;
  readonly repeats: string | null;
  readonly queuedAt: string;
  readonly readyAt: string;
}

interface Start {
  readonly owner: string;
  readonly startedAt: string;
  readonly deadlineAt?: string;
}

/** How a job ended, with the last that it told. */
export interface Outcome {
  readonly state: JobEnd;
  readonly endedAt: string;
  readonly error?: JobError;
  readonly backup?: string;
  readonly step?: string;
  readonly bytes?: number;
  readonly warnings?: readonly string[];
}

/** What the catalog keeps of jobs. Its rules hold against other processes too, not only against this one. */
export interface JobStore {
  /** Several writes as one: all of them hold, or none. */
  together<Result>(work: () => Result): Result;
  /** Throws `job-running` when a job of this kind waits in the environment already. */
  add(row: NewRow): JobRow;
  /** Queued → running. Throws `job-running` when the environment has a running job. */
  start(id: string, start: Start): JobRow & { readonly request: string };
  /** Both in one, for a job that is not kept to be run again. */
  begin(job: Start & Pick<JobRow, 'id' | 'environment' | 'kind' | 'requestedBy'>): JobRow;
  requestOf(id: string): string;
  update(id: string, change: { step?: string; bytes?: number; warnings?: readonly string[] }): void;
  /** Only a running row can end. */
  end(id: string, outcome: Outcome): JobRow;
  /** Queued → cancelled. */
  drop(id: string, reason: JobError, at: string): JobRow;
  /** Marks running rows of other owners as interrupted, and answers them. */
  interruptOthers(owner: string, at: string): JobRow[];
  /** Notes the backup that an interrupted job had completed after all. */
  noteBackup(id: string, backup: string): void;
  get(id: string): JobRow | undefined;
  list(filter?: { environment?: string; waiting?: boolean; limit?: number; offset?: number }): JobRow[];
  forgetBefore(moment: string, limit: number): string[];
}
