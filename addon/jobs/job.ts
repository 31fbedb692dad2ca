import type { JobKind, JobRow } from '../../storage-node/base/words.ts';

/** What a running flow sees of its job: when to stop, and how to say what it does. */
export interface Job {
  readonly id: string;
  readonly environment: string;
  /** Aborts with the reason: cancelled, out of time, stalled, or the daemon is going. */
  readonly signal: AbortSignal;
  /** What goes on now, in words for people. */
  tell(step: string): void;
  /** How many bytes have passed so far. */
  moved(bytes: number): void;
  /** Something a person should know although the job goes on. */
  warn(text: string): void;
  /** A line for the job's own log. */
  log(line: string): void;
}

/** What a flow answers to its job: the backup that it made or used, where there is one. */
export interface JobResult {
  readonly backup?: string;
}

/** A flow with a listener of its own: runs once, attended, and is not run again after a restart. */
export type JobWork = (job: Job) => Promise<JobResult>;

/** The flows that wait in the queue, by kind. Each is given what was asked for, as the catalog kept it. */
export type JobWorks = Partial<Readonly<Record<JobKind, (request: unknown, job: Job) => Promise<JobResult>>>>;

/** Learns of a job that has ended, and of the row that will repeat it where one will. */
export type EndListener = (row: JobRow, retry: JobRow | undefined) => void;
