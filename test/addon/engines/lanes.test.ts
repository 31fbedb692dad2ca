import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLanes } from '../../../addon/engines/postgresql/lanes.ts';

test('no more are worked on at once than there are lanes, and all are, in their order; the results too', async () => {
  const begun: number[] = [];
  let [busy, most] = [0, 0];
  const results = await inLanes([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    most = Math.max(most, ++busy);
    await sleep(item === 1 ? 30 : 5);
    busy -= 1;
    return item * 10;
  });
  expect([begun, most, busy]).toEqual([[1, 2, 3, 4, 5], 2, 0]);
  expect(results).toEqual([10, 20, 30, 40, 50]);
});

test('after a failure none is begun, and those under way come to their end before it is told', async () => {
  const ended: number[] = [];
  const work = inLanes([1, 2, 3, 4], 2, async (item) => {
    await sleep(item * 10);
    if (item === 1) throw new Error('the first one failed');
    ended.push(item);
  });
  await expect(work).rejects.toThrow('the first one failed');
  expect(ended).toEqual([2]);
});
