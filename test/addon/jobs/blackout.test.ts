import { expect, test } from 'vitest';
import { queueTrial } from './kit.ts';

const HOUR = 3_600_000;
const scheduled = { lane: 'scheduled', requestedBy: 'schedule' } as const;

test('what nobody waits for begins when its hours allow it, and holds up nobody until then', async () => {
  using queue = await queueTrial({}, ({ lane, environment }) =>
    lane === 'scheduled' && environment !== 'free' ? Date.parse('2026-11-21T22:00:00Z') : 0,
  );
  for (const name of ['a', 'b', 'c', 'free']) queue.enqueue(name, scheduled);
  queue.enqueue('manual');
  await queue.pass(0);
  expect(queue.began).toEqual(['manual', 'free']);
  for (const name of queue.began) await queue.finish(name);
  for (let hour = 0; hour < 9; hour++) await queue.pass(HOUR);
  expect(queue.began).toEqual(['manual', 'free']);
  await queue.pass(HOUR);
  expect(queue.began).toEqual(['manual', 'free', 'a', 'b']);
});
