import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type QueueTrial, queueTrial } from './kit.ts';

const MINUTE = 60_000;
const scheduled = { lane: 'scheduled', requestedBy: 'schedule' } as const;
let trial: QueueTrial;
let next: QueueTrial;

beforeEach(async () => {
  trial = await queueTrial();
  next = trial.successor();
});
afterEach(() => trial[Symbol.dispose]());

describe('after a daemon that was killed', () => {
  test('what waited still waits, in its order', async () => {
    for (const name of ['a', 'b', 'c', 'd']) trial.enqueue(name);
    await trial.pass(0);
    next.runner.recover();
    await next.pass(0);
    expect(next.began).toEqual(['c', 'd']);
  });

  test('a backup that ran is run again after half a minute, whoever asked for it', async () => {
    const asked = trial.enqueue('a', { request: { environment: 'a', name: 'mine' } });
    trial.enqueue('b', scheduled);
    await trial.pass(0);
    expect(next.runner.recover().map(({ environment, state }) => `${environment} ${state}`)).toEqual([
      'a interrupted',
      'b interrupted',
    ]);
    expect(next.ended).toHaveLength(2);
    await next.pass(10_000);
    expect(next.began).toEqual([]);
    await next.pass(30_000);
    expect(next.began.toSorted()).toEqual(['a', 'b']);
    const again = next.store.list({ environment: 'a' })[0];
    expect(again).toMatchObject({ lane: 'manual', attempt: 2, repeats: asked.id });
    expect(next.store.requestOf(again?.id ?? '')).toBe('{"environment":"a","name":"mine"}');
  });

  test('a restore that ran is not, and neither is what was begun beside the queue', async () => {
    trial.enqueue('a', { kind: 'restore' });
    await trial.pass(0);
    const configure = { kind: 'configure', environment: 'b', requestedBy: 'user' } as const;
    await trial.runner.begin(configure, () => new Promise(() => undefined));
    expect(next.runner.recover()).toHaveLength(2);
    await next.pass(60 * MINUTE);
    expect(next.began).toEqual([]);
  });

  test('a backup that proves to be complete is not, not even where the daemon dies again before that was seen', async () => {
    const asked = trial.enqueue('a');
    await trial.pass(0);
    next.runner.recover();
    const third = trial.successor();
    expect(third.runner.recover()).toMatchObject([{ id: asked.id, state: 'interrupted' }]);
    third.runner.settle(asked.id, 'b1');
    await third.pass(60 * MINUTE);
    expect(third.began).toEqual([]);
    expect(third.store.get(asked.id)).toMatchObject({ state: 'interrupted', backup: 'b1' });
    expect(third.store.list()[0]).toMatchObject({
      state: 'cancelled',
      error: { message: 'backup b1 was complete already' },
    });
    expect(trial.successor().runner.recover()).toEqual([]);
  });

  test('a backup that takes the daemon with it each time is not tried for ever', async () => {
    trial.enqueue('a');
    let daemon = trial;
    for (let death = 0; death < 8; death++) {
      await daemon.pass(80 * MINUTE);
      daemon = daemon.successor();
      daemon.runner.recover();
    }
    expect(daemon.store.list().map(({ attempt, state }) => `${attempt} ${state}`)).toEqual(
      [5, 4, 3, 2, 1].map((attempt) => `${attempt} interrupted`),
    );
  });
});
