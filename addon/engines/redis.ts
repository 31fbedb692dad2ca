import { AddonError } from '../../storage-node/base/errors.ts';
import type { Dumpable, Engine, Probe, RestoreReport, Server, StoredPart } from './engine.ts';
import { restoreAlone } from './redis/alone.ts';
import { ask, entrySeat, infoOf, numberOf, type Seat, settingOf } from './redis/client.ts';
import { restoreShards } from './redis/cluster.ts';
import { dumpOfKeys, dumpOfUsers } from './redis/dump.ts';
import { countsOf } from './redis/keyspace.ts';
import { refuseWithoutRights } from './redis/rights.ts';
import { deploymentOf, type Shard } from './redis/shards.ts';
import { tidyRedis } from './redis/tidy.ts';
import { restoreUsers } from './redis/users.ts';

const globals: Dumpable = { name: 'globals', kind: 'globals', extension: 'acl' };

/**
 * Redis, alone or as a cluster of primaries, by its own client programs. A part per primary: its RDB (keys of all logical databases,
 * times to live, functions), read along by `redis-check-rdb` while it is dumped and verified by a second server before it is restored.
 * A server of its own takes the data over by replication, without a restart and in one step; a cluster is filled primary by primary.
 */
export const redis: Engine = {
  name: 'redis',
  abilities: { credentials: 'optional', restoresBeside: false, partsInParallel: false },
  probe,
  dump: async (server, part) => {
    if (part.kind === 'globals') {
      const users = await ask(server, entrySeat(server), ['ACL', 'LIST']);
      const counts = { objects: { users: users.split('\n').length }, rows: {} };
      return { ...dumpOfUsers(entrySeat(server)), counts };
    }
    const seat = await seatOf(server, part);
    return { ...dumpOfKeys(seat), counts: await countsOf(server, seat) };
  },
  restore,
  tidy: tidyRedis,
};

async function probe(server: Server): Promise<Probe> {
  await refuseWithoutTools(server);
  const deployment = await deploymentOf(server);
  const warnings: string[] = [];
  const users = new Set<string>();
  let estimatedBytes = 0;
  for (const { seat } of deployment.shards) {
    await refuseWithoutRights(server, seat, deployment);
    estimatedBytes += numberOf((await infoOf(server, seat)).get('used_memory_dataset'));
    if ((await settingOf(server, seat, 'rdbchecksum')) === 'no')
      warnings.push(`redis on ${seat.host}:${seat.port} has rdbchecksum no: its dumps carry no checksum`);
    if (hasUsers(deployment.version)) users.add(await ask(server, seat, ['ACL', 'LIST']));
  }
  if (users.size > 1) warnings.push('the primaries have different users; those of the master node are backed up');
  const parts = deployment.shards.map(partOf);
  return {
    version: deployment.version,
    parts: hasUsers(deployment.version) ? [globals, ...parts] : parts,
    warnings,
    estimatedBytes,
  };
}

const hasUsers = (version: string) => numberOf(version) >= 6;
const partOf = ({ name }: Shard): Dumpable => ({ name, kind: 'database', extension: 'rdb' });

async function refuseWithoutTools(server: Server): Promise<void> {
  const script = 'for p; do command -v "$p" >/dev/null || echo "$p"; done';
  const argv = ['sh', '-c', script, 'sh', 'redis-cli', 'redis-check-rdb', 'redis-server', 'mkfifo', 'mktemp', 'head'];
  const { stdout } = await server.machine.run({ argv }, { signal: server.signal, timeoutMs: 60_000 });
  const missing = stdout.split('\n').filter((line) => line !== '');
  if (missing.length > 0) throw new AddonError('node-tools', `the master lacks ${missing.join(', ')}`);
}

/** A part named `redis` is the server that was named; the others are looked up in the cluster as it is now. */
async function seatOf(server: Server, part: Dumpable): Promise<Seat> {
  if (part.name === 'redis') return entrySeat(server);
  const { shards } = await deploymentOf(server);
  return shardOf(shards, part).seat;
}

function shardOf(shards: readonly Shard[], part: Dumpable): Shard {
  const shard = shards.find(({ name }) => name === part.name);
  if (shard !== undefined) return shard;
  const now = shards.map(({ name }) => name).join(', ');
  throw new AddonError('restore-failed', `no primary owns exactly ${part.name}; there are: ${now}`, {
    hint: 'a backup of a cluster is restored into one with the same division of slots; nothing was changed.',
  });
}

async function restore(server: Server, parts: readonly StoredPart[]): Promise<RestoreReport> {
  const { cluster, shards } = await deploymentOf(server);
  const keys = parts.filter(({ kind }) => kind === 'database');
  const pairs = keys.map((part) => ({ part, shard: shardOf(shards, part) }));
  const warnings: string[] = [];
  if (cluster) warnings.push(...(await restoreShards(server, pairs)));
  else for (const { part, shard } of pairs) warnings.push(...(await restoreAlone(server, part, shard.seat)));
  const seats = shards.map(({ seat }) => seat);
  const users: readonly StoredPart[] = parts.filter(({ kind }) => kind === 'globals');
  for (const part of users) warnings.push(...(await restoreUsers(server, seats, part)));
  return { restored: [...keys, ...users].map(({ name }) => name), warnings };
}
