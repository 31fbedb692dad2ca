import type { Host } from '../host.ts';
import { type RedisOptions, type RedisServer, startRedis } from './redis.ts';
import { untilReady } from './waiting.ts';

/** Redis masters that share the 16384 slots. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  /** One command, followed to the node that owns the key. */
  cli(...args: readonly string[]): Promise<string>;
}

/** Starts a cluster of three masters: on ports 6379 to 6381 of one host, or one on each of several hosts. */
export async function startRedisCluster(
  hosts: readonly Host[],
  options: Omit<RedisOptions, 'port' | 'dir' | 'cluster' | 'bind'> = {},
): Promise<RedisCluster> {
  const [first] = hosts;
  if (first === undefined || hosts.length === 2) throw new Error('a redis cluster needs one host, or three and more');
  const seats =
    hosts.length === 1
      ? [6379, 6380, 6381].map((port) => ({ host: first, port }))
      : hosts.map((host) => ({ host, port: 6379 }));
  const start = ({ host, port }: { readonly host: Host; readonly port: number }) =>
    startRedis(host, { ...options, port, cluster: true, bind: `127.0.0.1 ${host.address}` });
  const nodes: RedisServer[] = [];
  for (const seat of seats) nodes.push(await start(seat));

  const env: Record<string, string> = options.password === undefined ? {} : { REDISCLI_AUTH: options.password };
  await Promise.all(nodes.map((node, index) => node.cli('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(index, nodes.length))));
  await Promise.all(nodes.map((node, index) => node.cli('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)));
  for (const node of nodes.slice(1)) await node.cli('CLUSTER', 'MEET', first.address, '6379');
  for (const node of nodes) {
    const agrees = async () => knowsAll(await node.cli('CLUSTER', 'INFO'), nodes.length);
    await untilReady(node.host, 'the redis cluster', '/var/log/redis/redis-server.log', agrees);
  }
  return {
    nodes,
    cli: async (...args) =>
      (await first.must(['redis-cli', '-e', '-c', '-h', first.address, ...args], { env })).replace(/\n$/, ''),
  };
}

function slotsOf(index: number, count: number): [string, string] {
  const start = (position: number) => Math.floor((16384 * position) / count);
  return [`${start(index)}`, `${start(index + 1) - 1}`];
}

function knowsAll(info: string, count: number): boolean {
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}\r`);
}
