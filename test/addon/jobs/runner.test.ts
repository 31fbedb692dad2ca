import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { type QueueTrial, queueTrial, SECRET } from './kit.ts';

const request = { kind: 'configure', environment: 'shop', requestedBy: 'user' } as const;
const never = new AbortController().signal;
let trial: QueueTrial;
const logOf = (id: string) => readFileSync(join(trial.folder, 'logs', `${id}.log`), 'utf8');

/** Work that goes on until its signal aborts, and then rejects as the rooms do. */
const untilAborted = ({ signal }: { signal: AbortSignal }) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

beforeEach(async () => {
  trial = await queueTrial();
});
afterEach(() => trial[Symbol.dispose]());

test('a job ends as succeeded with the backup it made', async () => {
  const job = await trial.runner.begin(request, async () => ({ backup: 'b1' }));
  expect(await job.ended).toMatchObject({ state: 'succeeded', backup: 'b1', error: null });
});

test('a second job on the same environment is refused while the first one runs', async () => {
  const { runner } = trial;
  const first = await runner.begin(request, untilAborted);
  await expect(runner.begin(request, async () => ({}))).rejects.toMatchObject({ code: 'job-running' });
  runner.cancel(first.id);
  await first.ended;
  expect(await (await runner.begin(request, async () => ({}))).ended).toMatchObject({ state: 'succeeded' });
});

test('jobs on different environments run side by side', async () => {
  const { runner } = trial;
  const first = await runner.begin(request, untilAborted);
  const second = await runner.begin({ ...request, environment: 'other' }, async () => ({}));
  expect(await second.ended).toMatchObject({ state: 'succeeded' });
  runner.cancel(first.id);
  expect(await first.ended).toMatchObject({ state: 'cancelled', error: { code: 'job-cancelled' } });
});

test('a failing job keeps code, message and hint, and its log tells them', async () => {
  const job = await trial.runner.begin(request, async () => {
    throw new AddonError('storage-full', 'no space left', { hint: 'buy a disk.' });
  });
  expect(await job.ended).toMatchObject({ state: 'failed', error: { code: 'storage-full', hint: 'buy a disk.' } });
  expect(logOf(job.id)).toContain('storage-full: no space left. buy a disk.');
});

test('an error that is none of ours is called a bug and its stack is in the log', async () => {
  const job = await trial.runner.begin(request, async () => {
    throw new TypeError('x is not a function');
  });
  expect(await job.ended).toMatchObject({ state: 'failed', error: { code: 'bug' } });
  expect(logOf(job.id)).toContain('runner.test.ts');
});

test('secrets never reach the log', async () => {
  const job = await trial.runner.begin(request, async ({ log }) => {
    log(`using ${SECRET}`);
    return {};
  });
  await job.ended;
  expect(logOf(job.id)).toContain('using ***');
});

test('a prune gives way to what is begun beside the queue', async () => {
  trial.enqueue('shop', { kind: 'prune', lane: 'upkeep' });
  await trial.pass(0);
  expect(trial.running()).toEqual(['shop']);
  const begun = await trial.runner.begin(request, async () => ({}));
  expect(await begun.ended).toMatchObject({ state: 'succeeded' });
  expect(trial.ended.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['prune cancelled', 'configure succeeded']);
});

test('stopping waits for the running job and takes no new one', async () => {
  const { runner } = trial;
  let finish: () => void = () => undefined;
  const job = await runner.begin(request, () => new Promise((resolve) => (finish = () => resolve({}))));
  const stopped = runner.stop(never);
  const other = { ...request, environment: 'other' };
  await expect(runner.begin(other, async () => ({}))).rejects.toMatchObject({ code: 'interrupted' });
  expect(() => trial.enqueue('other')).toThrow(expect.objectContaining({ code: 'interrupted' }));
  finish();
  await stopped;
  expect(await job.ended).toMatchObject({ state: 'succeeded' });
});

test('stopping at once ends the running job as interrupted', async () => {
  const job = await trial.runner.begin(request, untilAborted);
  await trial.runner.stop(AbortSignal.abort());
  expect(await job.ended).toMatchObject({ state: 'interrupted' });
});

test('stopping leaves what waits in the catalog, and tells who waits for it', async () => {
  const kept = trial.enqueue('shop');
  const waiter = trial.runner.ended(kept.id);
  await Promise.all([
    trial.runner.stop(AbortSignal.abort()),
    expect(waiter).rejects.toMatchObject({ code: 'interrupted' }),
  ]);
  expect(trial.store.get(kept.id)).toMatchObject({ state: 'queued' });
});

test('the hint of the flow outlives an abort, because it names the way back', async () => {
  const job = await trial.runner.begin(request, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new AddonError('restore-failed', 'cut off', { hint: 'bring back safety backup s1' });
  });
  trial.runner.cancel(job.id);
  expect(await job.ended).toMatchObject({ state: 'cancelled', error: { hint: 'bring back safety backup s1' } });
});

test('what ran under a dead daemon is interrupted at the next start', async () => {
  const job = await trial.runner.begin(request, untilAborted);
  const { runner } = trial.successor();
  expect(runner.recover()).toMatchObject([{ id: job.id, state: 'interrupted' }]);
  expect(await (await runner.begin(request, async () => ({}))).ended).toMatchObject({ state: 'succeeded' });
});
