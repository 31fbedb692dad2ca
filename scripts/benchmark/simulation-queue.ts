import type { BackupRequest } from '../../addon/flows/backup.ts';
import { createJobRunner, type JobRunner } from '../../addon/jobs/runner.ts';
import { silentLog } from '../../storage-node/base/log.ts';
import type { jobStore } from '../../storage-node/catalog/jobs.ts';
import { randomOf } from './random.ts';

/** The product's own queue on the product's own catalog; only the work is played. */
export interface SimulatedQueue {
  readonly runner: JobRunner;
  /** Ends the work whose time is over, and lets the queue go on. */
  advance(): Promise<void>;
  enqueue(request: BackupRequest): void;
}

const JOBS_AT_ONCE = 64;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHORTEST_MS = 2_000;
const LONGEST_MS = 20_000;
/** A year of history would be millions of rows; how long it is kept is a policy. */
const HISTORY_MS = 7 * DAY_MS;

/** A queue in which each backup takes 2 to 20 seconds of played time. */
export function simulatedQueue(parts: {
  readonly store: ReturnType<typeof jobStore>;
  readonly now: () => number;
  /** A backup begins at its turn. */
  readonly onBegin: (environment: string) => void;
  /** It succeeded: called inside the transaction that writes its end. */
  readonly onSuccess: (environment: string) => void;
}): SimulatedQueue {
  const { store, now } = parts;
  const random = randomOf(1);
  const ends = new Map<number, (() => void)[]>();
  const runner = createJobRunner({
    store,
    works: {
      backup: (_request, job) => {
        parts.onBegin(job.environment);
        const seconds = Math.ceil((SHORTEST_MS + random.below(LONGEST_MS - SHORTEST_MS)) / 1_000);
        const end = Math.floor(now() / 1_000) + seconds;
        return new Promise((resolve) => ends.set(end, [...(ends.get(end) ?? []), () => resolve({})]));
      },
    },
    logbook: { write: () => undefined, read: async () => '', remove: () => undefined },
    clock: () => new Date(now()),
    elapsed: now,
    log: silentLog,
    limits: {
      jobsAtOnce: JOBS_AT_ONCE,
      timeLimitMs: DAY_MS,
      stallMs: HOUR_MS,
      patienceMs: HOUR_MS,
      historyMs: HISTORY_MS,
    },
  });
  runner.onEnded((row) => {
    if (row.state === 'succeeded') parts.onSuccess(row.environment);
  });
  let past = Math.floor(now() / 1_000);
  return {
    runner,
    enqueue(request) {
      const { environment, requestedBy } = request;
      const lane = request.kind === 'scheduled' ? 'scheduled' : 'manual';
      runner.enqueue({ kind: 'backup', environment, requestedBy, lane, request, host: environment });
    },
    async advance() {
      let ended = 0;
      for (const until = Math.floor(now() / 1_000); past < until; past++) {
        for (const end of ends.get(past + 1) ?? []) {
          end();
          ended += 1;
        }
        ends.delete(past + 1);
      }
      runner.advance();
      if (ended > 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
