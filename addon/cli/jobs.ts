import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { VerbContext } from './context.ts';
import { duration, type JobView, succeeded, watchJob } from './follow.ts';
import { size, table, when } from './output.ts';

interface JobsAnswer {
  readonly jobs: readonly JobView[];
  readonly queue: readonly JobView[];
}

/** What `dbbackup jobs` is asked for. */
export interface JobsOptions {
  /** A job to follow until its end; `true` means the one that runs, or else the next one. */
  readonly follow?: string | true;
  readonly limit: number;
}

/** `dbbackup jobs [ENVIRONMENT]`: what waits, in its order, and what runs or ran, newest first. */
export async function jobs(environment: string | undefined, options: JobsOptions, context: VerbContext): Promise<void> {
  const { client, output, json } = context;
  const query = new URLSearchParams({
    limit: String(options.limit),
    ...(environment === undefined ? {} : { environment }),
  });
  if (typeof options.follow === 'string') return await follow(options.follow, context);
  const answer = await client.call<JobsAnswer>('GET', `/jobs?${query}`);
  if (options.follow === true) {
    const job = answer.jobs.find(({ state }) => state === 'running') ?? answer.queue[0];
    if (job !== undefined) return await follow(job.id, context);
    return output.note(`no job${environment === undefined ? '' : ` of ${environment}`} runs or waits`);
  }
  if (json) return output.line(JSON.stringify([...answer.jobs, ...answer.queue]));
  if (answer.queue.length > 0) output.line(`${queueTable(answer.queue)}\n`);
  output.line(historyTable(answer.jobs));
}

/** Shows a job until its end, and ends as it did. */
async function follow(id: string, context: VerbContext): Promise<void> {
  const { output, json } = context;
  let shown = '';
  const seen = (job: JobView, line: string) => {
    if (!json) output.progress(line);
    const mark = JSON.stringify([job.state, job.step, job.position, Math.floor(Date.now() / 5_000)]);
    if (mark === shown || (!json && output.watched)) return;
    shown = mark;
    output.line(json ? JSON.stringify(job) : line);
  };
  const job = await watchJob(id, context, seen);
  if (json) output.line(JSON.stringify(job));
  const { kind, environment, bytes } = succeeded(job, context);
  if (!json)
    output.line(`the ${kind} of ${environment} succeeded in ${took(job)}${bytes > 0 ? `, ${size(bytes)}` : ''}`);
}

function queueTable(queue: readonly JobView[]): string {
  const rows = queue.map((job) => [
    String(job.position ?? ''),
    job.id,
    job.environment,
    job.kind,
    job.requestedBy,
    when(job.queuedAt),
    job.waitsFor ?? '',
  ]);
  return table(['NEXT', 'JOB', 'ENVIRONMENT', 'KIND', 'ASKED BY', 'SINCE', 'WAITS FOR'], rows);
}

function historyTable(rows: readonly JobView[]): string {
  return table(
    ['JOB', 'ENVIRONMENT', 'KIND', 'STATE', 'BEGAN', 'TOOK', 'MOVED', 'WHAT'],
    rows.map((job) => [
      job.id,
      job.environment,
      job.kind,
      job.state,
      when(job.startedAt),
      took(job),
      job.bytes > 0 ? size(job.bytes) : '-',
      `${job.error === null ? job.step : `${job.error.code}: ${job.error.message}`}${repetition(job)}`,
    ]),
  );
}

function repetition({ attempt, repeats }: JobRow): string {
  return repeats === null ? '' : ` (attempt ${attempt}, repeats ${repeats})`;
}

function took({ startedAt, endedAt }: JobRow): string {
  if (startedAt === null) return '-';
  const end = endedAt === null ? Date.now() : Date.parse(endedAt);
  return duration(Math.max(0, end - Date.parse(startedAt)) / 1_000);
}

/** `dbbackup logs JOB`: everything a job wrote down. */
export async function logs(id: string, { client, output, json }: VerbContext): Promise<void> {
  const answer = await client.call<{ job: JobRow; log: string }>('GET', `/jobs/${encodeURIComponent(id)}/log`);
  if (json) return output.line(JSON.stringify(answer));
  output.line(answer.log.trimEnd());
}

/** `dbbackup cancel JOB`: ends a running job, and takes a waiting one off the queue. */
export async function cancel(id: string, { client, output, json }: VerbContext): Promise<void> {
  const path = `/jobs/${encodeURIComponent(id)}`;
  const before = await client.call<JobRow>('GET', path);
  const answer = await client.call<{ cancelled: boolean }>('POST', `${path}/cancel`);
  if (json) return output.line(JSON.stringify(answer));
  if (!answer.cancelled) return output.line(`job ${id} does not run`);
  output.line(before.state === 'queued' ? `job ${id} does not wait any more` : `job ${id} is being ended`);
}

/** The value of `--limit`. */
export function readLimit(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new AddonError('request-invalid', `--limit ${JSON.stringify(text)} is not a number from 1 to 9999`);
}
