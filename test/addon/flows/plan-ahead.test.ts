import { expect, test } from 'vitest';
import type { Dumpable, DumpPlan, Probe } from '../../../addon/engines/engine.ts';
import { planAhead } from '../../../addon/flows/plan-ahead.ts';
import type { Target } from '../../../addon/flows/target.ts';

const part = (name: string, kind: Dumpable['kind'] = 'database'): Dumpable => ({ name, kind, extension: 'sql' });
const parts = [part('orders'), part('globals'), part('users'), part('globals', 'globals')];
const probe: Probe = { version: '1', parts, warnings: [], estimatedBytes: 0 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A target whose engine notes what it was asked to plan, and answers each plan with a number of its own. */
function trial(fail: (name: string) => boolean = () => false) {
  const asked: string[] = [];
  const dump = async (_: unknown, { kind, name }: Dumpable): Promise<DumpPlan> => {
    asked.push(`${kind} ${name}`);
    if (fail(name)) throw new Error(`no plan for ${name}`);
    return { counts: null, command: { argv: [`${asked.length}`] }, expect: {} };
  };
  return { asked, target: { engine: { dump }, server: {} } as unknown as Target };
}

test('the first dumps are planned as soon as the probe knows them, and the others when they are asked for', async () => {
  const { asked, target } = trial();
  const plan = planAhead(target, Promise.resolve(probe), 2);
  await settled();
  expect(asked).toEqual(['database orders', 'database globals']);
  expect((await plan(part('globals'))).command.argv).toEqual(['2']);
  expect((await plan(part('globals', 'globals'))).command.argv).toEqual(['3']);
  expect(asked.at(-1)).toBe('globals globals');
});

test('a plan is used once: a dump that is tried again is planned again', async () => {
  const { asked, target } = trial();
  const plan = planAhead(target, Promise.resolve(probe), 1);
  await settled();
  expect((await plan(part('orders'))).command.argv).toEqual(['1']);
  expect((await plan(part('orders'))).command.argv).toEqual(['2']);
  expect(asked).toEqual(['database orders', 'database orders']);
});

test('a plan that fails is told to the one who asks for it', async () => {
  const { target } = trial((name) => name === 'orders');
  const plan = planAhead(target, Promise.resolve(probe), 1);
  await settled();
  await expect(plan(part('orders'))).rejects.toThrow('no plan for orders');
});

test('a probe that fails is nobody’s news here', async () => {
  const { asked, target } = trial();
  planAhead(target, Promise.reject(new Error('no server')), 2);
  await settled();
  expect(asked).toEqual([]);
});
