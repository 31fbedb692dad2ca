import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { type QueueTrial, queueTrial } from './kit.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const scheduled = { lane: 'scheduled', requestedBy: 'schedule' } as const;
const jobRunning = expect.objectContaining({ code: 'job-running' });
let trial: QueueTrial;

beforeEach(async () => {
  trial = await queueTrial();
});
afterEach(() => trial[Symbol.dispose]());

describe('the queue', () => {
  test('begins a job that nothing holds up at once', async () => {
    const job = trial.enqueue('shop');
    expect(job.state).toBe('queued');
    const end = trial.runner.ended(job.id);
    await trial.pass(0);
    expect(trial.store.get(job.id)).toMatchObject({ state: 'running', deadlineAt: '2026-11-22T12:00:00.000Z' });
    await trial.finish('shop', { backup: 'b1' });
    expect(await end).toMatchObject({ id: job.id, state: 'succeeded', backup: 'b1' });
  });

  test('runs no more jobs at once than the storage may, and the next one when one ends', async () => {
    for (const name of ['a', 'b', 'c', 'd']) trial.enqueue(name);
    await trial.pass(0);
    expect(trial.began).toEqual(['a', 'b']);
    await trial.finish('b');
    expect(trial.began).toEqual(['a', 'b', 'c']);
  });

  test('runs one job at a time on one database server', async () => {
    trial.enqueue('a', { host: '10.0.0.5:22' });
    trial.enqueue('b', { host: '10.0.0.5:22' });
    trial.enqueue('c');
    await trial.pass(0);
    expect(trial.began).toEqual(['a', 'c']);
    expect(trial.runner.waiting()).toMatchObject([
      { position: 1, waitsFor: 'the backup of a runs on the same server' },
    ]);
    await trial.finish('a');
    expect(trial.began).toEqual(['a', 'c', 'b']);
  });

  test('serves people before schedules, and upkeep last', async () => {
    for (const name of ['x', 'y']) trial.enqueue(name);
    await trial.pass(0);
    trial.enqueue('p', { kind: 'prune', lane: 'upkeep' });
    trial.enqueue('s1', scheduled);
    trial.enqueue('s2', scheduled);
    trial.enqueue('m');
    for (const name of ['x', 'y', 'm', 's1']) await trial.finish(name);
    expect(trial.began).toEqual(['x', 'y', 'm', 's1', 's2', 'p']);
  });

  test('lets a scheduled job that waited long enough go first, and people still have every second turn', async () => {
    for (const name of ['x', 'y']) trial.enqueue(name);
    for (const name of ['s1', 's2']) trial.enqueue(name, scheduled);
    await trial.pass(61 * MINUTE);
    for (const name of ['m1', 'm2']) trial.enqueue(name);
    expect(trial.runner.waiting().map(({ id }) => trial.store.get(id)?.environment)).toEqual(['s1', 's2', 'm1', 'm2']);
    for (const name of ['x', 's1', 'm1', 's2']) await trial.finish(name);
    expect(trial.began).toEqual(['x', 'y', 's1', 'm1', 's2', 'm2']);
  });

  test('is not held up by a job that cannot begin yet', async () => {
    trial.enqueue('a', { host: 'h:22' });
    for (let each = 0; each < 20; each++) trial.enqueue(`blocked-${each}`, { host: 'h:22' });
    trial.enqueue('free');
    await trial.pass(0);
    expect(trial.began).toEqual(['a', 'free']);
  });
});

describe('a request', () => {
  test('of a person is refused while a job of the environment runs', async () => {
    trial.enqueue('shop', { kind: 'restore' });
    await trial.pass(0);
    expect(() => trial.enqueue('shop')).toThrow(jobRunning);
    expect(() => trial.enqueue('shop', { kind: 'check' })).toThrow(jobRunning);
  });

  test('is refused while the same one waits', () => {
    trial.enqueue('shop');
    expect(() => trial.enqueue('shop')).toThrow(jobRunning);
    expect(trial.enqueue('shop', { kind: 'restore' }).state).toBe('queued');
  });

  test('of a person takes the place of a scheduled one that waits', async () => {
    const occurrence = trial.enqueue('shop', scheduled);
    const asked = trial.enqueue('shop');
    await trial.pass(0);
    expect(trial.store.get(occurrence.id)).toMatchObject({
      ...{ state: 'cancelled', startedAt: null },
      error: { code: 'job-cancelled', message: 'a backup asked for by user took its place' },
    });
    expect(trial.store.get(asked.id)).toMatchObject({ state: 'running' });
    expect(trial.began).toEqual(['shop']);
  });

  test('of a schedule is not queued while one waits or runs, but is behind a job of another kind', async () => {
    trial.enqueue('shop', scheduled);
    expect(() => trial.enqueue('shop', scheduled)).toThrow(jobRunning);
    await trial.pass(0);
    expect(() => trial.enqueue('shop', scheduled)).toThrow(jobRunning);
    trial.enqueue('blog', { kind: 'restore' });
    await trial.pass(0);
    trial.enqueue('blog', scheduled);
    await trial.finish('shop');
    expect(trial.began).toEqual(['shop', 'blog']);
    await trial.finish('blog');
    expect(trial.began).toEqual(['shop', 'blog', 'blog']);
  });

  test('ends a prune that runs in its way', async () => {
    const prune = trial.enqueue('shop', { kind: 'prune', lane: 'upkeep' });
    await trial.pass(0);
    const backup = trial.enqueue('shop', scheduled);
    await trial.pass(0);
    expect(trial.store.get(prune.id)).toMatchObject({ state: 'cancelled' });
    expect(trial.store.get(backup.id)).toMatchObject({ state: 'running' });
  });

  test('that fails with what is written beside it leaves nothing in the queue', async () => {
    trial.enqueue('kept');
    const failing = () =>
      trial.runner.together(() => {
        trial.enqueue('shop');
        throw new Error('the disk is full');
      });
    expect(failing).toThrow('the disk is full');
    expect(trial.runner.waiting()).toMatchObject([{ environment: 'kept' }]);
    await trial.pass(0);
    expect(trial.began).toEqual(['kept']);
    expect(trial.store.list()).toHaveLength(1);
  });
});

