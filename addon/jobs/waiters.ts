import type { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';

/** Those who wait for the end of a job. */
export interface Waiters {
  wait(id: string): Promise<JobRow>;
  answer(row: JobRow): void;
  /** Sends away who waits for a job of which this is true. */
  refuse(isMeant: (id: string) => boolean, reason: (id: string) => AddonError): void;
}

/** Nobody waits yet. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, PromiseWithResolvers<JobRow>>();
  return {
    wait(id) {
      const known = waiting.get(id) ?? Promise.withResolvers<JobRow>();
      waiting.set(id, known);
      return known.promise;
    },
    answer(row) {
      waiting.get(row.id)?.resolve(row);
      waiting.delete(row.id);
    },
    refuse(isMeant, reason) {
      for (const [id, { reject }] of waiting) {
        if (!isMeant(id)) continue;
        reject(reason(id));
        waiting.delete(id);
      }
    },
  };
}
