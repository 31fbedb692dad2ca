import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobKind } from '../../storage-node/base/words.ts';
import type { Run } from './run.ts';

/** The jobs that run now. */
export interface Floor {
  /** How many places of the queue are taken. */
  readonly taken: number;
  enter(run: Run): void;
  leave(run: Run): void;
  /** Takes place and server from a job that does not end. Its environment stays taken, because something may still happen there. */
  forsake(run: Run): void;
  isForsaken(run: Run): boolean;
  all(): Iterable<Run>;
  get(id: string): Run | undefined;
  /** The one of an environment. */
  of(environment: string): Run | undefined;
  /** The one that works on a database server. */
  on(host: string): Run | undefined;
}

/** A floor where nothing runs yet. */
export function createFloor(): Floor {
  const byId = new Map<string, Run>();
  const byEnvironment = new Map<string, Run>();
  const byHost = new Map<string, Run>();
  const forsaken = new Set<Run>();
  let taken = 0;
  const free = (run: Run) => {
    if (byHost.get(run.row.host) === run) byHost.delete(run.row.host);
    if (!run.attended && !forsaken.has(run)) taken -= 1;
  };
  return {
    get taken() {
      return taken;
    },
    enter(run) {
      byId.set(run.row.id, run);
      byEnvironment.set(run.row.environment, run);
      if (run.row.host !== '') byHost.set(run.row.host, run);
      if (!run.attended) taken += 1;
    },
    leave(run) {
      byId.delete(run.row.id);
      byEnvironment.delete(run.row.environment);
      free(run);
      forsaken.delete(run);
    },
    forsake(run) {
      free(run);
      forsaken.add(run);
    },
    isForsaken: (run) => forsaken.has(run),
    all: () => byId.values(),
    get: (id) => byId.get(id),
    of: (environment) => byEnvironment.get(environment),
    on: (host) => byHost.get(host),
  };
}

/** Whether a running job ends by itself for one of another kind: a prune can be done at any other time. */
export function yieldsTo(run: Run, kind: JobKind): boolean {
  return run.row.kind === 'prune' && kind !== 'prune';
}

/** Ends a prune for a job of another kind; does nothing to any other job. */
export function giveWay(run: Run, kind: JobKind): void {
  if (!yieldsTo(run, kind)) return;
  run.abort.abort(new AddonError('job-cancelled', `the prune gave way to a ${kind}`));
}
