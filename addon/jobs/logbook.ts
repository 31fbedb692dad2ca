import { appendFileSync, rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Redactor } from '../../storage-node/base/redact.ts';

/** Each job's own log: a text file of dated lines, secrets taken out. */
export interface Logbook {
  write(job: string, line: string): void;
  /** Everything written so far; empty for a job that said nothing. */
  read(job: string): Promise<string>;
  /** Drops the logs of jobs that are forgotten. */
  remove(jobs: readonly string[]): void;
}

/** Keeps the logs as `<folder>/<job>.log`, readable by the daemon's account alone. */
export async function openLogbook(folder: string, clock: Clock, redactor: Redactor): Promise<Logbook> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fileOf = (job: string) => join(folder, `${job}.log`);
  return {
    write(job, line) {
      const text = redactor.redact(`${clock().toISOString()} ${line}\n`);
      try {
        appendFileSync(fileOf(job), text, { mode: 0o600 });
      } catch {
        // A full disk must not end the job that tries to say so.
      }
    },
    async read(job) {
      if (!/^[\w-]+$/.test(job)) throw new AddonError('job-unknown', `no job has the id ${JSON.stringify(job)}`);
      return readFile(fileOf(job), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
    },
    remove(jobs) {
      for (const job of jobs) rmSync(fileOf(job), { force: true });
    },
  };
}
