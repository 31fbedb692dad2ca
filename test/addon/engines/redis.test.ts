import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StoredPart } from '../../../addon/engines/engine.ts';
import { redis } from '../../../addon/engines/redis.ts';
import { type FileBackup, pourFrom, serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { fillRedis, redisFingerprint, redisOn, trialSettings } from '../../contracts/redis-trial.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import { fleet } from '../../support/fleet.ts';
import { type RedisOptions, startRedis } from '../../support/servers/redis.ts';
import { untilReady } from '../../support/servers/waiting.ts';

const fleetOfFile = fleet();
const hostNamed = fleetOfFile.host;
const password = 'secret';

const trial = (name: string, options: RedisOptions = {}) => redisOn(fleetOfFile, name, options);

/** The backup with one part's file changed by a shell line in place, its length kept. */
async function altered(on: Awaited<ReturnType<typeof trial>>, backup: FileBackup, line: string): Promise<FileBackup> {
  const parts: FileBackup['parts'][number][] = [];
  for (const part of backup.parts) {
    const file = `${part.file}-altered`;
    await on.host.sh(`cp ${part.file} ${file}; chown dbbackup ${file}`);
    if (part.kind === 'database') await on.host.sh(line, { env: { F: file, N: `${part.bytes}` } });
    parts.push({ ...part, file, pourInto: pourFrom(on.server, part, ['cat', file]) });
  }
  return { ...backup, parts };
}

describe('redis, alone', { timeout: 180_000 }, () => {
  it('survives a crash right after a restore, with an append-only file', async () => {
    const on = await trial('aof', { appendonly: true });
    await fillRedis(on.live);
    const content = await redisFingerprint(on.live);
    const backup = await takeBackup(redis, on.server, (part) => part.kind === 'database');
    await on.live.commands('FLUSHALL\nSET other 1\n');
    await on.restore(backup);
    await on.live.kill();
    await on.live.start();
    const users = /^user .*\n/gm;
    expect((await redisFingerprint(on.live)).replace(users, '')).toBe(content.replace(users, ''));
  });

  it('survives a crash right after a restore, with save points', async () => {
    const on = await trial('save', { settings: ['save 3600 1'] });
    await on.live.commands('SET kept 1\n');
    const backup = await takeBackup(redis, on.server);
    await on.live.commands('FLUSHALL\nSET other 1\n');
    await on.restore(backup);
    await on.live.kill();
    await on.live.start();
    expect(await on.live.cli('KEYS', '*')).toBe('kept');
  });

  it('dumps a clean RDB whether the server syncs with or without a file, and with its default wait', async () => {
    const on = await trial('modes', { settings: ['repl-diskless-sync-delay 5'] });
    await on.live.commands('SET a 1\n');
    for (const mode of ['yes', 'no']) {
      await on.live.cli('CONFIG', 'SET', 'repl-diskless-sync', mode);
      const backup = await takeBackup(redis, on.server, (part) => part.name === 'redis');
      const file = backup.parts[0]?.file ?? '';
      const said = await on.host.must(['redis-check-rdb', file]);
      expect(said).toContain(`[offset ${backup.parts[0]?.bytes}] \\o/ RDB looks OK! \\o/`);
      expect(said).toContain('Checksum OK');
    }
  });

  it('does not call a dump complete that its client cut off without a word', async () => {
    const on = await trial('liar');
    await on.live.commands('SET a 1\nSET b 2\n');
    const genuine = '/usr/bin/redis-cli "$@"';
    const lie = `#!/bin/sh\ncase "$*" in *--rdb*) ${genuine} | head -c -60 ;; *) exec ${genuine} ;; esac\n`;
    await on.host.writeFile('/usr/local/bin/redis-cli', lie, 0o755);
    await expect(takeBackup(redis, on.server)).rejects.toThrow('the RDB is not whole');
    await on.host.sh('rm /usr/local/bin/redis-cli');
    await takeBackup(redis, on.server);
  });

  it('leaves the data alone when the RDB is damaged, too new, not proven whole, or larger than the server may get', async () => {
    const on = await trial('damage');
    await fillRedis(on.live);
    const backup = await takeBackup(redis, on.server, (part) => part.kind === 'database');
    await on.live.commands('FLUSHALL\nSET other 1\n');
    const flip = 'printf "\\377\\376" | dd of="$F" bs=1 seek=$((N / 2)) conv=notrunc status=none';
    await expect(on.restore(await altered(on, backup, flip))).rejects.toMatchObject({ code: 'restore-failed' });
    const newer = 'printf REDIS0099 | dd of="$F" bs=1 conv=notrunc status=none';
    await expect(on.restore(await altered(on, backup, newer))).rejects.toMatchObject({ code: 'version-refused' });
    const late = ['sh', '-c', 'cat "$1"; sleep 1; exit 1', 'sh'];
    const unproven = backup.parts.map((part) => ({
      ...part,
      pourInto: pourFrom(on.server, part, [...late, part.file]),
    }));
    await expect(redis.restore(on.server, unproven, { version: backup.version })).rejects.toThrow('producer-failed');
    await on.live.cli('CONFIG', 'SET', 'maxmemory', '3mb');
    await expect(on.restore(backup)).rejects.toMatchObject({
      code: 'node-space',
      message: expect.stringContaining('redis may use'),
    });
    expect(await on.live.cli('KEYS', '*')).toBe('other');
    expect(await on.live.cli('INFO', 'replication')).toContain('role:master');
    expect(await on.traces()).toBe('');
  });

  it('needs no password and no append-only file, and keeps times to live', async () => {
    const host = await hostNamed('open');
    const live = await startRedis(host, { settings: trialSettings });
    const access = { user: '', password: '', host: '', port: 0, nodes: [], options: {} };
    const server = serverOf(await engineMachine(host), access);
    await live.commands('SET long 1 PXAT 4102444800123\nSET short 1 PX 1500\nSET forever 1\n');
    const backup = await takeBackup(redis, server);
    expect(backup.parts.find((part) => part.name === 'redis')?.counts).toEqual({
      objects: { keys: 3, expiring: 2, libraries: 0 },
      rows: { db0: 3 },
    });
    await live.cli('FLUSHALL');
    await sleep(1600);
    await redis.restore(server, backup.parts, { version: backup.version });
    expect((await live.cli('KEYS', '*')).split('\n').sort()).toEqual(['forever', 'long']);
    expect(await live.cli('PEXPIRETIME', 'long')).toBe('4102444800123');
    expect(await live.cli('CONFIG', 'GET', 'masterauth')).toBe('masterauth\n');
    const wrong = serverOf(server.machine, { ...access, password: 'needless' });
    await expect(redis.probe(wrong)).rejects.toMatchObject({ code: 'credentials-refused' });
  });

  it('works as a user of its own, whose password and permissions a restore leaves alone', async () => {
    const on = await trial('named', { acl: ['keeper on >old ~* &* +@all', 'guest on >guest ~g:* +@read'] });
    const server = serverOf(on.machine, { ...on.access, user: 'keeper', password: 'old' });
    const backup = await takeBackup(redis, server);
    await on.live.cli('ACL', 'SETUSER', 'keeper', 'resetpass', '>new');
    await on.live.cli('ACL', 'DELUSER', 'guest');
    const later = serverOf(on.machine, { ...on.access, user: 'keeper', password: 'new' });
    const parts: StoredPart[] = backup.parts.map((part) => ({
      ...part,
      pourInto: pourFrom(later, part, ['cat', part.file]),
    }));
    const report = await redis.restore(later, parts, { version: backup.version });
    expect(report.warnings).toEqual([
      'the redis user keeper, whom the backups use, keeps its present password and permissions',
      'redis has no aclfile: the restored users last until its next restart, unless redis.conf has them',
    ]);
    expect(await on.live.cli('ACL', 'LIST')).toMatch(/^user guest on #\S+ ~g:\* /m);
    await redis.probe(later);
  });

  it('names commands that were renamed', async () => {
    const on = await trial('renamed', { settings: ['rename-command REPLICAOF ""', 'rename-command CONFIG hidden'] });
    await expect(redis.probe(on.server)).rejects.toMatchObject({
      code: 'privileges-missing',
      message: expect.stringMatching(/CONFIG GET.*CONFIG SET.*REPLICAOF/),
    });
  });

  it('brings its own replicas along', async () => {
    const on = await trial('primary', { bind: '0.0.0.0' });
    const follower = await startRedis(await hostNamed('follower'), {
      password,
      settings: [...trialSettings, `replicaof ${on.host.address} 6379`],
    });
    await on.live.commands('SET kept 1\n');
    const backup = await takeBackup(redis, on.server);
    await on.live.commands('FLUSHALL\nSET other 1\n');
    await on.restore(backup);
    await on.live.commands('SET later 1\n');
    const follows = async () => (await follower.cli('KEYS', '*')).split('\n').sort().join() === 'kept,later';
    await untilReady(follower.host, 'the replica', '/var/log/redis/redis-server.log', follows);
  });
});
