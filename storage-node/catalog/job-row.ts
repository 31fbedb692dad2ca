import type { SQLOutputValue } from 'node:sqlite';
import type { JobEnd, JobKind, JobLane, JobRow, JobState } from '../base/words.ts';

/** A job that is to wait. `request` is JSON, all that its work needs to run, now or after a restart; no secrets. */
export interface NewJob
  extends Pick<JobRow, 'id' | 'environment' | 'kind' | 'lane' | 'requestedBy' | 'host' | 'queuedAt' | 'readyAt'>,
    Pick<JobRow, 'attempt' | 'repeats'> {
  readonly request: string;
}

/** Who runs a job from when on. `owner` names the daemon's run, so that a successor knows whose jobs are dead. */
export interface JobStart {
  readonly owner: string;
  readonly startedAt: string;
  readonly deadlineAt?: string;
}

/** A job that begins at once and of which nothing is kept to run it again. */
export interface AttendedJob extends JobStart, Pick<JobRow, 'id' | 'environment' | 'kind' | 'requestedBy'> {}

/** What may change while a job runs. */
export type JobChange = Partial<Pick<JobRow, 'step' | 'bytes' | 'warnings' | 'backup'>>;

/** How a job ended. */
export interface JobOutcome extends JobChange, Partial<Pick<JobRow, 'error'>> {
  readonly state: JobEnd;
  readonly endedAt: string;
}

/** Which jobs to list. */
export interface JobFilter {
  readonly environment?: string;
  /** Only those that wait, or only the others; both where not given. */
  readonly waiting?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/** A row of the table as the rest of the program sees it. */
export function rowOf(row: Record<string, SQLOutputValue>): JobRow {
  const text = (value: SQLOutputValue | undefined) => (value == null ? null : String(value));
  return {
    id: String(row.id),
    environment: String(row.environment),
    kind: String(row.kind) as JobKind,
    state: String(row.state) as JobState,
    lane: String(row.lane) as JobLane,
    requestedBy: String(row.requested_by),
    host: String(row.host),
    attempt: Number(row.attempt),
    repeats: text(row.repeats),
    queuedAt: String(row.queued_at),
    readyAt: String(row.ready_at),
    startedAt: text(row.started_at),
    endedAt: text(row.ended_at),
    deadlineAt: text(row.deadline_at),
    step: String(row.step),
    bytes: Number(row.bytes),
    backup: text(row.backup),
    error: row.error == null ? null : JSON.parse(String(row.error)),
    warnings: row.warnings === '[]' ? [] : JSON.parse(String(row.warnings)),
  };
}
