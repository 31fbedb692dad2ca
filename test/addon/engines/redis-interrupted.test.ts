import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { redis } from '../../../addon/engines/redis.ts';
import type { Machine } from '../../../addon/machines/machine.ts';
import { pourFrom, serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { redisOn } from '../../contracts/redis-trial.ts';
import { fleet } from '../../support/fleet.ts';

const hosts = fleet();

/** A machine that goes silent for good once a command with this word has run: the daemon behind it was killed there. */
function silentAfter(machine: Machine, word: string) {
  let silent = false;
  const silence = new Promise<never>(() => undefined);
  const dying: Machine = {
    ...machine,
    run: async (command, limits) => {
      if (silent) return await silence;
      const outcome = await machine.run(command, limits);
      if (command.argv.includes(word)) silent = true;
      return outcome;
    },
  };
  return { dying, isSilent: () => silent };
}

describe('redis, after a restore that was killed', { timeout: 120_000 }, () => {
  it.each([
    ['and all of its processes with it', true],
    ['while its second server lives on', false],
  ])('is a primary again with its former settings, %s', async (_, together) => {
    const on = await redisOn(hosts, together ? 'killed' : 'orphaned', { appendonly: true });
    await on.live.cli('CONFIG', 'SET', 'masterauth', '');
    await on.live.commands('SET kept 1\n');
    const backup = await takeBackup(redis, on.server);
    await on.live.commands('FLUSHALL\nSET other 1\n');
    const { dying, isSilent } = silentAfter(on.machine, 'REPLICAOF');
    const parts = backup.parts.map((part) => ({ ...part, pourInto: pourFrom(on.server, part, ['cat', part.file]) }));
    const dead = redis.restore(serverOf(dying, on.access), parts, { version: backup.version });
    // Nobody waits for it any more, as for the daemon that was killed.
    dead.catch(() => undefined);
    while (!isSilent()) await sleep(20);
    expect(await on.traces()).toContain('redis-server');
    if (together) await on.host.run(['pkill', '-KILL', '-u', 'dbbackup']);
    expect(await on.live.cli('INFO', 'replication')).toContain('role:slave');

    expect(await redis.tidy(on.server)).toEqual([
      'made redis a primary again, which an interrupted restore had left as a replica',
      'removed the second redis server of an interrupted restore',
    ]);

    expect(await on.live.cli('INFO', 'replication')).toContain('role:master');
    expect(await on.live.cli('CONFIG', 'GET', 'masterauth')).toBe('masterauth\n');
    expect(await on.traces()).toBe('');
    expect(await redis.tidy(on.server)).toEqual([]);
    await redis.probe(on.server);
    await on.restore(backup);
    expect(await on.live.cli('KEYS', '*')).toBe('kept');
  });

  it('stays the replica of somebody else', async () => {
    const on = await redisOn(hosts, 'foreign', { settings: ['replicaof 127.0.0.1 1'] });
    await on.host.sh('cd /home/dbbackup; d=.dbbackup-redis-left; mkdir $d; echo 2 >$d/port; touch $d/undo');
    await redis.tidy(on.server);
    expect(await on.live.cli('INFO', 'replication')).toContain('role:slave');
    await expect(redis.probe(on.server)).rejects.toMatchObject({ code: 'node-replica' });
  });

  it('puts a live server right by itself when the job is stopped in the middle', async () => {
    const on = await redisOn(hosts, 'stopped');
    await on.live.cli('SET', 'kept', '1');
    const backup = await takeBackup(redis, on.server);
    const stop = new AbortController();
    const machine: Machine = {
      ...on.machine,
      run: async (command, limits) => {
        const outcome = await on.machine.run(command, limits);
        if (command.argv.includes('REPLICAOF')) stop.abort(new Error('stopped'));
        return outcome;
      },
    };
    const stopping = serverOf(machine, on.access, stop.signal);
    await expect(redis.restore(stopping, backup.parts, { version: backup.version })).rejects.toThrow('stopped');
    expect(await on.live.cli('INFO', 'replication')).toContain('role:master');
    expect(await on.live.cli('CONFIG', 'GET', 'masterauth')).toBe('masterauth\nsecret');
    expect(await on.traces()).toBe('');
    expect(await redis.tidy(on.server)).toEqual([]);
  });
});
