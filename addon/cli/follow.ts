import { sleep } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import { createPace, type Expectation, secondsLeft } from '../jobs/estimate.ts';
import type { VerbContext } from './context.ts';
import { size, visible } from './output.ts';

/** A job as the daemon tells of it: with its place where it waits, and what earlier runs let expect where it runs. */
export interface JobView extends JobRow {
  readonly position?: number;
  readonly waitsFor?: string;
  readonly expected?: Expectation;
}

const POLL_MS = 250;

/** What a job does now, on one line: `backup of shop: dumping shop (1 of 2), 12 MB, 4.0 MB/s, about 20 s left`. */
export function progressLine(job: JobView, now: { readonly bytesPerSecond: number; readonly atMs: number }): string {
  const what = `${job.kind} of ${job.environment}`;
  if (job.state === 'queued') {
    const place = job.position === undefined ? '' : `, number ${job.position} in the queue`;
    return `${what}: waits${place}${job.waitsFor ? `: ${visible(job.waitsFor)}` : ''}`;
  }
  const seconds = job.startedAt === null ? 0 : (now.atMs - Date.parse(job.startedAt)) / 1_000;
  const left = job.expected === undefined ? undefined : secondsLeft(job.expected, { seconds, bytes: job.bytes });
  const facts = [
    `${what}: ${job.step === '' ? job.state : visible(job.step)}`,
    ...(job.bytes > 0 ? [size(job.bytes)] : []),
    ...(now.bytesPerSecond > 0 ? [`${size(now.bytesPerSecond)}/s`] : []),
    ...(left === undefined ? [] : [`about ${duration(left)} left`]),
  ];
  return facts.join(', ');
}

/** `40 s`, `12 min`, `3 h`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

/** Looks at a job until it has ended, and answers its row. */
export async function watchJob(
  id: string,
  { client }: Pick<VerbContext, 'client'>,
  see: (job: JobView, line: string) => void,
): Promise<JobView> {
  const pace = createPace();
  for (;;) {
    const job = await client.call<JobView>('GET', `/jobs/${encodeURIComponent(id)}`);
    if (job.endedAt !== null) return job;
    const atMs = Date.now();
    see(job, progressLine(job, { bytesPerSecond: pace(atMs, job.bytes), atMs }));
    await sleep(POLL_MS);
  }
}

/** Shows a job's progress until it ends, and answers its row. Throws what the job failed of. */
export async function followJob(started: JobRow, context: VerbContext): Promise<JobRow> {
  const { output } = context;
  const job = await watchJob(started.id, context, (_, line) => output.progress(line));
  return succeeded(job, context);
}

/** The row of a job that succeeded. Throws what another one failed of, with the way to its log. */
export function succeeded(job: JobView, { output }: VerbContext): JobView {
  for (const warning of job.warnings) output.note(`warning: ${visible(warning)}`);
  if (job.error === null) return job;
  const hint = `${job.error.hint} Its log: dbbackup logs ${job.id}`;
  throw new AddonError(job.error.code as never, job.error.message, { hint });
}
