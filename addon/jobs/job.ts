import type { JobKind, JobRow, JobState } from '../../storage-node/base/words.ts';

/** What a running flow sees of its job: when to stop, and how to say what it does. */
export interface Job {
  readonly id: string;
  readonly environment: string;
  /** Aborts with the reason: cancelled, out of time, or the daemon is going. */
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

/** What the catalog keeps of jobs. Its rules hold against other processes too, not only against this one. */
export interface JobStore {
  /** Throws `job-running` when the environment has a running job. */
  begin(job: {
    readonly id: string;
    readonly environment: string;
    readonly kind: JobKind;
    readonly requestedBy: string;
    readonly startedAt: string;
    readonly owner: string;
  }): JobRow;
  update(id: string, change: { step?: string; bytes?: number; warnings?: readonly string[] }): void;
  /** Only a running row can end. */
  end(
    id: string,
    outcome: {
      readonly state: Exclude<JobState, 'running'>;
      readonly endedAt: string;
      readonly error?: JobRow['error'];
      readonly backup?: string;
      readonly warnings?: readonly string[];
    },
  ): JobRow;
  /** Marks running rows of other owners as interrupted, and answers them. */
  interruptOthers(owner: string, at: string): JobRow[];
  get(id: string): JobRow | undefined;
  list(filter?: { environment?: string; limit?: number; offset?: number }): JobRow[];
}
