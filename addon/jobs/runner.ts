import { randomUUID } from 'node:crypto';
import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError, reportOf, toAddonError } from '../../storage-node/base/errors.ts';
import { timeId } from '../../storage-node/base/id.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { JobKind, JobRow } from '../../storage-node/base/words.ts';
import type { Job, JobStore } from './job.ts';
import type { Logbook } from './logbook.ts';

/** Which flow is to run for whom. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly environment: string;
  readonly requestedBy: string;
}

/** The flow itself; it may name the backup that it made or used. */
export type JobWork = (job: Job) => Promise<{ readonly backup?: string } | undefined>;

/** A job that has begun. */
export interface StartedJob {
  readonly id: string;
  /** The row at the job's end; never rejects. */
  readonly ended: Promise<JobRow>;
}

/** Runs flows as jobs: one at a time per environment, each with a row that says how it ended. */
export interface JobRunner {
  /** Throws `job-running` when the environment has a job already. A prune gives way to any other kind. */
  begin(request: JobRequest, work: JobWork): Promise<StartedJob>;
  /** Answers false when no such job runs here. */
  cancel(id: string): boolean;
  /** Cancels what runs for an environment, and waits until it has ended. */
  cancelAll(environment: string): Promise<void>;
  /** At the daemon's start: what ran under an earlier owner is marked as interrupted, and answered. */
  recover(): JobRow[];
  /** Takes no more jobs and waits; the signal's abort ends the running ones as interrupted. */
  stop(atOnce: AbortSignal): Promise<void>;
}

interface Running {
  readonly kind: JobKind;
  readonly environment: string;
  readonly abort: AbortController;
  readonly ended: Promise<JobRow>;
}

const STATE_OF_CODE: Partial<Record<string, 'cancelled' | 'interrupted'>> = {
  'job-cancelled': 'cancelled',
  interrupted: 'interrupted',
};

/** A runner with an owner's mark of its own: jobs of any other mark are dead. */
export function createJobRunner(parts: {
  readonly store: JobStore;
  readonly logbook: Logbook;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeLimitMs: number;
}): JobRunner {
  const { store, logbook, clock } = parts;
  const owner = randomUUID();
  const running = new Map<string, Running>();
  let stopping = false;

  async function yieldPrune(request: JobRequest): Promise<void> {
    if (request.kind === 'prune') return;
    for (const other of running.values()) {
      if (other.kind !== 'prune' || other.environment !== request.environment) continue;
      other.abort.abort(new AddonError('job-cancelled', `the prune gave way to a ${request.kind}`));
      await other.ended;
    }
  }

  async function perform(id: string, request: JobRequest, work: JobWork, abort: AbortController): Promise<JobRow> {
    const log = parts.log.with({ job: id, environment: request.environment });
    const warnings: string[] = [];
    const job: Job = {
      id,
      environment: request.environment,
      signal: abort.signal,
      tell(step) {
        logbook.write(id, step);
        store.update(id, { step });
      },
      moved: (bytes) => store.update(id, { bytes }),
      warn(text) {
        if (warnings.includes(text)) return;
        warnings.push(text);
        logbook.write(id, `warning: ${text}`);
        store.update(id, { warnings });
      },
      log: (line) => logbook.write(id, line),
    };
    const limit = setTimeout(() => {
      abort.abort(new AddonError('job-timeout', `the ${request.kind} of ${request.environment} ran out of time`));
    }, parts.timeLimitMs);
    log.info(`${request.kind} begins`, { requestedBy: request.requestedBy });
    try {
      const result = await work(job);
      log.info(`${request.kind} succeeded`, { backup: result?.backup });
      return store.end(id, { state: 'succeeded', endedAt: clock().toISOString(), warnings, ...result });
    } catch (thrown) {
      const error = toAddonError(abort.signal.aborted ? abort.signal.reason : thrown);
      const report = reportOf(abort.signal.aborted && thrown instanceof AddonError ? withHint(error, thrown) : error);
      logbook.write(id, `${report.code}: ${report.message}. ${report.hint}`);
      if (error.code === 'bug' && thrown instanceof Error) logbook.write(id, thrown.stack ?? '');
      log.error(`${request.kind} failed: ${report.message}`, { code: report.code });
      const state = STATE_OF_CODE[error.code] ?? 'failed';
      return store.end(id, { state, endedAt: clock().toISOString(), error: report, warnings });
    } finally {
      clearTimeout(limit);
      running.delete(id);
    }
  }

  return {
    async begin(request, work) {
      if (stopping) throw new AddonError('interrupted', 'the daemon is stopping and takes no more jobs');
      await yieldPrune(request);
      const id = timeId(clock());
      store.begin({ ...request, id, startedAt: clock().toISOString(), owner });
      const abort = new AbortController();
      const ended = perform(id, request, work, abort);
      running.set(id, { ...request, abort, ended });
      return { id, ended };
    },
    cancel(id) {
      const job = running.get(id);
      job?.abort.abort(new AddonError('job-cancelled', `the ${job.kind} of ${job.environment} was cancelled`));
      return job !== undefined;
    },
    async cancelAll(environment) {
      for (const [id, job] of running) {
        if (job.environment !== environment) continue;
        this.cancel(id);
        await job.ended;
      }
    },
    recover: () => store.interruptOthers(owner, clock().toISOString()),
    async stop(atOnce) {
      stopping = true;
      const end = () => {
        for (const job of running.values()) {
          job.abort.abort(
            new AddonError('interrupted', `the daemon was stopped during the ${job.kind} of ${job.environment}`),
          );
        }
      };
      if (atOnce.aborted) end();
      atOnce.addEventListener('abort', end, { once: true });
      await Promise.all([...running.values()].map((job) => job.ended));
    },
  };
}

/** The reason of the abort, with the way back that the flow's own error names. */
function withHint(reason: AddonError, thrown: AddonError): AddonError {
  return new AddonError(reason.code, reason.message, { hint: thrown.hint, cause: thrown });
}