describe('a job', () => {
  test('that waits is cancelled without ever running', async () => {
    for (const name of ['a', 'b', 'c']) trial.enqueue(name);
    const waiting = trial.store.list({ environment: 'c' })[0]?.id ?? '';
    await trial.pass(0);
    const end = trial.runner.ended(waiting);
    expect(trial.runner.cancel(waiting)).toBe(true);
    expect(await end).toMatchObject({ state: 'cancelled', startedAt: null, error: { code: 'job-cancelled' } });
    expect(trial.runner.cancel(waiting)).toBe(false);
    await trial.finish('a');
    expect(trial.began).toEqual(['a', 'b']);
  });

  test('of an environment that goes away is cancelled, running or waiting', async () => {
    trial.enqueue('shop');
    await trial.pass(0);
    trial.enqueue('shop', { kind: 'check', lane: 'upkeep' });
    await trial.runner.cancelAll('shop');
    expect(trial.store.list({ environment: 'shop' }).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });

  test('that runs out of time is ended and says so', async () => {
    const job = trial.enqueue('shop', { kind: 'check' });
    await trial.pass(0);
    await trial.pass(24 * 60 * MINUTE - 1);
    expect(trial.running()).toEqual(['shop']);
    await trial.pass(1);
    expect(trial.store.get(job.id)).toMatchObject({ state: 'failed', error: { code: 'job-timeout' } });
  });

  test('that does not end although it was told to holds up nobody but its own environment', async () => {
    trial.deaf.add('a');
    for (const name of ['a', 'b', 'c']) trial.enqueue(name, { host: name === 'b' ? '' : 'h:22' });
    await trial.pass(0);
    trial.runner.cancel(trial.store.list({ environment: 'a' })[0]?.id ?? '');
    await trial.pass(9 * MINUTE);
    expect(trial.began).toEqual(['a', 'b']);
    await trial.pass(MINUTE);
    expect(trial.began).toEqual(['a', 'b', 'c']);
    expect(() => trial.enqueue('a')).toThrow(jobRunning);
    await trial.finish('a', new AddonError('bug', 'late'));
    expect(trial.store.list({ environment: 'a' })[0]).toMatchObject({ state: 'cancelled' });
    trial.enqueue('d');
    await trial.pass(0);
    expect(trial.running().toSorted()).toEqual(['b', 'c']);
  });

  test('whose end cannot be written down keeps its place until it can', async () => {
    const job = trial.enqueue('shop');
    await trial.pass(0);
    const end = trial.store.end;
    trial.store.end = () => {
      throw new Error('the disk is full');
    };
    await trial.finish('shop');
    expect(trial.store.get(job.id)).toMatchObject({ state: 'running' });
    trial.store.end = end;
    await trial.pass(1_000);
    expect(trial.store.get(job.id)).toMatchObject({ state: 'succeeded' });
    expect(trial.ended).toHaveLength(1);
  });

  test('tells its listeners inside the transaction that ends it, and does not fail by them', async () => {
    const seen: unknown[] = [];
    trial.runner.onEnded(({ id }) => {
      seen.push(id, trial.store.get(id)?.state);
      throw new Error('a listener');
    });
    const job = trial.enqueue('shop');
    await trial.pass(0);
    await trial.finish('shop', new AddonError('dump-failed', 'x'));
    expect(seen).toEqual([job.id, 'failed']);
    expect(trial.store.get(job.id)).toMatchObject({ state: 'failed', error: { code: 'dump-failed' } });
  });

  test('is forgotten with its log once it ended longer ago than history goes', async () => {
    const old = trial.enqueue('old');
    await trial.pass(0);
    await trial.finish('old', new AddonError('dump-failed', 'x'));
    const log = join(trial.folder, 'logs', `${old.id}.log`);
    expect(existsSync(log)).toBe(true);
    await trial.pass(89 * DAY);
    trial.enqueue('new');
    await trial.pass(0);
    expect(trial.store.get(old.id)).toBeDefined();
    await trial.pass(2 * DAY);
    expect(trial.store.get(old.id)).toBeUndefined();
    expect(existsSync(log)).toBe(false);
    expect(trial.store.list().map(({ environment }) => environment)).toEqual(['new']);
  });
});
