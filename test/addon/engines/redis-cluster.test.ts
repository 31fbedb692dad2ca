import { describe, expect, it } from 'vitest';
import type { StoredPart } from '../../../addon/engines/engine.ts';
import { redis } from '../../../addon/engines/redis.ts';
import { serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { trialSettings } from '../../contracts/redis-trial.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import { fleet } from '../../support/fleet.ts';
import { startRedisCluster } from '../../support/servers/redis-cluster.ts';

const hosts = fleet();
const password = 'secret';
const shards = ['slots-0-5460', 'slots-5461-10921', 'slots-10922-16383'];

const kinds = (key: string) => [
  `SET {${key}}:text "\\x00\\xff ä 🙂\\r\\n"`,
  `SET {${key}}:expires 1 PXAT 4102444800123`,
  `RPUSH {${key}}:list a "" c`,
  `SADD {${key}}:set 1 2 drei`,
  `ZADD {${key}}:board 1.5 a -inf b`,
  `HSET {${key}}:hash f1 v1 "f\\x002" "v\\x00"`,
  `PFADD {${key}}:visitors a b c`,
  `SETBIT {${key}}:bits 4711 1`,
  `XADD {${key}}:stream 1-1 n 1`,
  `XADD {${key}}:stream 2-1 n 2`,
  `XGROUP CREATE {${key}}:stream workers 0`,
  `XREADGROUP GROUP workers me COUNT 1 STREAMS {${key}}:stream >`,
];

async function started(names: readonly string[]) {
  const [first, ...rest] = await Promise.all(names.map((name) => hosts.host(name)));
  if (first === undefined) throw new Error('a cluster needs a host');
  const cluster = await startRedisCluster([first, ...rest], { password, appendonly: true, settings: trialSettings });
  const access = { user: '', password, host: first.address, port: 6379, nodes: [first.address], options: {} };
  const server = serverOf(await engineMachine(first), access);
  const each = (...words: readonly string[]) => Promise.all(cluster.nodes.map((node) => node.cli(...words)));
  return {
    first,
    cluster,
    server,
    each,
    fill: async () => {
      await each('FLUSHALL');
      // One name per primary.
      for (const [index, key] of ['b', 'c', 'a'].entries()) await cluster.nodes[index]?.commands(kinds(key).join('\n'));
      const count = `for i = 1, 20000 do redis.call('SET', KEYS[1] .. i, string.rep('x', i % 500)) end`;
      for (const [index, key] of ['b', 'c', 'a'].entries()) {
        await cluster.nodes[index]?.cli('EVAL', count.replace('..', ".. ':' .."), '1', `{${key}}`);
      }
      await each(
        'FUNCTION',
        'LOAD',
        'REPLACE',
        "#!lua name=shop\nredis.register_function('answer', function() return 42 end)",
      );
    },
    content: async () =>
      (
        await Promise.all([
          each('DEBUG', 'DIGEST'),
          each('DBSIZE'),
          each('FUNCTION', 'LIST', 'WITHCODE'),
          ...['a', 'b', 'c'].map((key) => cluster.cli('XINFO', 'GROUPS', `{${key}}:stream`)),
        ])
      ).join('\n'),
  };
}

describe('redis, as a cluster of three primaries', { timeout: 240_000 }, () => {
  it.each([
    ['on one host', ['cluster']],
    ['on three hosts', ['one', 'two', 'three']],
  ])('is backed up and restored primary by primary, %s', async (_, names) => {
    const on = await started(names);
    await on.fill();
    await on.cluster.cli('ACL', 'SETUSER', 'alice', 'on', '>wonder', '~a:*', '+@read');
    const content = await on.content();
    const backup = await takeBackup(redis, on.server);
    expect(backup.parts.map((part) => part.name)).toEqual(['globals', ...shards]);
    await on.each('FLUSHALL');
    await on.each('FUNCTION', 'FLUSH');
    await on.each('ACL', 'DELUSER', 'alice');
    for (const key of ['a', 'b', 'c']) await on.cluster.cli('SET', `later:${key}`, '1');

    const report = await redis.restore(on.server, backup.parts, { version: backup.version });

    expect([...report.restored].sort()).toEqual(['globals', ...shards].sort());
    expect(await on.content()).toBe(content);
    for (const list of await on.each('ACL', 'LIST')) expect(list).toContain('user alice on #');
    const drift = Math.abs(Number(await on.cluster.cli('PEXPIRETIME', '{a}:expires')) - 4102444800123);
    expect(drift).toBeLessThan(2000);
    for (const node of on.cluster.nodes) {
      await node.kill();
      await node.start();
    }
    expect((await on.each('DBSIZE')).map(Number).every((size) => size > 20_000)).toBe(true);
  });

  it('touches nothing when a later part is damaged or belongs to no primary', async () => {
    const on = await started(['careful']);
    await on.fill();
    const backup = await takeBackup(redis, on.server);
    const content = await on.content();
    const last = backup.parts.at(-1);
    await on.first.sh(`printf '\\377\\376' | dd of="$F" bs=1 seek=$((N / 2)) conv=notrunc status=none`, {
      env: { F: last?.file ?? '', N: `${last?.bytes}` },
    });
    const source = { version: backup.version };
    await expect(redis.restore(on.server, backup.parts, source)).rejects.toMatchObject({ code: 'restore-failed' });
    const elsewhere: StoredPart[] = backup.parts.map((part) =>
      part.name === shards[0] ? { ...part, name: 'slots-0-16383' } : part,
    );
    await expect(redis.restore(on.server, elsewhere, source)).rejects.toMatchObject({
      code: 'restore-failed',
      message: expect.stringContaining('no primary owns exactly slots-0-16383'),
    });
    expect(await on.content()).toBe(content);
  });

  it('is refused while a primary is down or a slot is served by nobody', async () => {
    const on = await started(['gaps']);
    await on.each('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
    await on.cluster.nodes[0]?.cli('CLUSTER', 'DELSLOTS', '7');
    await expect(redis.probe(on.server)).rejects.toMatchObject({
      code: 'database-unreachable',
      message: 'the cluster serves 16383 of its 16384 slots',
    });
    await on.cluster.nodes[0]?.cli('CLUSTER', 'ADDSLOTS', '7');
    await redis.probe(on.server);
    await on.cluster.nodes[2]?.kill();
    await expect(redis.probe(on.server)).rejects.toMatchObject({ code: 'database-unreachable' });
  });
});
