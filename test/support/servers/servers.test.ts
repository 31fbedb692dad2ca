import { describe, expect, it } from 'vitest';
import { fleet } from '../fleet.ts';
import { startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { startSshd, stopSshd } from './sshd.ts';

const { host, shared } = fleet();
const password = `it's "a" \\ $ecret`;

describe('servers on hosts', { timeout: 120_000 }, () => {
  it('logs in over ssh from one host to another, with a pinned host key', async () => {
    const [from, to] = await Promise.all([host('from'), host('to')]);
    const hostKey = await startSshd(to);
    expect(hostKey).toMatch(/^ssh-ed25519 AAAA[A-Za-z0-9+/=]+$/);
    await from.sh(`install -d -m 700 /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519`);
    await from.writeFile('/root/.ssh/known_hosts', `to ${hostKey}\n`);
    const publicKey = await from.readFile('/root/.ssh/id_ed25519.pub');
    await to.sh(
      `useradd --create-home --password '*' --shell /bin/sh guest; install -d -o guest -g guest -m 700 ~guest/.ssh`,
    );
    await to.writeFile('/home/guest/.ssh/authorized_keys', `restrict ${publicKey}`);
    const login = ['ssh', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', 'guest@to', 'hostname; id -un'];

    expect(await from.must(login)).toBe('to\nguest\n');

    await stopSshd(to);
    expect((await from.run(login)).stderr).toContain('Connection refused');
    expect(await startSshd(to)).not.toBe(hostKey);
    expect((await from.run(login)).stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  });

  it('runs MariaDB with a root password, which a crash does not hurt', async () => {
    const server = await shared('mariadb', async () => startMariadb(await host('sql'), { rootPassword: password }));
    await server.sql('CREATE DATABASE shop; CREATE TABLE shop.t (name TEXT); INSERT INTO shop.t VALUES ("ä🙂")');
    await server.kill();
    await server.start();
    expect(await server.sql('SELECT name FROM t', { database: 'shop' })).toBe('ä🙂\n');
    expect(await server.sql('SELECT user, host FROM mysql.global_priv ORDER BY user')).toBe(
      'mariadb.sys\tlocalhost\nroot\tlocalhost\n',
    );
    const overTcp = ['mariadb', '--host=127.0.0.1', '--user=root', '--execute=SELECT 1'];
    expect((await server.host.run(overTcp, { env: { MYSQL_PWD: password } })).exitCode).toBe(0);
    await expect(server.sql('SELECT 1', { password: 'wrong' })).rejects.toThrow('Access denied');
    await server.stop();
    await server.start();
  });

  it('runs PostgreSQL with a password on port 5432, which a crash does not hurt', async () => {
    const server = await startPostgres(await host('pg'), { password });
    await server.sql('postgres', `CREATE DATABASE shop`);
    await server.sql('shop', `CREATE TABLE t (name text); INSERT INTO t VALUES ('ä🙂')`);
    await server.kill();
    await server.start();
    expect(await server.sql('shop', 'SELECT name, 1 FROM t')).toBe('ä🙂|1\n');
    const overTcp = ['psql', '-h', '127.0.0.1', '-U', 'postgres', '-w', '-Atc', 'SELECT 2'];
    expect(await server.host.must(overTcp, { env: { PGPASSWORD: password } })).toBe('2\n');
    expect((await server.host.run(overTcp, { env: { PGPASSWORD: 'wrong' } })).stderr).toContain(
      'password authentication failed',
    );
    await expect(server.sql('shop', 'SELECT nonsense')).rejects.toThrow('nonsense');
    await server.stop();
    await server.start();
  });

  it('runs Redis with a password, ACL users and an append-only file, which a crash does not hurt', async () => {
    const server = await startRedis(await host('kv'), {
      password: 'secret',
      appendonly: true,
      settings: ['appendfsync always'],
      acl: ['alice on >wonder ~a:* +@read'],
    });
    expect(await server.cli('SET', 'a:1', 'ä 🙂')).toBe('OK');
    expect(await server.commands('SET b 2\nGET b\n')).toBe('OK\n2');
    await server.kill();
    await server.start();
    expect(await server.cli('GET', 'a:1')).toBe('ä 🙂');
    await expect(server.cli('NONSENSE')).rejects.toThrow('unknown command');
    expect((await server.host.run(['redis-cli', 'GET', 'a:1'])).stdout).toContain('NOAUTH');
    const asAlice = ['redis-cli', '--user', 'alice', 'GET', 'a:1'];
    expect((await server.host.run(asAlice, { env: { REDISCLI_AUTH: 'wonder' } })).stdout).toBe('ä 🙂\n');
    await server.stop();
    await server.start();
  });

  it('runs a Redis cluster on one host and on three', async () => {
    const alone = await startRedisCluster([await host('kv-all')], { appendonly: true });
    const three = await startRedisCluster([await host('kv-1'), await host('kv-2'), await host('kv-3')], {
      password: 'secret',
    });
    for (const cluster of [alone, three]) {
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await cluster.cli('SET', key, key);
      expect(await cluster.cli('GET', 'e')).toBe('e');
      const sizes = await Promise.all(cluster.nodes.map(async (node) => Number(await node.cli('DBSIZE'))));
      expect(sizes.every((size) => size > 0)).toBe(true);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(6);
    }
  });
});
