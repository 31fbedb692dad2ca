import type { JobRow } from '../../storage-node/base/words.ts';
import type { Waiting } from './lanes.ts';

/** A job's place in the queue. */
export interface WaitingPlace {
  readonly id: string;
  readonly environment: string;
  /** 1 is the next. */
  readonly position: number;
  /** Why it has not begun, in words for people. */
  readonly waitsFor: string;
}

/** How things stand for those that wait. */
export interface Present {
  readonly now: Date;
  readonly placesAreFree: boolean;
  readonly jobsAtOnce: number;
  runOf(environment: string): JobRow | undefined;
  busyWith(host: string): JobRow | undefined;
}

/** Says of each waiting job, in order, what it waits for. */
export function describeWaiting(inOrder: readonly Waiting[], present: Present): WaitingPlace[] {
  return inOrder.map((job, index) => {
    const { id, environment } = job;
    return { id, environment, position: index + 1, waitsFor: reason(job, present) };
  });
}

function reason(job: Waiting, { now, placesAreFree, jobsAtOnce, runOf, busyWith }: Present): string {
  if (job.readyAt > now.getTime()) {
    const seconds = Math.ceil((job.readyAt - now.getTime()) / 1_000);
    const wait = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
    return job.attempt > 1 ? `attempt ${job.attempt} in ${wait}` : `begins in ${wait}`;
  }
  const other = runOf(job.environment);
  if (other !== undefined) return `the ${other.kind} of ${job.environment} runs`;
  const neighbour = busyWith(job.host);
  if (neighbour !== undefined) return `the ${neighbour.kind} of ${neighbour.environment} runs on the same server`;
  if (!placesAreFree) return jobsAtOnce === 1 ? 'another job runs' : `${jobsAtOnce} jobs run, as many as may at once`;
  return 'begins now';
}
