import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LONGEST_WAIT_MS, retryDelay } from '../../../addon/jobs/retry.ts';
import { AddonError, ERRORS, type ErrorCode } from '../../../storage-node/base/errors.ts';
import type { JobRow } from '../../../storage-node/base/words.ts';
import { type QueueTrial, queueTrial } from './kit.ts';

const MINUTE = 60_000;
const scheduled = { lane: 'scheduled', requestedBy: 'schedule' } as const;
type Asked = Parameters<typeof retryDelay>[0];
const ended = (code: ErrorCode, change: Partial<Asked> = {}): Asked => ({
  ...{ kind: 'backup', lane: 'scheduled', state: 'failed', attempt: 1, environment: 'shop' },
  error: { code, message: '', hint: '' },
  ...change,
});

describe('whether a job is repeated', () => {
  test.for(Object.keys(ERRORS) as ErrorCode[])('is what the table of errors says of %s', (code) => {
    expect(retryDelay(ended(code)) !== undefined).toBe(ERRORS[code].retry);
  });

  test('depends on who asked: nobody waits for a person’s own request, except for a backup that the daemon’s end cut off', () => {
    expect(retryDelay(ended('node-unreachable', { lane: 'manual' }))).toBeUndefined();
    expect(retryDelay(ended('interrupted', { lane: 'manual', state: 'interrupted' }))).toBeGreaterThan(0);
    expect(retryDelay(ended('interrupted', { lane: 'manual', state: 'interrupted', kind: 'check' }))).toBeUndefined();
    expect(retryDelay(ended('repository-locked', { lane: 'upkeep', kind: 'prune' }))).toBeGreaterThan(0);
  });

  test('is never so for a restore, whoever asked', () => {
    for (const lane of ['scheduled', 'manual', 'upkeep'] as const) {
      expect(retryDelay(ended('interrupted', { lane, state: 'interrupted', kind: 'restore' }))).toBeUndefined();
      expect(retryDelay(ended('connection-lost', { lane, kind: 'restore' }))).toBeUndefined();
    }
  });

  test('ends after so many attempts, each later than the one before', () => {
    const delays = [1, 2, 3, 4, 5].map((attempt) => retryDelay(ended('node-unreachable', { attempt })));
    expect(delays.at(-1)).toBeUndefined();
    const waits = delays.slice(0, 4) as number[];
    for (const [index, wait] of waits.entries()) {
      const middle = MINUTE * 4 ** index;
      expect(wait).toBeGreaterThanOrEqual(middle * 0.75);
      expect(wait).toBeLessThanOrEqual(Math.min(middle * 1.25, LONGEST_WAIT_MS));
    }
  });

  test('is spread between environments, and the same each time it is asked', () => {
    const delays = Array.from({ length: 200 }, (_, each) =>
      Number(retryDelay(ended('node-unreachable', { environment: `env-${each}` }))),
    );
    expect(delays).toEqual(
      delays.map((_, each) => retryDelay(ended('node-unreachable', { environment: `env-${each}` }))),
    );
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(25_000);
    expect(new Set(delays).size).toBeGreaterThan(150);
  });
});

describe('a scheduled backup that failed', () => {
  let trial: QueueTrial;
  beforeEach(async () => {
    trial = await queueTrial();
  });
  afterEach(() => trial[Symbol.dispose]());
  const last = () => trial.store.list()[0] as JobRow;

  async function fail(code: ErrorCode = 'node-unreachable'): Promise<void> {
    trial.enqueue('shop', { ...scheduled, request: { environment: 'shop', name: 'x' } });
    await trial.pass(0);
    await trial.finish('shop', new AddonError(code, 'it failed'));
  }

  test('waits and is run again, as a row of its own that names the one it repeats', async () => {
    await fail();
    const [retry, first] = trial.store.list();
    expect(first).toMatchObject({ state: 'failed', attempt: 1 });
    expect(retry).toMatchObject({ ...scheduled, state: 'queued', attempt: 2, repeats: first?.id, host: 'shop:22' });
    expect(trial.store.requestOf(retry?.id ?? '')).toBe('{"environment":"shop","name":"x"}');
    expect(trial.runner.waiting()).toMatchObject([{ waitsFor: expect.stringMatching(/^attempt 2 in \d+ s$/) }]);
    await trial.pass(30_000);
    expect(trial.running()).toEqual([]);
    await trial.pass(MINUTE);
    await trial.finish('shop', { backup: 'b1' });
    expect(last()).toMatchObject({ id: retry?.id, state: 'succeeded', backup: 'b1' });
  });

  test('is repeated a bounded number of times', async () => {
    await fail();
    for (let attempt = 2; attempt <= 9; attempt++) {
      await trial.pass(LONGEST_WAIT_MS);
      await trial.finish('shop', new AddonError('node-unreachable', 'still'));
    }
    expect(trial.store.list().map(({ attempt, state }) => `${attempt} ${state}`)).toEqual(
      [5, 4, 3, 2, 1].map((attempt) => `${attempt} failed`),
    );
  });

  test('is not repeated where a person must do something first', async () => {
    await fail('credentials-refused');
    expect(trial.store.list()).toHaveLength(1);
  });

  test('is repeated by no second row when its schedule comes round, and by none when a person asks for one', async () => {
    await fail();
    const retry = last();
    expect(() => trial.enqueue('shop', scheduled)).toThrow(expect.objectContaining({ code: 'job-running' }));
    trial.enqueue('shop');
    await trial.pass(0);
    expect(trial.store.get(retry.id)).toMatchObject({ state: 'cancelled' });
    expect(last()).toMatchObject({ lane: 'manual', state: 'running' });
  });

  test('begins although the clock was set back by a year meanwhile', async () => {
    await fail();
    await trial.pass(-365 * 24 * 60 * MINUTE);
    expect(trial.running()).toEqual(['shop']);
  });

  test('tells its listener that it will be repeated', async () => {
    const seen: (string | undefined)[] = [];
    trial.runner.onEnded((_, retry) => void seen.push(retry?.repeats ?? undefined));
    await fail();
    const first = trial.store.list()[1];
    expect(seen).toEqual([first?.id]);
  });
});
