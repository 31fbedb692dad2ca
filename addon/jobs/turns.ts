import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError, reportOf, toAddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import { type Floor, giveWay } from './floor.ts';
import type { EndListener, JobWork, JobWorks } from './job.ts';
import type { Lanes, Waiting } from './lanes.ts';
import type { Logbook } from './logbook.ts';
import { perform } from './perform.ts';
import { LONGEST_WAIT_MS, retryDelay } from './retry.ts';
import { createRun, type Run, type RunLimits } from './run.ts';
import type { JobStore } from './store.ts';
import type { Waiters } from './waiters.ts';

/** What bounds the jobs of one storage. */
export interface JobLimits extends RunLimits {
  /** How many jobs of the queue run at the same time. */
  readonly jobsAtOnce: number;
  /** How long a scheduled job lets manual ones go first. */
  readonly patienceMs: number;
  /** For how long ended jobs are remembered. */
  readonly historyMs: number;
}

/** What the turns are made of. */
export interface TurnParts {
  readonly store: JobStore;
  readonly works: JobWorks;
  readonly logbook: Logbook;
  readonly clock: Clock;
  readonly elapsed: () => number;
  readonly log: Log;
  readonly limits: JobLimits;
  /** The daemon's run, on every row that it starts. */
  readonly owner: string;
  readonly newId: () => string;
  readonly lanes: Lanes;
  readonly floor: Floor;
  readonly waiters: Waiters;
  readonly listeners: readonly EndListener[];
  /** From when on a waiting job may begin, where there are hours in which it may not. */
  readonly freeFrom?: (job: Waiting) => number;
}

/** How jobs begin and end. */
export interface Turns {
  /** Does what is due. */
  advance(): void;
  /** The same, once the caller has let go. */
  soon(): void;
  /** Begins no more jobs of the queue. */
  close(): void;
  launch(row: JobRow, attended: boolean, work: JobWork): void;
  /** Takes a waiting job off the queue. */
  drop(id: string, why: string): void;
  /** Part of the transaction that ends a row: queues its repetition where there is one, and tells the listeners. */
  afterwards(row: JobRow): JobRow | undefined;
  deadline(now: number): string;
}

type StartedRow = ReturnType<JobStore['start']>;

interface Ended {
  readonly run: Run;
  readonly row: JobRow;
  readonly retry: JobRow | undefined;
}

const TRY_AGAIN_MS = 30_000;
const FORGET_EVERY_MS = 60_000;
const FORGET_AT_ONCE = 500;

