import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNetwork, type Host, type HostNetwork } from '../../support/hosts.ts';
import { startSshd } from '../../support/servers/sshd.ts';

const SCRIPT = join(import.meta.dirname, '../../../scripts/node/prepare');
const KEYS = '/var/lib/dbbackup/.ssh/authorized_keys';
const key = (letter: string) =>
  `ssh-ed25519 ${Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, letter),
  ]).toString('base64')}`;

describe('preparing a database node', { timeout: 60_000 }, () => {
  let network: HostNetwork;
  let host: Host;
  beforeAll(async () => {
    network = await createNetwork();
    host = await network.addHost({ name: 'node' });
  });
  afterAll(async () => {
    await network?.stop();
  });
  const prepare = (...args: string[]) => host.run(['sh', SCRIPT, ...args]);

  test.each([
    ['no key', []],
    ['a key with options before it', ['--key', `command="sh" ${key('a')}`]],
    ['two lines', ['--key', `${key('a')}\n${key('b')}`]],
    ['no key at all', ['--key', 'hello']],
    ['a key that is cut short', ['--key', key('a').slice(0, 40)]],
    ['root as account', ['--key', key('a'), '--account', 'root']],
    ['an account that is shell text', ['--key', key('a'), '--account', 'x;reboot']],
    ['an unknown argument', ['--key', key('a'), '--what']],
  ])('refuses %s, and changes nothing', async (_, args) => {
    const { exitCode, stderr } = await prepare(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^prepare: .*\n$/);
    expect((await host.run(['id', 'dbbackup'])).exitCode).toBe(1);
  });

  test('makes an account that only our key opens, and says how it stands', async () => {
    const hostKey = await startSshd(host);
    const { exitCode, stdout, stderr } = await prepare('--key', `${key('a')} a comment`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([`hostKey=${hostKey}`, 'account=dbbackup fuse=yes', '']);
    expect(await host.readFile(KEYS)).toBe(`restrict ${key('a')} dbbackup\n`);
    expect(await host.sh(`stat -c '%U %a' ${KEYS} /var/lib/dbbackup/.ssh`)).toBe('dbbackup 600\ndbbackup 700\n');
    expect(await host.sh('getent shadow dbbackup')).toMatch(/^dbbackup:\*:/);
    expect(await host.sh('id -Gn dbbackup')).toBe('dbbackup\n');
  });

  test('changes nothing when run again, replaces our former key, and keeps others’', async () => {
    const other = `${key('o')} somebody-else`;
    await host.sh(`printf '%s\\n' '${other}' >>${KEYS}`);
    await prepare('--key', key('a'));
    expect(await host.readFile(KEYS)).toBe(`${other}\nrestrict ${key('a')} dbbackup\n`);
    await prepare('--key', key('b'));
    await prepare('--key', key('b'));
    expect(await host.readFile(KEYS)).toBe(`${other}\nrestrict ${key('b')} dbbackup\n`);
    expect(await prepare('--remove')).toMatchObject({ exitCode: 0, stdout: 'account=dbbackup removed=yes\n' });
    expect(await host.readFile(KEYS)).toBe(`${other}\n`);
    await prepare('--remove');
    expect(await host.readFile(KEYS)).toBe(`${other}\n`);
  });

  test('removes the account with its last key', async () => {
    await host.sh(`: >${KEYS}`);
    await prepare('--key', key('a'));
    expect(await prepare('--remove')).toMatchObject({
      exitCode: 0,
      stdout: 'account=dbbackup removed=yes\n',
      stderr: '',
    });
    expect((await host.run(['id', 'dbbackup'])).exitCode).toBe(1);
    expect((await host.run(['test', '-e', '/var/lib/dbbackup'])).exitCode).toBe(1);
    await prepare('--key', key('a'));
  });

  test('writes nowhere else when the account has planted a link', async () => {
    await host.sh('rm -rf /var/lib/dbbackup/.ssh; mkdir /root/target; ln -s /root/target /var/lib/dbbackup/.ssh');
    expect((await prepare('--key', key('a'))).exitCode).toBe(1);
    expect(await host.sh('ls -A /root/target')).toBe('');
  });

  test('says what is missing where there is no FUSE', async () => {
    const bare = await network.addHost({ name: 'bare', fuse: false });
    const { exitCode, stdout, stderr } = await bare.run(['sh', SCRIPT, '--key', key('a')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/account=dbbackup fuse=no\n$/);
    expect(stderr).toBe('prepare: device /dev/fuse is not there: backups will use the channel\n');
  });
});
