import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { AddonError } from '../base/errors.ts';
import type { JobKind, JobRow, JobState } from '../base/words.ts';

/** A job that is about to run. `owner` names the daemon's run, so that a successor knows whose jobs are dead. */
export interface NewJob extends Pick<JobRow, 'id' | 'environment' | 'kind' | 'requestedBy' | 'startedAt'> {
  readonly owner: string;
}

/** What may change while a job runs. */
export type JobChange = Partial<Pick<JobRow, 'step' | 'bytes' | 'warnings' | 'backup'>>;

/** How a job ended. */
export interface JobOutcome extends Partial<Pick<JobRow, 'error' | 'backup' | 'warnings'>> {
  readonly state: Exclude<JobState, 'running'>;
  readonly endedAt: string;
}

/** Which jobs to list. */
export interface JobFilter {
  readonly environment?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** The rows of jobs. */
export interface JobStore {
  /** Rejects with `job-running` when the environment has a running job. */
  begin(job: NewJob): JobRow;
  /** Changes a running job that was begun here; does nothing to any other. */
  update(id: string, change: JobChange): void;
  /** Ends a running job that was begun here; rejects for any other. */
  end(id: string, outcome: JobOutcome): JobRow;
  /** Running jobs of other owners are dead: they become `interrupted`. */
  interruptOthers(owner: string, at: string): JobRow[];
  get(id: string): JobRow | undefined;
  isRunning(environment: string): boolean;
  /** Newest first. */
  list(filter?: JobFilter): JobRow[];
  /** Drops the history of an environment. */
  forget(environment: string): void;
}

function rowOf(row: Record<string, SQLOutputValue>): JobRow {
  return {
    id: String(row.id),
    environment: String(row.environment),
    kind: String(row.kind) as JobKind,
    state: String(row.state) as JobState,
    requestedBy: String(row.requested_by),
    startedAt: String(row.started_at),
    endedAt: row.ended_at === null ? null : String(row.ended_at),
    step: String(row.step),
    bytes: Number(row.bytes),
    backup: row.backup === null ? null : String(row.backup),
    error: row.error === null ? null : JSON.parse(String(row.error)),
    warnings: JSON.parse(String(row.warnings)),
  };
}

const INTERRUPTED = {
  code: 'interrupted',
  message: 'the daemon ended while the job ran',
  hint: 'nothing of it was kept; run it again.',
};

/** The jobs of a catalog. */
export function jobStore(database: DatabaseSync): JobStore {
  const ours = new Map<string, string>();
  const json = (value: unknown) => (value == null ? null : JSON.stringify(value));
  const insert = database.prepare(
    `INSERT INTO jobs VALUES (?, ?, ?, 'running', ?, ?, ?, NULL, '', 0, NULL, NULL, '[]')`,
  );
  const one = database.prepare('SELECT * FROM jobs WHERE id = ?');
  const some = database.prepare(
    'SELECT * FROM jobs WHERE ?1 IS NULL OR environment = ?1 ORDER BY started_at DESC, id DESC LIMIT ?2 OFFSET ?3',
  );
  const change = database.prepare(
    `UPDATE jobs SET step = coalesce(?, step), bytes = coalesce(?, bytes), warnings = coalesce(?, warnings),
       backup = coalesce(?, backup) WHERE id = ? AND owner = ? AND state = 'running'`,
  );
  const finish = database.prepare(
    `UPDATE jobs SET state = ?, ended_at = ?, error = ?, backup = coalesce(?, backup), warnings = coalesce(?, warnings)
       WHERE id = ? AND owner = ? AND state = 'running'`,
  );
  const running = database.prepare(`SELECT 1 FROM jobs WHERE environment = ? AND state = 'running'`);
  const drop = database.prepare(`DELETE FROM jobs WHERE environment = ? AND state <> 'running'`);
  const orphans = database.prepare(
    `UPDATE jobs SET state = 'interrupted', ended_at = ?, error = ? WHERE state = 'running' AND owner <> ? RETURNING *`,
  );
  const read = (id: string) => {
    const row = one.get(id);
    return row && rowOf(row);
  };
  const mustRead = (id: string): JobRow => {
    const row = read(id);
    if (row === undefined) throw new AddonError('job-unknown', `there is no job ${id}`);
    return row;
  };
  return {
    begin({ id, environment, kind, owner, requestedBy, startedAt }) {
      try {
        insert.run(id, environment, kind, owner, requestedBy, startedAt);
      } catch (cause) {
        if (!/UNIQUE constraint failed: jobs\.environment/.test(String(cause))) throw cause;
        throw new AddonError('job-running', `environment ${environment} has a running job`, { cause });
      }
      ours.set(id, owner);
      return mustRead(id);
    },
    update(id, { step, bytes, warnings, backup }) {
      change.run(step ?? null, bytes ?? null, json(warnings), backup ?? null, id, ours.get(id) ?? '');
    },
    end(id, { state, endedAt, error, backup, warnings }) {
      const written = finish.run(state, endedAt, json(error), backup ?? null, json(warnings), id, ours.get(id) ?? '');
      const row = mustRead(id);
      if (written.changes !== 1) throw new AddonError('bug', `job ${id} is ${row.state} and cannot end here`);
      ours.delete(id);
      return row;
    },
    interruptOthers: (owner, at) => orphans.all(at, JSON.stringify(INTERRUPTED), owner).map(rowOf),
    get: read,
    isRunning: (environment) => running.get(environment) !== undefined,
    forget: (environment) => void drop.run(environment),
    list: ({ environment, limit = -1, offset = 0 } = {}) => some.all(environment ?? null, limit, offset).map(rowOf),
  };
}