/** Turns by the given lanes, floor and catalog. */
export function createTurns(parts: TurnParts): Turns {
  const { store, works, logbook, clock, elapsed, log, limits, lanes, floor, waiters } = parts;
  let closed = false;
  let advanceIsDue = false;
  let forgetAt = Number.NEGATIVE_INFINITY;

  function advance(): void {
    advanceIsDue = false;
    try {
      const now = clock().getTime();
      conclude([...floor.all()].filter((run) => run.outcome !== undefined));
      for (const run of floor.all()) {
        run.watch();
        if (run.isDeaf() && !floor.isForsaken(run)) {
          floor.forsake(run);
          log.error('a job does not end although it was told to: restart the daemon', { job: run.row.id });
        }
        const next = lanes.readyIn(run.row.environment, now);
        if (next !== undefined) giveWay(run, next.kind);
      }
      for (const row of started(chosen(now), now)) turns.launch(row, false, workOf(row));
      forgetOld(now);
    } catch (thrown) {
      const { code, message } = toAddonError(thrown);
      log.error(`the queue stands still: ${message}`, { code });
    }
  }

  /** Takes out of the lanes what begins now. */
  function chosen(now: number): Waiting[] {
    const jobs: Waiting[] = [];
    const taken = new Set<string>();
    const isFree = ({ environment, host }: Waiting) =>
      !(floor.of(environment) || floor.on(host) || taken.has(environment) || taken.has(`host ${host}`));
    while (!closed && floor.taken + jobs.length < limits.jobsAtOnce) {
      const next = lanes.next(now, isFree);
      if (next === undefined) break;
      lanes.remove(next.id);
      const free = parts.freeFrom?.(next) ?? now;
      if (free > now) {
        // Asked again at the latest then: a clock that was set must not keep it waiting.
        lanes.putBack(next, Math.min(free, now + LONGEST_WAIT_MS));
        continue;
      }
      taken.add(next.environment);
      if (next.host !== '') taken.add(`host ${next.host}`);
      jobs.push(next);
    }
    return jobs;
  }

  /** Their rows as they run, written as one where that goes, and else one by one: a bad one must not hold up the others. */
  function started(jobs: readonly Waiting[], now: number): StartedRow[] {
    if (jobs.length === 0) return [];
    const start = { owner: parts.owner, startedAt: new Date(now).toISOString(), deadlineAt: turns.deadline(now) };
    try {
      return store.together(() => jobs.map(({ id }) => store.start(id, start)));
    } catch {
      return jobs.flatMap((job) => {
        try {
          return [store.start(job.id, start)];
        } catch (thrown) {
          lanes.putBack(job, now + TRY_AGAIN_MS);
          log.error(`a waiting job did not begin: ${toAddonError(thrown).message}`, { job: job.id });
          return [];
        }
      });
    }
  }

  function workOf({ kind, request }: StartedRow): JobWork {
    return async (job) => {
      const work = works[kind];
      if (work === undefined) throw new AddonError('bug', `nothing is known of how to run a ${kind}`);
      return await work(JSON.parse(request), job);
    };
  }

  /** Writes down how jobs ended, as one where that goes. Where the catalog cannot be written now, a job keeps its place until it can. */
  function conclude(runs: readonly Run[]): void {
    if (runs.length === 0) return;
    try {
      const ends = store.together(() => runs.map(endOf));
      for (const end of ends) leave(end);
    } catch (thrown) {
      const [only, ...others] = runs;
      if (others.length > 0) for (const run of runs) conclude([run]);
      else log.error(`the end of a job was not written down: ${toAddonError(thrown).message}`, { job: only?.row.id });
    }
  }

  function endOf(run: Run): Ended {
    if (run.outcome === undefined) throw new AddonError('bug', `job ${run.row.id} has not ended`);
    const row = store.end(run.row.id, run.outcome);
    return { run, row, retry: turns.afterwards(row) };
  }

  function leave({ run, row, retry }: Ended): void {
    floor.leave(run);
    if (retry !== undefined) lanes.add(retry);
    waiters.answer(row);
    turns.soon();
  }

  function addRetry(row: JobRow): JobRow | undefined {
    const delay = retryDelay(row);
    const { environment, kind, lane, requestedBy, host } = row;
    if (delay === undefined || lanes.of(environment, kind) !== undefined) return undefined;
    const request = store.requestOf(row.id);
    if (request === 'null') return undefined;
    const now = clock().getTime();
    const same = { environment, kind, lane, requestedBy, host, request, attempt: row.attempt + 1, repeats: row.id };
    const times = { queuedAt: new Date(now).toISOString(), readyAt: new Date(now + delay).toISOString() };
    return store.add({ id: parts.newId(), ...same, ...times });
  }

  function forgetOld(now: number): void {
    if (elapsed() < forgetAt) return;
    const ids = store.forgetBefore(new Date(now - limits.historyMs).toISOString(), FORGET_AT_ONCE);
    logbook.remove(ids);
    forgetAt = ids.length === FORGET_AT_ONCE ? Number.NEGATIVE_INFINITY : elapsed() + FORGET_EVERY_MS;
  }

  const turns: Turns = {
    advance,
    soon() {
      if (!advanceIsDue) queueMicrotask(advance);
      advanceIsDue = true;
    },
    close() {
      closed = true;
    },
    launch(row, attended, work) {
      const run = createRun({ store, logbook, elapsed }, limits, row, attended);
      floor.enter(run);
      void perform(run, work, { log, logbook, clock }).then((outcome) => {
        run.outcome = outcome;
        turns.soon();
      });
    },
    drop(id, why) {
      const reason = reportOf(new AddonError('job-cancelled', why));
      const row = store.together(() => {
        const dropped = store.drop(id, reason, clock().toISOString());
        turns.afterwards(dropped);
        return dropped;
      });
      lanes.remove(id);
      waiters.answer(row);
    },
    afterwards(row) {
      const retry = addRetry(row);
      for (const listener of parts.listeners) {
        try {
          listener(row, retry);
        } catch (thrown) {
          log.error(`a listener failed at the end of a job: ${toAddonError(thrown).message}`, { job: row.id });
        }
      }
      return retry;
    },
    deadline: (now) => new Date(now + limits.timeLimitMs).toISOString(),
  };
  return turns;
}
