import { JOB_KINDS, JOB_LANES, type JobKind, type JobLane, type JobRow } from '../../storage-node/base/words.ts';
import { LONGEST_WAIT_MS } from './retry.ts';

/** What must be known of a waiting job to say when it is its turn. */
export interface Waiting extends Pick<JobRow, 'id' | 'environment' | 'kind' | 'lane' | 'host' | 'attempt'> {
  readonly readyAt: number;
}

/** The jobs that wait, in memory, so that choosing one among thousands asks no database. */
export interface Lanes {
  readonly size: number;
  add(row: JobRow): void;
  remove(id: string): void;
  clear(): void;
  get(id: string): Waiting | undefined;
  of(environment: string, kind: JobKind): Waiting | undefined;
  /** A job of an environment whose time to wait is over. */
  readyIn(environment: string, now: number): Waiting | undefined;
  /** Lets a job wait again that was taken out, until that moment at least. */
  putBack(job: Waiting, until: number): void;
  /** The job whose turn it is among those that could begin. It stays until it is removed. */
  next(now: number, couldBegin: (job: Waiting) => boolean): Waiting | undefined;
  /** All of them, in the order in which they would begin if nothing held any of them up. */
  inOrder(now: number): Waiting[];
}

/**
 * Manual before scheduled before upkeep, each in the order of their coming. What nobody attends and has waited for `patienceMs`
 * takes every second turn, so that neither side can hold up the other for ever.
 */
export function createLanes(patienceMs: number): Lanes {
  const lanes: Record<JobLane, Map<string, Waiting>> = { manual: new Map(), scheduled: new Map(), upkeep: new Map() };
  const delayed = new Map<string, Waiting>();
  const byId = new Map<string, Waiting>();
  const byKind = new Map<string, Waiting>();
  let soonest = Number.POSITIVE_INFINITY;
  let patientWasServed = false;
  const keyOf = (environment: string, kind: JobKind) => `${kind} ${environment}`;

  function put(job: Waiting): void {
    byId.set(job.id, job);
    byKind.set(keyOf(job.environment, job.kind), job);
    delayed.set(job.id, job);
    soonest = Math.min(soonest, job.readyAt);
  }

  /** A clock that was set back must not keep a job waiting longer than any retry does. */
  function moveReady(now: number): void {
    if (soonest > now && soonest - now <= LONGEST_WAIT_MS) return;
    soonest = Number.POSITIVE_INFINITY;
    for (const [id, job] of delayed) {
      if (job.readyAt > now && job.readyAt - now <= LONGEST_WAIT_MS) {
        soonest = Math.min(soonest, job.readyAt);
        continue;
      }
      delayed.delete(id);
      lanes[job.lane].set(id, job);
    }
  }

  function first(lane: JobLane, fits: (job: Waiting) => boolean, readyBefore = Number.POSITIVE_INFINITY) {
    for (const job of lanes[lane].values()) {
      if (job.readyAt > readyBefore) return undefined;
      if (fits(job)) return job;
    }
    return undefined;
  }

  return {
    get size() {
      return byId.size;
    },
    add({ id, environment, kind, lane, host, attempt, readyAt }) {
      put({ id, environment, kind, lane, host, attempt, readyAt: Date.parse(readyAt) });
    },
    remove(id) {
      const job = byId.get(id);
      if (job === undefined) return;
      byId.delete(id);
      byKind.delete(keyOf(job.environment, job.kind));
      delayed.delete(id);
      lanes[job.lane].delete(id);
    },
    clear() {
      for (const each of [byId, byKind, delayed, ...Object.values(lanes)]) each.clear();
    },
    get: (id) => byId.get(id),
    of: (environment, kind) => byKind.get(keyOf(environment, kind)),
    readyIn(environment, now) {
      const waiting = JOB_KINDS.map((kind) => byKind.get(keyOf(environment, kind)));
      return waiting.find((job) => job !== undefined && job.readyAt <= now);
    },
    putBack: (job, until) => put({ ...job, readyAt: until }),
    next(now, couldBegin) {
      moveReady(now);
      const patient = first('scheduled', couldBegin, now - patienceMs) ?? first('upkeep', couldBegin, now - patienceMs);
      const manual = first('manual', couldBegin);
      if (patient !== undefined && (manual === undefined || !patientWasServed)) {
        patientWasServed = manual !== undefined;
        return patient;
      }
      patientWasServed = false;
      return manual ?? first('scheduled', couldBegin) ?? first('upkeep', couldBegin);
    },
    inOrder(now) {
      moveReady(now);
      const isPatient = (job: Waiting) => job.lane !== 'manual' && job.readyAt <= now - patienceMs;
      const ready = JOB_LANES.flatMap((lane) => [...lanes[lane].values()]);
      const later = [...delayed.values()].sort((a, b) => a.readyAt - b.readyAt);
      return [...ready.filter(isPatient), ...ready.filter((job) => !isPatient(job)), ...later];
    },
  };
}
