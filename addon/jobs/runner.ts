import { randomUUID } from 'node:crypto';
import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import { createFloor, giveWay, yieldsTo } from './floor.ts';
import type { EndListener, JobWorks } from './job.ts';
import type { JobRunner, QueuedRequest } from './job-runner.ts';
import { createLanes, type Waiting } from './lanes.ts';
import type { Logbook } from './logbook.ts';
import { idSource } from './new-id.ts';
import type { JobStore } from './store.ts';
import { createTurns, type JobLimits } from './turns.ts';
import { createWaiters } from './waiters.ts';
import { describeWaiting } from './waiting.ts';

export type { JobRequest, JobRunner, QueuedRequest, StartedJob } from './job-runner.ts';

/** A runner with an owner's mark of its own: jobs of any other mark are dead. */
export function createJobRunner(parts: {
  readonly store: JobStore;
  readonly works: JobWorks;
  readonly logbook: Logbook;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: JobLimits;
  /** Milliseconds that have passed since some moment, whatever the clock says. */
  readonly elapsed?: () => number;
  /** From when on a waiting job may begin, where there are hours in which it may not. */
  readonly freeFrom?: (job: Waiting) => number;
}): JobRunner {
  const { store, clock, limits } = parts;
  const owner = randomUUID();
  const newId = idSource(clock);
  const [lanes, floor, waiters] = [createLanes(limits.patienceMs), createFloor(), createWaiters()];
  const listeners: EndListener[] = [];
  const own = { owner, newId, lanes, floor, waiters, listeners };
  const turns = createTurns({ elapsed: () => performance.now(), ...parts, ...own });
  let stopping = false;

  function assertTaking(): void {
    if (stopping) throw new AddonError('interrupted', 'the daemon is stopping and takes no more jobs');
  }

  /** Refuses what must not wait; answers the waiting job whose place it takes. */
  function assertWelcome({ environment, kind, lane }: QueuedRequest): Waiting | undefined {
    const other = floor.of(environment);
    if (other !== undefined && !yieldsTo(other, kind) && (lane === 'manual' || other.row.kind === kind))
      throw new AddonError('job-running', `environment ${environment} has a running ${other.row.kind}`);
    const waiting = lanes.of(environment, kind);
    if (waiting === undefined) return undefined;
    if (lane === 'manual' && (waiting.lane !== 'manual' || waiting.attempt > 1)) return waiting;
    throw new AddonError('job-running', `environment ${environment} has a waiting ${kind}`);
  }

  function load(): JobRow[] {
    lanes.clear();
    const waiting = store.list({ waiting: true }).reverse();
    for (const row of waiting) lanes.add(row);
    return waiting;
  }

  const runner: JobRunner = {
    enqueue(asked) {
      assertTaking();
      const { environment, kind, lane, requestedBy, host } = asked;
      const superseded = assertWelcome(asked);
      const now = clock().toISOString();
      const row = runner.together(() => {
        if (superseded !== undefined) turns.drop(superseded.id, `a ${kind} asked for by ${requestedBy} took its place`);
        const fresh = { attempt: 1, repeats: null, queuedAt: now, readyAt: now };
        const request = JSON.stringify(asked.request);
        return store.add({ id: newId(), environment, kind, lane, requestedBy, host, request, ...fresh });
      });
      lanes.add(row);
      const other = floor.of(environment);
      if (other !== undefined) giveWay(other, kind);
      turns.soon();
      return row;
    },
    async begin({ environment, kind, requestedBy }, work) {
      assertTaking();
      const other = floor.of(environment);
      if (other !== undefined && yieldsTo(other, kind)) {
        giveWay(other, kind);
        await waiters.wait(other.row.id);
      }
      const now = clock().getTime();
      const start = { owner, startedAt: new Date(now).toISOString(), deadlineAt: turns.deadline(now) };
      const row = store.begin({ id: newId(), environment, kind, requestedBy, ...start });
      const ended = waiters.wait(row.id);
      turns.launch(row, true, work);
      return { id: row.id, ended };
    },
    async ended(id) {
      const row = store.get(id);
      if (row === undefined) throw new AddonError('job-unknown', `there is no job ${id}`);
      return row.endedAt === null ? await waiters.wait(id) : row;
    },
    advance: turns.advance,
    together(work) {
      try {
        return store.together(work);
      } catch (error) {
        load();
        throw error;
      }
    },
    onEnded: (listener) => void listeners.push(listener),
    waiting: () =>
      describeWaiting(lanes.inOrder(clock().getTime()), {
        now: clock(),
        placesAreFree: floor.taken < limits.jobsAtOnce,
        jobsAtOnce: limits.jobsAtOnce,
        runOf: (environment) => floor.of(environment)?.row,
        busyWith: (host) => floor.on(host)?.row,
      }),
    look(id) {
      const row = store.get(id);
      const run = floor.get(id);
      return row && run && run.outcome === undefined ? { ...row, ...run.told() } : row;
    },
    cancel(id) {
      const waiting = lanes.get(id);
      if (waiting !== undefined) turns.drop(id, `the waiting ${waiting.kind} of ${waiting.environment} was cancelled`);
      const run = floor.get(id);
      run?.abort.abort(new AddonError('job-cancelled', `the ${run.row.kind} of ${run.row.environment} was cancelled`));
      return waiting !== undefined || run !== undefined;
    },
    async cancelAll(environment) {
      for (const row of store.list({ environment, waiting: true })) runner.cancel(row.id);
      const run = floor.of(environment);
      if (run === undefined) return;
      runner.cancel(run.row.id);
      await waiters.wait(run.row.id);
    },
    recover() {
      const repeated = load().map((row) => (row.repeats === null ? undefined : store.get(row.repeats)));
      const doubtful = repeated.filter((row) => row?.state === 'interrupted') as JobRow[];
      const retries: (JobRow | undefined)[] = [];
      const interrupted = store.together(() => {
        const rows = store.interruptOthers(owner, clock().toISOString());
        for (const row of rows) retries.push(turns.afterwards(row));
        return rows;
      });
      for (const retry of retries) if (retry !== undefined) lanes.add(retry);
      return [...interrupted, ...doubtful];
    },
    settle(id, backup) {
      const row = store.get(id);
      const retry = row && lanes.of(row.environment, row.kind);
      runner.together(() => {
        store.noteBackup(id, backup);
        if (retry && store.get(retry.id)?.repeats === id) turns.drop(retry.id, `backup ${backup} was complete already`);
      });
    },
    async stop(atOnce) {
      stopping = true;
      turns.close();
      const end = () => {
        for (const { abort, row } of floor.all()) {
          const message = `the daemon was stopped during the ${row.kind} of ${row.environment}`;
          abort.abort(new AddonError('interrupted', message));
        }
      };
      if (atOnce.aborted) end();
      atOnce.addEventListener('abort', end, { once: true });
      const ends = [...floor.all()].map(({ row }) => waiters.wait(row.id));
      waiters.refuse(
        (id) => floor.get(id) === undefined,
        (id) =>
          new AddonError('interrupted', `the daemon stopped before job ${id} began; it begins after the next start`),
      );
      await Promise.all(ends);
    },
  };
  return runner;
}
