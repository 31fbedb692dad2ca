import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogbook } from '../../../addon/jobs/logbook.ts';
import { createJobRunner, type JobRunner } from '../../../addon/jobs/runner.ts';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import { createRedactor } from '../../../storage-node/base/redact.ts';
import { type JobStore, jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

const request = { kind: 'backup', environment: 'shop', requestedBy: 'user' } as const;
const never = new AbortController().signal;
let folder: string;
let store: JobStore;
let runner: JobRunner;

async function newRunner(timeLimitMs = 60_000): Promise<JobRunner> {
  const redactor = createRedactor();
  redactor.learn('hunter2-secret');
  const clock = () => new Date();
  const logbook = await openLogbook(join(folder, 'logs'), clock, redactor);
  return createJobRunner({ store, logbook, clock, log: silentLog, timeLimitMs });
}

/** Work that goes on until its signal aborts, and then rejects as the rooms do. */
const untilAborted = ({ signal }: { signal: AbortSignal }) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
  store = jobStore(openCatalog(':memory:'));
  runner = await newRunner();
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a job ends as succeeded with the backup it made', async () => {
  const job = await runner.begin(request, async () => ({ backup: 'b1' }));
  expect(await job.ended).toMatchObject({ state: 'succeeded', backup: 'b1', error: null });
});

test('a second job on the same environment is refused while the first one runs', async () => {
  const first = await runner.begin(request, untilAborted);
  await expect(runner.begin(request, async () => ({}))).rejects.toMatchObject({ code: 'job-running' });
  runner.cancel(first.id);
  await first.ended;
  expect(await (await runner.begin(request, async () => ({}))).ended).toMatchObject({ state: 'succeeded' });
});

test('jobs on different environments run side by side', async () => {
  const first = await runner.begin(request, untilAborted);
  const second = await runner.begin({ ...request, environment: 'other' }, async () => ({}));
  expect(await second.ended).toMatchObject({ state: 'succeeded' });
  runner.cancel(first.id);
  expect(await first.ended).toMatchObject({ state: 'cancelled', error: { code: 'job-cancelled' } });
});

test('a failing job keeps code, message and hint, and its log tells them', async () => {
  const job = await runner.begin(request, async () => {
    throw new AddonError('storage-full', 'no space left', { hint: 'buy a disk.' });
  });
  expect(await job.ended).toMatchObject({ state: 'failed', error: { code: 'storage-full', hint: 'buy a disk.' } });
  const log = readFileSync(join(folder, 'logs', `${job.id}.log`), 'utf8');
  expect(log).toContain('storage-full: no space left. buy a disk.');
});

test('an error that is none of ours is called a bug and its stack is in the log', async () => {
  const job = await runner.begin(request, async () => {
    throw new TypeError('x is not a function');
  });
  expect(await job.ended).toMatchObject({ state: 'failed', error: { code: 'bug' } });
  expect(readFileSync(join(folder, 'logs', `${job.id}.log`), 'utf8')).toContain('runner.test.ts');
});

test('secrets never reach the log', async () => {
  const job = await runner.begin(request, async ({ log }) => {
    log('using hunter2-secret');
    return {};
  });
  await job.ended;
  const log = readFileSync(join(folder, 'logs', `${job.id}.log`), 'utf8');
  expect(log).toContain('using ***');
});

test('a job that runs out of time is aborted and says so', async () => {
  runner = await newRunner(50);
  const job = await runner.begin(request, untilAborted);
  expect(await job.ended).toMatchObject({ state: 'failed', error: { code: 'job-timeout' } });
});

test('a prune gives way to a backup', async () => {
  const prune = await runner.begin({ ...request, kind: 'prune' }, untilAborted);
  const backup = await runner.begin(request, async () => ({}));
  expect(await prune.ended).toMatchObject({ state: 'cancelled' });
  expect(await backup.ended).toMatchObject({ state: 'succeeded' });
});

test('what ran under a dead daemon is interrupted at the next start', async () => {
  const job = await runner.begin(request, untilAborted);
  const successor = await newRunner();
  expect(successor.recover()).toMatchObject([{ id: job.id, state: 'interrupted' }]);
  expect(await (await successor.begin(request, async () => ({}))).ended).toMatchObject({ state: 'succeeded' });
});

test('stopping waits for the running job and takes no new one', async () => {
  let finish: () => void = () => undefined;
  const job = await runner.begin(request, () => new Promise((resolve) => (finish = () => resolve({}))));
  const stopped = runner.stop(never);
  await expect(runner.begin({ ...request, environment: 'other' }, async () => ({}))).rejects.toMatchObject({
    code: 'interrupted',
  });
  finish();
  await stopped;
  expect(await job.ended).toMatchObject({ state: 'succeeded' });
});

test('stopping at once ends the running job as interrupted', async () => {
  const job = await runner.begin(request, untilAborted);
  await runner.stop(AbortSignal.abort());
  expect(await job.ended).toMatchObject({ state: 'interrupted' });
});

test('the hint of the flow outlives an abort, because it names the way back', async () => {
  const job = await runner.begin({ ...request, kind: 'restore' }, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new AddonError('restore-failed', 'cut off', { hint: 'bring back safety backup s1' });
  });
  runner.cancel(job.id);
  expect(await job.ended).toMatchObject({ state: 'cancelled', error: { hint: 'bring back safety backup s1' } });
});
