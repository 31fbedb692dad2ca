import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobResult, JobWorks } from '../../../addon/jobs/job.ts';
import type { Waiting } from '../../../addon/jobs/lanes.ts';
import { openLogbook } from '../../../addon/jobs/logbook.ts';
import { createJobRunner, type JobRunner, type QueuedRequest } from '../../../addon/jobs/runner.ts';
import type { JobLimits } from '../../../addon/jobs/turns.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import { createRedactor } from '../../../storage-node/base/redact.ts';
import type { JobRow } from '../../../storage-node/base/words.ts';
import { type JobStore, jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

/** A queue on a clock of its own, whose works run until the test ends them. */
export interface QueueTrial extends Disposable {
  readonly runner: JobRunner;
  readonly store: JobStore;
  readonly folder: string;
  /** The environments of the jobs that began, in order. */
  readonly began: string[];
  readonly ended: JobRow[];
  /** Environments whose works do not listen when they are told to end. */
  readonly deaf: Set<string>;
  request(environment: string, change?: Partial<QueuedRequest>): QueuedRequest;
  enqueue(environment: string, change?: Partial<QueuedRequest>): JobRow;
  /** Lets time pass, and everything happen that is due. */
  pass(milliseconds: number): Promise<void>;
  /** Ends the running work of an environment. */
  finish(environment: string, outcome?: JobResult | Error): Promise<void>;
  /** The same catalog under a daemon that starts after this one was killed. */
  successor(): QueueTrial;
  running(): string[];
}

export const SECRET = 'hunter2-secret';
const LIMITS: JobLimits = {
  jobsAtOnce: 2,
  timeLimitMs: 24 * 3_600_000,
  stallMs: 0,
  patienceMs: 3_600_000,
  historyMs: 90 * 86_400_000,
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A new queue, empty. */
export async function queueTrial(
  limits: Partial<JobLimits> = {},
  freeFrom: (job: Waiting) => number = () => 0,
): Promise<QueueTrial> {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'));
  const redactor = createRedactor();
  redactor.learn(SECRET);
  let now = Date.parse('2026-11-21T12:00:00Z');
  const clock = () => new Date(now);
  const logbook = await openLogbook(join(folder, 'logs'), clock, redactor);
  const catalog = openCatalog(join(folder, 'catalog.sqlite'));

  const open = (): QueueTrial => {
    const store = jobStore(catalog);
    const works = new Map<string, PromiseWithResolvers<JobResult>>();
    const began: string[] = [];
    const ended: JobRow[] = [];
    const work: JobWorks[keyof JobWorks] = async (_, job) => {
      began.push(job.environment);
      const end = Promise.withResolvers<JobResult>();
      works.set(job.environment, end);
      const stop = () => trial.deaf.has(job.environment) || end.reject(job.signal.reason);
      job.signal.addEventListener('abort', stop, { once: true });
      return await end.promise;
    };
    const runner = createJobRunner({
      ...{ store, logbook, clock, log: silentLog, elapsed: () => now, limits: { ...LIMITS, ...limits } },
      freeFrom,
      works: { backup: work, restore: work, prune: work, check: work },
    });
    runner.onEnded((row) => void ended.push(row));
    const trial: QueueTrial = {
      ...{ runner, store, folder, began, ended, deaf: new Set() },
      request: (environment, change = {}) => ({
        ...{ kind: 'backup', environment, requestedBy: 'user', lane: 'manual', request: { environment } },
        host: `${environment}:22`,
        ...change,
      }),
      enqueue: (environment, change) => runner.enqueue(trial.request(environment, change)),
      async pass(milliseconds) {
        await settled();
        now += milliseconds;
        runner.advance();
        await settled();
      },
      async finish(environment, outcome = {}) {
        const end = works.get(environment);
        if (outcome instanceof Error) end?.reject(outcome);
        else end?.resolve(outcome);
        await settled();
      },
      successor: open,
      running: () => store.list().flatMap(({ state, environment }) => (state === 'running' ? [environment] : [])),
      [Symbol.dispose]() {
        catalog.close();
        rmSync(folder, { recursive: true });
      },
    };
    return trial;
  };
  return open();
}
