import type { JobKind, JobLane, JobRow } from '../../storage-node/base/words.ts';
import type { EndListener, JobWork } from './job.ts';
import type { WaitingPlace } from './waiting.ts';

/** Which flow is to run for whom. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly environment: string;
  readonly requestedBy: string;
}

/** A job for the queue. */
export interface QueuedRequest extends JobRequest {
  readonly lane: JobLane;
  /** What its work is given, as JSON keeps it: enough to run it after a restart too. No secrets. */
  readonly request: object;
  /** The database server that it works on; empty where it works on the storage alone. */
  readonly host: string;
}

/** A job that has begun. */
export interface StartedJob {
  readonly id: string;
  /** The row at the job's end; never rejects. */
  readonly ended: Promise<JobRow>;
}

/**
 * Runs flows as jobs: one at a time per environment and per database server, each with a row that says how it ended.
 * What waits is in the catalog and survives the daemon. It needs no timer: `advance` does what is due.
 */
export interface JobRunner {
  /**
   * Puts a job into the queue; it begins at its turn, at the earliest when the caller has let go. Refused with `job-running`:
   * a manual one while another job of the environment runs (a prune gives way), any other one while its kind runs there, and each
   * where its kind waits there already; but a manual one takes the place of what nobody attends.
   */
  enqueue(request: QueuedRequest): JobRow;
  /** Begins at once, beside the queue. Throws `job-running` when the environment has a job already. A prune gives way. */
  begin(request: JobRequest, work: JobWork): Promise<StartedJob>;
  /** The row at the job's end. Rejects with `interrupted` where the daemon stops before it began. */
  ended(id: string): Promise<JobRow>;
  /** Begins what can begin, ends what is out of time or stands still, forgets old history. Call it every second or so. */
  advance(): void;
  /** Several calls, and what else is written to the catalog meanwhile, as one: all of it holds, or nothing. */
  together<Result>(work: () => Result): Result;
  /**
   * Called for each job as it ends, inside the transaction that ends it: what a listener writes to the catalog holds if and only
   * if the end does. What it throws is logged. It must not wait.
   */
  onEnded(listener: EndListener): void;
  /** What waits, in its order, and why each one does. */
  waiting(): WaitingPlace[];
  /** The row as it stands, with what a running job told since it was last written. */
  look(id: string): JobRow | undefined;
  /** Ends what runs and drops what waits. Answers false when there is no such job. */
  cancel(id: string): boolean;
  /** Cancels what runs and what waits for an environment, and waits until it has ended. */
  cancelAll(environment: string): Promise<void>;
  /**
   * At the daemon's start: what ran under an earlier owner is marked as interrupted, and queued again where it may be.
   * Answers the interrupted jobs that may have left something behind, or been complete: see `settle`.
   */
  recover(): JobRow[];
  /** An interrupted job turned out to have made its backup: it is not repeated. */
  settle(id: string, backup: string): void;
  /** Takes no more jobs and waits; the signal's abort ends the running ones as interrupted. What waits stays in the catalog. */
  stop(atOnce: AbortSignal): Promise<void>;
}
