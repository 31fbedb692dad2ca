import { z } from 'zod';
import { sleep } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Hook } from './hook.ts';
import { environment, parseRequest } from './request.ts';

const LOOK_MS = 250;
const jobRequest = z.strictObject({
  environment,
  job: z.string().min(1),
  waitSeconds: z.coerce.number().int().min(0).max(60).default(0),
});

/** How a job stands, with words for its user. Waits so many seconds at most for its end. */
export const job: Hook = async ({ request }, { rooms }) => {
  const asked = parseRequest(jobRequest, request);
  const read = (): JobRow => {
    const row = rooms.storage.jobs.get(asked.job);
    if (row === undefined || row.environment !== asked.environment.name)
      throw new AddonError(
        'job-unknown',
        `environment ${asked.environment.name} has no job ${JSON.stringify(asked.job)}`,
      );
    return row;
  };
  const until = Date.now() + asked.waitSeconds * 1000;
  let row = read();
  while (isUnderWay(row) && Date.now() < until) {
    await sleep(LOOK_MS);
    row = read();
  }
  return { job: row, running: isUnderWay(row), ...words(row) };
};

const isUnderWay = (row: JobRow) => row.endedAt === null;

function words(row: JobRow): { type: 'success' | 'info' | 'warning' | 'error'; text: string } {
  const what = `${row.kind} of ${row.environment}`;
  if (isUnderWay(row)) {
    const doing = row.step === '' ? '' : ` (${row.step})`;
    const stands = row.state === 'queued' ? 'waits for its turn' : `goes on${doing}`;
    const text = `The ${what} ${stands} and needs nobody to wait for it. Configure shows how it ended; on the storage node: dbbackup logs ${row.id}`;
    return { type: 'info', text };
  }
  if (row.error !== null) {
    return { type: 'error', text: `The ${what} failed: ${row.error.message}. ${row.error.hint}` };
  }
  if (row.warnings.length === 0) return { type: 'success', text: `The ${what} succeeded.` };
  return { type: 'warning', text: `The ${what} succeeded, with this to know: ${row.warnings.join('; ')}` };
}
