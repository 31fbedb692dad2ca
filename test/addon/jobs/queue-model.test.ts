import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QueuedRequest } from '../../../addon/jobs/runner.ts';
import { AddonError, toAddonError } from '../../../storage-node/base/errors.ts';
import { type QueueTrial, queueTrial } from './kit.ts';

const ENVIRONMENTS = ['a', 'b', 'c', 'd', 'e'];
const AT_ONCE = 2;

type Step =
  | { readonly do: 'ask'; readonly environment: string; readonly change: Partial<QueuedRequest> }
  | { readonly do: 'finish' | 'fail' | 'cancel'; readonly environment: string }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'die' };

const environment = fc.constantFrom(...ENVIRONMENTS);
const change = fc.record({
  kind: fc.constantFrom('backup' as const, 'backup' as const, 'restore' as const, 'prune' as const),
  lane: fc.constantFrom('manual' as const, 'scheduled' as const, 'upkeep' as const),
  host: fc.constantFrom('h1:22', 'h2:22', ''),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const), environment, change }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('finish' as const, 'fail' as const, 'cancel' as const), environment }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.nat({ max: 7_200 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'die' as const }) },
);

async function take(taken: Step, trial: QueueTrial): Promise<QueueTrial> {
  if (taken.do === 'die') {
    const next = trial.successor();
    next.runner.recover();
    await next.pass(0);
    return next;
  }
  if (taken.do === 'pass') await trial.pass(taken.seconds * 1_000);
  else if (taken.do === 'finish') await trial.finish(taken.environment);
  else if (taken.do === 'fail') await trial.finish(taken.environment, new AddonError('node-unreachable', 'x'));
  else if (taken.do === 'cancel')
    trial.runner.cancel(trial.store.list({ environment: taken.environment })[0]?.id ?? '');
  else if (taken.do === 'ask') {
    try {
      trial.enqueue(taken.environment, taken.change);
    } catch (thrown) {
      expect(toAddonError(thrown).code).toBe('job-running');
    }
  }
  await trial.pass(0);
  return trial;
}

function assertSound({ store, runner }: QueueTrial): void {
  const rows = store.list();
  const running = rows.filter(({ state }) => state === 'running');
  expect(running.length).toBeLessThanOrEqual(AT_ONCE);
  const hosts = running.map(({ host }) => host).filter(Boolean);
  expect(new Set(hosts).size).toBe(hosts.length);
  expect(new Set(running.map((row) => row.environment)).size).toBe(running.length);
  const waiting = rows.filter(({ state }) => state === 'queued').map(({ id }) => id);
  expect(new Set(runner.waiting().map(({ id }) => id))).toEqual(new Set(waiting));
  const held = runner.waiting().filter(({ waitsFor }) => waitsFor === 'begins now');
  expect(held).toEqual([]);
}

test('whatever is asked for, ends, fails or dies: bounds hold, nothing waits without a reason, and all of it comes to an end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      using first = await queueTrial({ jobsAtOnce: AT_ONCE });
      let trial = first;
      for (const taken of steps) {
        trial = await take(taken, trial);
        assertSound(trial);
      }
      for (let round = 0; trial.store.list().some(({ endedAt }) => endedAt === null); round++) {
        expect(round).toBeLessThan(100);
        for (const name of trial.running()) await trial.finish(name);
        await trial.pass(2 * 3_600_000);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
