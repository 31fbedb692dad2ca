import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { jobStore } from '../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../storage-node/catalog/open.ts';

const PROGRAM = join(import.meta.dirname, 'queue-process.ts');
const JOBS = 400;
const KILLS = 15;

/** Runs the queue's process; kills it after so long, where a time is given. Answers whether it came to its own end. */
async function run(directory: string, killAfterMs?: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, directory, String(JOBS)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const ready = async () => {
    while (child.exitCode === null && !linesOf(directory, 'accepted').length) await sleep(5);
  };
  if (killAfterMs !== undefined) {
    await ready();
    await sleep(killAfterMs);
    child.kill('SIGKILL');
  }
  const code = await ended;
  if (code !== 0 && code !== null) throw new Error(stderr);
  return code === 0;
}

function linesOf(directory: string, file: string): number[] {
  try {
    return readFileSync(join(directory, file), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

test('a daemon that is killed at any moment loses no job, and repeats none that was complete', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'queue-kill-'));
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    if (!(await run(directory, 250 + ((kill * 67) % 300)))) killed += 1;
  }
  expect(await run(directory)).toBe(true);
  expect(killed).toBeGreaterThan(KILLS / 2);

  const numbers = Array.from({ length: JOBS }, (_, index) => index + 1);
  expect(new Set(linesOf(directory, 'accepted'))).toEqual(new Set(numbers));
  expect(linesOf(directory, 'complete').toSorted((a, b) => a - b)).toEqual(numbers);

  const rows = jobStore(openCatalog(join(directory, 'catalog.sqlite'))).list();
  expect(rows.filter(({ state }) => state === 'interrupted').length).toBeGreaterThan(0);
  for (const row of rows.filter(({ repeats }) => repeats !== null))
    expect(rows.find(({ id }) => id === row.repeats)).toMatchObject({ state: 'interrupted', attempt: row.attempt - 1 });
  for (const number of numbers) {
    const made = rows.filter(({ environment }) => environment === `environment-${number}`);
    expect(made.filter(({ backup }) => backup === String(number))).toHaveLength(1);
  }
  rmSync(directory, { recursive: true });
});
