import { afterAll } from 'vitest';
import { createNetwork, type Host, type HostNetwork, type HostOptions } from './hosts.ts';

/** Hosts and servers of one test file, started when first asked for and stopped after the file's last test. */
export interface Fleet {
  /** The host of this name; the options count the first time. */
  host(name: string, options?: Omit<HostOptions, 'name'>): Promise<Host>;
  /** What `start` made when this key was first asked for: a server, a daemon, a filled database. */
  shared<Thing>(key: string, start: () => Promise<Thing>): Promise<Thing>;
}

/** To be called once, at the top of a test file or of a describe. */
export function fleet(): Fleet {
  const things = new Map<string, Promise<unknown>>();
  let network: Promise<HostNetwork> | undefined;
  const shared = <Thing>(key: string, start: () => Promise<Thing>) => {
    const known = things.get(key) as Promise<Thing> | undefined;
    if (known !== undefined) return known;
    const starting = start();
    things.set(key, starting);
    return starting;
  };
  afterAll(async () => {
    await (await network)?.stop();
  }, 60_000);
  return {
    shared,
    host: (name, options = {}) =>
      shared(`host ${name}`, async () => {
        network ??= createNetwork();
        return (await network).addHost({ ...options, name });
      }),
  };
}
