import type { DatabaseSync } from 'node:sqlite';
import { AddonError } from '../base/errors.ts';
import type { JobKind, JobRow } from '../base/words.ts';
import {
  type AttendedJob,
  type JobChange,
  type JobFilter,
  type JobOutcome,
  type JobStart,
  type NewJob,
  rowOf,
} from './job-row.ts';
import { jobStatements } from './job-statements.ts';
import { lightly } from './transaction.ts';

/** The rows of jobs. The catalog itself refuses every move that is not legal, whoever asks for it. */
export interface JobStore {
  /**
   * Does several writes as one: all of them hold, or none. Inside another one it is part of that.
   * Outlives a crash of the program, but not, for the last seconds, one of the machine.
   */
  together<Result>(work: () => Result): Result;
  /** Rejects with `job-running` when a job of this kind waits in the environment already. */
  add(job: NewJob): JobRow;
  /** Queued → running. Rejects with `job-running` when the environment has a running job, and for a job that does not wait. */
  start(id: string, start: JobStart): JobRow & { readonly request: string };
  /** Adds and starts in one. Rejects with `job-running`. */
  begin(job: AttendedJob): JobRow;
  /** What `add` was given as request. */
  requestOf(id: string): string;
  /** Changes a running job that was started here; does nothing to any other. */
  update(id: string, change: JobChange): void;
  /** Ends a running job that was started here; rejects for any other. */
  end(id: string, outcome: JobOutcome): JobRow;
  /** Queued → cancelled, with the reason; rejects for a job that does not wait. */
  drop(id: string, reason: NonNullable<JobRow['error']>, at: string): JobRow;
  /** Running jobs of other owners are dead: they become `interrupted`. */
  interruptOthers(owner: string, at: string): JobRow[];
  /** Notes the backup that an interrupted job had completed after all. */
  noteBackup(id: string, backup: string): void;
  get(id: string): JobRow | undefined;
  isRunning(environment: string): boolean;
  /** Newest first. */
  list(filter?: JobFilter): JobRow[];
  /** The newest jobs of a kind that succeeded in an environment. */
  succeeded(environment: string, kind: JobKind, limit: number): JobRow[];
  /** Drops the history of an environment. */
  forget(environment: string): void;
  /** Drops ended jobs from before a moment, the oldest first and at most so many, and answers their ids. */
  forgetBefore(moment: string, limit: number): string[];
}

const INTERRUPTED = { code: 'interrupted', message: 'the daemon ended while the job ran' };
const NOTHING_KEPT = JSON.stringify({ ...INTERRUPTED, hint: 'nothing of it was kept; run it again.' });
const HALF_RESTORED = JSON.stringify({
  ...INTERRUPTED,
  hint: 'its databases may be half restored; restore again, or bring back what was there from the newest safety backup: see dbbackup list.',
});

/** The jobs of a catalog. */
export function jobStore(database: DatabaseSync): JobStore {
  const sql = jobStatements(database);
  const ours = new Map<string, string>();
  const json = (value: unknown) => (value == null ? null : JSON.stringify(value));
  const together = <Result>(work: () => Result) => lightly(database, work);
  const read = (id: string) => {
    const row = sql.one.get(id);
    return row && rowOf(row);
  };
  const mustRead = (id: string): JobRow => {
    const row = read(id);
    if (row === undefined) throw new AddonError('job-unknown', `there is no job ${id}`);
    return row;
  };
  const refused = (id: string, verb: string) =>
    new AddonError('bug', `job ${id} is ${mustRead(id).state} and cannot ${verb} here`);
  const onlyOne = <Result>(environment: () => string, write: () => Result): Result => {
    try {
      return write();
    } catch (cause) {
      const clash = /UNIQUE constraint failed: jobs\.environment(, jobs\.kind)?/.exec(String(cause));
      if (clash === null) throw cause;
      const which = clash[1] === undefined ? 'running' : 'waiting';
      throw new AddonError('job-running', `environment ${environment()} has a ${which} job`, { cause });
    }
  };
  const store: JobStore = {
    together,
    add(job) {
      const { id, environment, kind, lane, requestedBy, request, host, attempt, repeats, queuedAt, readyAt } = job;
      onlyOne(
        () => environment,
        () =>
          together(() =>
            sql.insert.run(
              id,
              environment,
              kind,
              lane,
              requestedBy,
              request,
              host,
              attempt,
              repeats,
              queuedAt,
              readyAt,
            ),
          ),
      );
      const begun = { startedAt: null, endedAt: null, deadlineAt: null, step: '', bytes: 0, backup: null, error: null };
      const named = { id, environment, kind, lane, requestedBy, host, attempt, repeats, queuedAt, readyAt };
      return { ...named, state: 'queued', ...begun, warnings: [] };
    },
    start(id, { owner, startedAt, deadlineAt }) {
      const row = onlyOne(
        () => mustRead(id).environment,
        () => together(() => sql.start.get(owner, startedAt, deadlineAt ?? null, id)),
      );
      if (row === undefined) throw refused(id, 'start');
      ours.set(id, owner);
      return { ...rowOf(row), request: String(row.request) };
    },
    begin: ({ id, environment, kind, requestedBy, ...start }) =>
      together(() => {
        const at = start.startedAt;
        const alone = { lane: 'manual', request: 'null', host: '', attempt: 1, repeats: null } as const;
        store.add({ id, environment, kind, requestedBy, ...alone, queuedAt: at, readyAt: at });
        return store.start(id, start);
      }),
    requestOf: (id) => String(sql.request.get(id)?.request ?? 'null'),
    update(id, { step, bytes, warnings, backup }) {
      const owner = ours.get(id) ?? '';
      together(() => sql.change.run(step ?? null, bytes ?? null, json(warnings), backup ?? null, id, owner));
    },
    end(id, { state, endedAt, error, step, bytes, backup, warnings }) {
      const changed = [step ?? null, bytes ?? null, json(warnings), backup ?? null] as const;
      const owner = ours.get(id) ?? '';
      const row = together(() => sql.finish.get(state, endedAt, json(error), ...changed, id, owner));
      if (row === undefined) throw refused(id, 'end');
      ours.delete(id);
      return rowOf(row);
    },
    drop(id, reason, at) {
      const row = together(() => sql.drop.get(at, JSON.stringify(reason), id));
      if (row === undefined) throw refused(id, 'be dropped');
      return rowOf(row);
    },
    interruptOthers: (owner, at) => together(() => sql.orphans.all(at, HALF_RESTORED, NOTHING_KEPT, owner).map(rowOf)),
    noteBackup: (id, backup) => void together(() => sql.noteBackup.run(backup, id)),
    get: read,
    isRunning: (environment) => sql.running.get(environment) !== undefined,
    succeeded: (environment, kind, limit) => sql.succeeded.all(environment, kind, limit).map(rowOf),
    forget: (environment) => void together(() => sql.forget.run(environment)),
    forgetBefore: (moment, limit) => together(() => sql.forgetBefore.all(limit, moment).map(({ id }) => String(id))),
    list: ({ environment, waiting, limit = -1, offset = 0 } = {}) => {
      const which = waiting === undefined ? sql.any : waiting ? sql.waiting : sql.begun;
      const rows = environment === undefined ? which.all.all(limit, offset) : which.of.all(environment, limit, offset);
      return rows.map(rowOf);
    },
  };
  return store;
}
