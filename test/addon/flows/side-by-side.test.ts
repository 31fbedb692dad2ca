import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sideBySide } from '../../../addon/flows/side-by-side.ts';

const never = new AbortController().signal;

test('results come in the order of the items, whoever is done first', async () => {
  const results = await sideBySide([30, 5, 10], 3, never, async (delay) => {
    await sleep(delay);
    return delay * 2;
  });
  expect(results).toEqual([60, 10, 20]);
});

test('no more than the allowed number run at once', async () => {
  let running = 0;
  let most = 0;
  await sideBySide([1, 2, 3, 4, 5], 2, never, async () => {
    most = Math.max(most, ++running);
    await sleep(5);
    running--;
  });
  expect(most).toBe(2);
});

test('the first failure ends the others, and only then rejects', async () => {
  const ended: string[] = [];
  const work = sideBySide(['bad', 'long'], 2, never, async (name, _index, signal) => {
    if (name === 'bad') throw new Error('no');
    await sleep(10_000, undefined, { signal }).catch(() => undefined); // the abort is what it waits for
    ended.push(name);
  });
  await expect(work).rejects.toThrow('no');
  expect(ended).toEqual(['long']);
});

test('an abort from outside rejects with its reason and begins nothing more', async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  const work = sideBySide([1, 2, 3], 1, stop.signal, async (item) => {
    begun.push(item);
    stop.abort(new Error('enough'));
  });
  await expect(work).rejects.toThrow('enough');
  expect(begun).toEqual([1]);
});
