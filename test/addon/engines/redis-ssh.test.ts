import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redis } from '../../../addon/engines/redis.ts';
import type { Machine } from '../../../addon/machines/machine.ts';
import { serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { emptyRedis, fillRedis, redisFingerprint, trialSettings } from '../../contracts/redis-trial.ts';
import { startRedis } from '../../support/servers/redis.ts';
import { startRedisCluster } from '../../support/servers/redis-cluster.ts';
import { createMasters, type Masters } from '../machines/masters.ts';

const access = { user: '', password: 'secret', host: '127.0.0.1', port: 0, nodes: [], options: {} };

describe('redis, over ssh', { timeout: 180_000 }, () => {
  let masters: Masters;
  beforeAll(async () => {
    masters = await createMasters();
  });
  afterAll(async () => {
    await masters[Symbol.asyncDispose]();
  }, 60_000);

  const on = async (name: string) => {
    const master = await masters.add(name);
    const machine: Machine = await master.connect();
    return { master, host: master.host, machine, server: serverOf(machine, access) };
  };

  it('restores what it dumped by the real pump, and leaves nothing running', async () => {
    const { host, machine, server } = await on('alone');
    await using _ = machine;
    const live = await startRedis(host, { password: 'secret', appendonly: true, settings: trialSettings });
    await fillRedis(live);
    const content = await redisFingerprint(live);
    const backup = await takeBackup(redis, server);
    await emptyRedis(live);
    await redis.restore(server, backup.parts, { version: backup.version });
    expect(await redisFingerprint(live)).toBe(content);
    expect((await host.run(['pgrep', '-u', 'dbbackup', '-x', 'redis-server'])).stdout).toBe('');
  });

  it('ends the second server with the session, and tidies up in the next one', async () => {
    const { master, host, machine, server } = await on('lost');
    const live = await startRedis(host, { password: 'secret', settings: trialSettings });
    await live.cli('SET', 'kept', '1');
    const backup = await takeBackup(redis, server);
    const cut: Machine = {
      ...machine,
      run: async (command, limits) => {
        const outcome = await machine.run(command, limits);
        if (command.argv.includes('REPLICAOF')) await machine[Symbol.asyncDispose]();
        return outcome;
      },
    };
    await expect(redis.restore(serverOf(cut, access), backup.parts, { version: backup.version })).rejects.toMatchObject(
      { name: 'AddonError' },
    );
    await host.sh(
      'for i in $(seq 100); do pgrep -u dbbackup -x redis-server >/dev/null || exit 0; sleep 0.1; done; exit 1',
    );
    expect(await live.cli('INFO', 'replication')).toContain('role:slave');
    await using next = await master.connect();
    expect(await redis.tidy(serverOf(next, access))).toHaveLength(2);
    expect(await live.cli('INFO', 'replication')).toContain('role:master');
    await redis.probe(serverOf(next, access));
  });

  it('fills a cluster of three primaries', async () => {
    const { host, machine, server } = await on('cluster');
    await using _ = machine;
    const cluster = await startRedisCluster([host], { password: 'secret', settings: trialSettings });
    for (let index = 0; index < 50; index += 1) await cluster.cli('SET', `key ${index}`, `value ${index}`);
    const backup = await takeBackup(redis, server);
    for (const node of cluster.nodes) await node.cli('FLUSHALL');
    await redis.restore(server, backup.parts, { version: backup.version });
    for (let index = 0; index < 50; index += 1) expect(await cluster.cli('GET', `key ${index}`)).toBe(`value ${index}`);
  });
});
