import type { Counts } from '../../../storage-node/base/words.ts';
import type { Server } from '../engine.ts';
import { askIfAllowed, infoOf, numberOf, type Seat } from './client.ts';

interface Keyspace {
  /** Logical database, `db0`, to its keys; empty ones are not named. */
  readonly keys: Readonly<Record<string, number>>;
  readonly expiring: number;
}

/** What `INFO` says about the keys. */
export function keyspaceOf(info: ReadonlyMap<string, string>): Keyspace {
  const databases = [...info].filter(([name]) => /^db\d+$/.test(name));
  const figure = (text: string, name: string) => numberOf(new RegExp(`(?:^|,)${name}=(\\d+)`).exec(text)?.[1]);
  return {
    keys: Object.fromEntries(databases.map(([name, text]) => [name, figure(text, 'keys')])),
    expiring: databases.reduce((sum, [, text]) => sum + figure(text, 'expires'), 0),
  };
}

/** Keys of all logical databases together. */
export const totalOf = (keys: Readonly<Record<string, number>>): number =>
  Object.values(keys).reduce((sum, count) => sum + count, 0);

/** Both hold as many keys in each logical database. */
export function sameKeys(one: Keyspace, other: Keyspace): boolean {
  const names = new Set([...Object.keys(one.keys), ...Object.keys(other.keys)]);
  return [...names].every((name) => (one.keys[name] ?? 0) === (other.keys[name] ?? 0));
}

/** Function libraries; 0 before Redis 7, which brought them. */
export async function librariesOf(server: Server, seat: Seat): Promise<number> {
  const stats = await askIfAllowed(server, seat, ['FUNCTION', 'STATS']);
  return numberOf(/libraries_count\n(\d+)/.exec(stats ?? '')?.[1]);
}

/** Keys as the server counts them: those that expired but were not yet removed are among them. */
export async function countsOf(server: Server, seat: Seat): Promise<Counts> {
  const { keys, expiring } = keyspaceOf(await infoOf(server, seat));
  return {
    objects: { keys: totalOf(keys), expiring, libraries: await librariesOf(server, seat) },
    rows: keys,
  };
}
