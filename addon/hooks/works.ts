import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import { backup } from '../flows/backup.ts';
import { restore } from '../flows/restore.ts';
import type { Rooms } from '../flows/rooms.ts';
import type { JobWorks } from '../jobs/job.ts';
import { parseRequest } from './request.ts';

const backupWork = z.object({
  environment: z.string(),
  kind: z.enum(['manual', 'scheduled', 'safety']),
  requestedBy: z.string(),
  name: z.string(),
  description: z.string(),
  pinnedUntil: z.coerce.date().nullable(),
});
const restoreWork = z.object({
  environment: z.string(),
  from: z.string(),
  backup: z.string(),
  databases: z.array(z.string()),
  requestedBy: z.string(),
  safetyBackup: z.boolean(),
});
const pruneWork = z.object({ environment: z.string() });
const checkWork = z.object({ environment: z.string(), readData: z.boolean() });

/** What to do for each kind of job that waits in the queue. A request may have been written by an earlier run of the daemon. */
export function worksOf(rooms: Rooms): JobWorks {
  return {
    async backup(request, job) {
      const { id } = await backup(parseRequest(backupWork, request), rooms, job);
      return { backup: id };
    },
    async restore(request, job) {
      const { backup } = await restore(parseRequest(restoreWork, request), rooms, job);
      return { backup };
    },
    async prune(request, job) {
      const { environment } = parseRequest(pruneWork, request);
      const { freedBytes } = await rooms.storage.prune(environment, job.signal);
      job.tell(`freed ${freedBytes} bytes`);
      return {};
    },
    async check(request, job) {
      const { environment, readData } = parseRequest(checkWork, request);
      job.tell(readData ? 'reading all stored data' : 'checking the structure');
      const { ok, problems, damagedBackups } = await rooms.storage.check(environment, { readData }, job.signal);
      if (ok) return {};
      for (const problem of problems) job.log(problem);
      const hit =
        damagedBackups.length === 0 ? 'no listed backup is known to be hit' : `hit: ${damagedBackups.join(', ')}`;
      throw new AddonError('repository-damaged', `the repository of ${environment} is damaged; ${hit}`);
    },
  };
}
