import type { Job } from '../jobs/job.ts';

/** Adds up what the parts of a job have moved, and tells the job. Parts go by their place, since two may have the same name. */
export function progressOf(job: Pick<Job, 'moved'>): (part: number, bytes: number) => void {
  const moved: number[] = [];
  return (part, bytes) => {
    moved[part] = bytes;
    job.moved(moved.reduce((sum, each) => sum + each, 0));
  };
}
