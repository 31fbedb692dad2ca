import { toAddonError } from '../../storage-node/base/errors.ts';
import { tellOfEndedJobs } from './ended-jobs.ts';
import { createOverdueWatch } from './overdue.ts';
import { watchStorage } from './storage-room.ts';
import { assertSummary, tellSummary } from './summary.ts';
import { remind } from './troubles.ts';
import type { Watching } from './watching.ts';

/** Looks after the backups and tells of what it sees. Best effort: it never throws. */
export interface Watch {
  /** Tells of the jobs that have ended. */
  lookAtJobs(): void;
  /** The same, and, once a minute, looks for what is overdue, lasts, or fills up. */
  look(): Promise<void>;
}

const EVERY_MS = 60_000;

/** A watch over everything that is installed. */
export function createWatch(watching: Watching): Watch {
  const { clock, log } = watching.rooms;
  assertSummary(watching.policy);
  const overdue = createOverdueWatch(watching);
  let last: number | undefined;

  function tellOfJobs(): void {
    for (const environment of tellOfEndedJobs(watching)) overdue.touch(environment);
  }

  async function attempt(what: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const error = toAddonError(thrown);
      log.error(`the watch failed at ${what}: ${error.message}`, { code: error.code });
    }
  }

  return {
    lookAtJobs: () => void attempt('ended jobs', tellOfJobs),
    async look() {
      await attempt('ended jobs', tellOfJobs);
      const now = clock().getTime();
      if (last !== undefined && Math.abs(now - last) < EVERY_MS) return;
      last = now;
      await attempt('what is overdue', () => overdue.look());
      await attempt('the storage', () => watchStorage(watching));
      await attempt('what lasts', () => remind(watching));
      await attempt('the summary', () => tellSummary(watching));
    },
  };
}
