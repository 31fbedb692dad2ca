import { beforeEach, expect, test } from 'vitest';
import { catalogOnly, environment } from './kit.ts';

let it: Awaited<ReturnType<typeof catalogOnly>>;
beforeEach(async () => {
  it = await catalogOnly();
});
const begin = (work: () => Promise<object>) =>
  it.runner.begin({ kind: 'backup', environment: 'shop', requestedBy: 'user' }, work);
const ask = (job: string, more: object = {}) => it.call('job', { environment: environment('shop'), job, ...more });

test('a job that ended is told at once, as success, as failure with its hint, or with its warnings', async () => {
  const good = await begin(async () => ({}));
  await good.ended;
  expect(await ask(good.id, { waitSeconds: '30' })).toMatchObject({ running: false, type: 'success' });
  const bad = await begin(async () => {
    throw new Error('no <b>space</b>');
  });
  await bad.ended;
  expect(await ask(bad.id)).toMatchObject({ type: 'error', text: expect.stringContaining('no <b>space</b>. ') });
});

test('a job that goes on is waited for no longer than asked, and said how to follow', async () => {
  let end = () => {};
  const job = await begin(() => new Promise((resolve) => (end = () => resolve({}))));
  const answer = await ask(job.id, { waitSeconds: 1 });
  expect(answer).toMatchObject({
    running: true,
    type: 'info',
    text: expect.stringContaining(`dbbackup logs ${job.id}`),
  });
  const waiting = ask(job.id, { waitSeconds: 60 });
  end();
  expect(await waiting).toMatchObject({ running: false, type: 'success' });
});

test('the job of another environment is unknown', async () => {
  const job = await begin(async () => ({}));
  await job.ended;
  const foreign = it.call('job', { environment: environment('other'), job: job.id });
  await expect(foreign).rejects.toMatchObject({ code: 'job-unknown' });
});
