import { afterAll } from 'vitest';
import type { Answer, Scope } from '../contract.ts';
import { createPlatform, type PlatformOptions, type StandInPlatform } from '../platform.ts';

/** One platform of a test file, made when first asked for and closed after the last test, and what its tests do with it. */
export function stand(options: PlatformOptions = {}) {
  let made: Promise<StandInPlatform> | undefined;
  const things = new Map<string, Promise<unknown>>();
  const platform = () => {
    made ??= createPlatform(options);
    return made;
  };
  afterAll(async () => {
    await (await made)?.[Symbol.asyncDispose]();
  }, 60_000);
  const shared = <Thing>(key: string, make: () => Promise<Thing>): Promise<Thing> => {
    const known = things.get(key) as Promise<Thing> | undefined;
    const making = known ?? make();
    things.set(key, making);
    return making;
  };
  return {
    platform,
    /** What `make` made when this key was first asked for. */
    shared,
    /** An environment of one node, made once. */
    environment: (name: string, nodeType: string) =>
      shared(`environment ${name}`, async () => {
        const view = await (await platform()).createEnvironment({ name, nodes: [{ nodeType, nodeGroup: '' }] });
        const [layer] = view.layers;
        const [node] = layer?.nodes ?? [];
        if (layer === undefined || node === undefined) throw new Error(`environment ${name} has no node`);
        return { name, nodeGroup: layer.nodeGroup, node, view };
      }),
    /** Calls the API as the first account. */
    call: async (
      method: string,
      parameters: Readonly<Record<string, unknown>> | readonly unknown[],
      scope: Partial<Scope> = {},
    ): Promise<Answer & Readonly<Record<string, never>>> => {
      const { world, caller } = await platform();
      return (await world.call(method, parameters, { caller, ...scope })) as Answer & Readonly<Record<string, never>>;
    },
  };
}
