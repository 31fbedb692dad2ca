import type { JobRow } from '../../storage-node/base/words.ts';
import type { VerbContext } from './context.ts';
import { size, table, when } from './output.ts';

/** `dbbackup jobs [ENVIRONMENT]`: what runs, and what ran, newest first. */
export async function jobs(environment: string | undefined, { client, output, json }: VerbContext): Promise<void> {
  const query = environment === undefined ? '' : `?environment=${encodeURIComponent(environment)}`;
  const answer = await client.call<{ jobs: JobRow[] }>('GET', `/jobs${query}`);
  if (json) return output.line(JSON.stringify(answer.jobs));
  const rows = answer.jobs.map((job) => [
    job.id,
    job.environment,
    job.kind,
    job.state,
    when(job.startedAt),
    duration(job),
    job.bytes > 0 ? size(job.bytes) : '-',
    job.error === null ? job.step : `${job.error.code}: ${job.error.message}`,
  ]);
  output.line(table(['JOB', 'ENVIRONMENT', 'KIND', 'STATE', 'BEGAN', 'TOOK', 'MOVED', 'WHAT'], rows));
}

function duration(job: JobRow): string {
  if (job.startedAt === null) return '-';
  const end = job.endedAt === null ? Date.now() : Date.parse(job.endedAt);
  return `${Math.max(0, Math.round((end - Date.parse(job.startedAt)) / 1000))} s`;
}

/** `dbbackup logs JOB`: everything a job wrote down. */
export async function logs(id: string, { client, output, json }: VerbContext): Promise<void> {
  const answer = await client.call<{ job: JobRow; log: string }>('GET', `/jobs/${encodeURIComponent(id)}/log`);
  if (json) return output.line(JSON.stringify(answer));
  output.line(answer.log.trimEnd());
}

/** `dbbackup cancel JOB`: ends a running job. */
export async function cancel(id: string, { client, output, json }: VerbContext): Promise<void> {
  const answer = await client.call<{ cancelled: boolean }>('POST', `/jobs/${encodeURIComponent(id)}/cancel`);
  output.line(json ? JSON.stringify(answer) : answer.cancelled ? `job ${id} is being ended` : `job ${id} does not run`);
}
