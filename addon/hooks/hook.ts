import { AddonError, type ErrorCode } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Rooms } from '../flows/rooms.ts';
import type { Job } from '../jobs/job.ts';
import type { JobRequest, JobRunner } from '../jobs/runner.ts';

/** What every door needs: the rooms for the flows, and the runner for what takes long. */
export interface Doors {
  readonly rooms: Rooms;
  readonly runner: JobRunner;
  readonly log: Log;
  readonly policy: {
    /** Whether uninstalling drops the backups where the request does not say. */
    readonly removeBackupsOnUninstall: boolean;
    /** Whether users may delete backups themselves. */
    readonly usersMayDelete: boolean;
  };
}

/** One call of a hook. */
export interface HookCall {
  readonly request: unknown;
  /** Answer only at the job's end; else as soon as it runs. */
  readonly wait: boolean;
}

/** One event of the platform. Every hook is "make it so": twice changes nothing. */
export type Hook = (call: HookCall, doors: Doors) => Promise<object>;

/** The job's row: at its end when waited for, else as it stands. A failed job throws what it failed of. */
export async function jobAnswer({ id }: { readonly id: string }, wait: boolean, doors: Doors): Promise<JobRow> {
  const row = wait ? await doors.runner.ended(id) : doors.runner.look(id);
  if (row === undefined) throw new AddonError('job-unknown', `job ${id} has no row`);
  if (row.error !== null)
    throw new AddonError(row.error.code as ErrorCode, row.error.message, { hint: row.error.hint });
  return row;
}

/** Runs a flow as a job of its own, so that it never meets another one on the same environment, and answers its result. */
export async function asJob<Result extends object>(
  request: JobRequest,
  doors: Doors,
  work: (job: Job) => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined;
  const started = await doors.runner.begin(request, async (job) => {
    result = await work(job);
    return {};
  });
  const row = await jobAnswer(started, true, doors);
  if (result === undefined) throw new AddonError('bug', `job ${row.id} ended without a result`);
  return result;
}
