import { toAddonError } from '../../storage-node/base/errors.ts';
import { pruneDue } from '../flows/prune-due.ts';
import { beginPrune } from './begin.ts';
import type { Doors } from './hook.ts';

const LOOK_EVERY_MS = 600_000;

/** Queues the prunes that are due, whenever it is called, but looks for them only now and then: that reads all environments. */
export function createPruning(doors: Doors, everyMs: number): () => void {
  const { clock } = doors.rooms;
  let lookedAt: number | undefined;
  return () => {
    const now = clock().getTime();
    if (lookedAt !== undefined && Math.abs(now - lookedAt) < LOOK_EVERY_MS) return;
    lookedAt = now;
    for (const environment of pruneDue(doors.rooms, everyMs)) {
      try {
        beginPrune(environment, 'upkeep', doors);
      } catch (thrown) {
        const { code, message } = toAddonError(thrown);
        if (code !== 'job-running') doors.log.error(`no prune began: ${message}`, { environment, code });
      }
    }
  };
}
