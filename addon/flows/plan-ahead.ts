import type { Dumpable, DumpPlan, Probe } from '../engines/engine.ts';
import type { Target } from './target.ts';

/** Answers how a part is to be dumped. */
export type Planner = (part: Dumpable) => Promise<DumpPlan>;

/**
 * Plans the first dumps as soon as the probe knows them: the server has nothing to do while the storage is being attached. Each such
 * plan is used once; every other one is made when it is asked for.
 */
export function planAhead({ engine, server }: Target, probing: Promise<Probe>, howMany: number): Planner {
  const made = new Map<string, Promise<DumpPlan>>();
  const key = ({ kind, name }: Dumpable) => `${kind} ${name}`;
  const begin = ({ parts }: Probe) => {
    for (const part of parts.slice(0, howMany)) {
      const plan = engine.dump(server, part);
      // Whoever asks for it hears of its failure.
      plan.catch(() => undefined);
      made.set(key(part), plan);
    }
  };
  // Whoever waits for the probe hears of its failure.
  probing.then(begin, () => undefined);
  return async (part) => {
    const plan = made.get(key(part));
    made.delete(key(part));
    return await (plan ?? engine.dump(server, part));
  };
}
