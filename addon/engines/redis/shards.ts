import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { ask, entrySeat, infoOf, type Seat } from './client.ts';

/** A primary with the keys that it owns. */
export interface Shard {
  /** Name of its part: `redis` for a server of its own, `slots-0-5460` for a primary of a cluster. */
  readonly name: string;
  readonly seat: Seat;
}

/** All primaries that a backup has to cover. */
export interface Deployment {
  readonly cluster: boolean;
  readonly version: string;
  readonly shards: readonly Shard[];
}

const allSlots = 16384;

/**
 * The primaries behind the access. A server of its own must be a primary itself; in a cluster any member will do as the door,
 * a replica after a failover too, for all primaries are found by it. Refuses a cluster in which a slot is unserved or on the move, or a primary is down.
 */
export async function deploymentOf(server: Server): Promise<Deployment> {
  const entry = entrySeat(server);
  const info = await infoOf(server, entry);
  const version = info.get('redis_version') ?? 'unknown';
  if (info.get('redis_mode') === 'sentinel')
    throw new AddonError('engine-unsupported', `a redis sentinel on ${entry.host}:${entry.port} holds no data`);
  if (info.get('redis_mode') !== 'cluster' && info.get('cluster_enabled') !== '1') {
    if (info.get('role') !== 'master') {
      const primary = `${info.get('master_host')}:${info.get('master_port')}`;
      throw new AddonError('node-replica', `redis on ${entry.host}:${entry.port} is a replica of ${primary}`);
    }
    return { cluster: false, version, shards: [{ name: 'redis', seat: entry }] };
  }
  const shards = shardsOf(await ask(server, entry, ['CLUSTER', 'NODES']), entry);
  for (const { name, seat } of shards) {
    if ((await infoOf(server, seat)).get('role') !== 'master')
      throw new AddonError('database-unreachable', `${seat.host}:${seat.port} no longer is the primary of ${name}`);
  }
  return { cluster: true, version, shards };
}

/** Reads `CLUSTER NODES`: the primaries that own slots, in the order of their slots. */
export function shardsOf(nodes: string, entry: Seat): readonly Shard[] {
  const owned: { readonly first: number; readonly slots: number; readonly shard: Shard }[] = [];
  for (const line of nodes.split('\n')) {
    const [, address = '', flags = '', , , , , link, ...ranges] = line.trim().split(' ');
    if (!flags.split(',').includes('master') || ranges.length === 0) continue;
    const seat = seatOf(address, entry);
    const who = `${seat.host}:${seat.port}`;
    const myself = flags.includes('myself');
    if (/fail/.test(flags) || (link !== 'connected' && !myself))
      throw new AddonError('database-unreachable', `the cluster's primary ${who} is down`);
    if (ranges.some((range) => range.startsWith('[')))
      throw new AddonError('database-unreachable', `the cluster moves slots of ${who} at this moment`, {
        hint: 'try again when the resharding has ended.',
      });
    const bounds = ranges.map((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return { first, last };
    });
    const slots = bounds.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    owned.push({ first: bounds[0]?.first ?? 0, slots, shard: { name: `slots-${ranges.join('_')}`, seat } });
  }
  const served = owned.reduce((sum, { slots }) => sum + slots, 0);
  if (served !== allSlots)
    throw new AddonError('database-unreachable', `the cluster serves ${served} of its ${allSlots} slots`, {
      hint: 'bring the missing primaries back: redis-cli --cluster check.',
    });
  return owned.sort((one, other) => one.first - other.first).map(({ shard }) => shard);
}

/** `10.0.0.5:6379@16379,name`; a member that does not know its own address leaves it out. */
function seatOf(address: string, entry: Seat): Seat {
  const [place = ''] = address.split('@');
  const colon = place.lastIndexOf(':');
  return { ...entry, host: place.slice(0, colon) || entry.host, port: Number(place.slice(colon + 1)) };
}
