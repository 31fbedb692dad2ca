import { createInterface } from 'node:readline/promises';
import { sleep } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Client } from './client.ts';
import { type Output, size, visible } from './output.ts';

/** What every verb is given. */
export interface VerbContext {
  readonly client: Client;
  readonly output: Output;
  readonly json: boolean;
}

const POLL_MS = 250;

/** Shows a job's progress until it ends, and answers its row. Throws what the job failed of. */
export async function followJob(started: JobRow, { client, output }: VerbContext): Promise<JobRow> {
  let job = started;
  while (job.endedAt === null) {
    output.progress(
      `${job.kind} of ${job.environment}: ${visible(job.step)}${job.bytes > 0 ? `, ${size(job.bytes)}` : ''}`,
    );
    await sleep(POLL_MS);
    job = await client.call<JobRow>('GET', `/jobs/${job.id}`);
  }
  for (const warning of job.warnings) output.note(`warning: ${visible(warning)}`);
  if (job.error !== null) {
    throw new AddonError(job.error.code as never, job.error.message, {
      hint: `${job.error.hint} Its log: dbbackup logs ${job.id}`,
    });
  }
  return job;
}

/** Asks for the environment's name before something is overwritten or lost; `--yes` answers for scripts. */
export async function confirmByName(what: string, name: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (process.stdin.isTTY !== true) {
    throw new AddonError('request-invalid', `${what} needs a confirmation`, { hint: 'add --yes when you mean it.' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}. Type ${name} to go on: `);
  terminal.close();
  if (answer !== name) throw new AddonError('request-invalid', `not confirmed: expected ${name}`);
}
