import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Machine } from '../../../addon/machines/machine.ts';
import { clean } from '../../../addon/machines/site.ts';
import { startSshd, stopSshd } from '../../support/servers/sshd.ts';
import { createMasters, type Master, type Masters } from './masters.ts';

describe('a node by ssh', { timeout: 90_000 }, () => {
  let masters: Masters;
  let master: Master;

  beforeAll(async () => {
    masters = await createMasters();
    master = await masters.add('node');
  }, 60_000);
  afterAll(async () => {
    await masters?.[Symbol.asyncDispose]();
  });

  const running = async (pattern: string) => (await master.host.run(['pgrep', '-f', pattern])).stdout.trim();
  const nothingOfOurs = () => expect.poll(() => ourProcesses(), { timeout: 60_000, interval: 500 }).toBe('');
  const ourProcesses = async () =>
    (await master.host.run(['sh', '-c', 'ps -u dbbackup -o args= | grep -v "^sshd:"; ls /dev/shm'])).stdout.trim();

  test('is refused when its host key differs from the pinned one, of whatever type', async () => {
    const other = `ssh-ed25519 ${Buffer.concat([
      Buffer.from([0, 0, 0, 11]),
      Buffer.from('ssh-ed25519'),
      Buffer.from([0, 0, 0, 32]),
      Buffer.alloc(32, 7),
    ]).toString('base64')}`;
    const before = await master.host.readFile('/var/log/sshd.log');
    await expect(master.connect({ hostKey: other })).rejects.toMatchObject({ code: 'node-host-key' });
    await sleep(200);
    const log = (await master.host.readFile('/var/log/sshd.log')).slice(before.length);
    expect(log).not.toMatch(/Accepted|publickey|Failed/);

    const rsa = masters.publicKey.replace('ssh-ed25519', 'ssh-rsa');
    await expect(master.connect({ hostKey: rsa })).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(master.connect({ hostKey: 'nonsense' })).rejects.toMatchObject({ code: 'request-invalid' });
  });

  test('says whether the account or the node is at fault', async () => {
    await expect(master.connect({ account: 'nobody-here' })).rejects.toMatchObject({ code: 'node-account' });
    await expect(master.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject({ code: 'node-unreachable' });
  });

  test('lets no line that an account’s shell says by itself into an answer, and says so when it runs nothing', async () => {
    await master.host.sh('usermod -s /bin/bash dbbackup; echo "echo noise" >/var/lib/dbbackup/.bashrc');
    {
      await using machine = await master.connect();
      expect((await machine.run({ argv: ['echo', 'x'] })).stdout).toBe('x\n');
    }
    await master.host.sh('usermod -s /usr/sbin/nologin dbbackup');
    {
      await using machine = await master.connect();
      await expect(machine.run({ argv: ['echo', 'x'] })).rejects.toMatchObject({ code: 'node-account' });
    }
    await master.host.sh('usermod -s /bin/sh dbbackup; rm /var/lib/dbbackup/.bashrc');
  });

  test.each([
    ['one program copies', 'command -v perl', '/perl -e '],
    ['three programs copy', 'mv /usr/bin/perl /usr/bin/perl.away', '^dd bs=65536'],
  ])('is never told complete by a pipeline of which anything was killed at any time (%s)', async (_, make, copier) => {
    await master.host.sh(make);
    await using machine = await master.connect();
    const victims = [
      ...['^head -c 3', '^cat$', copier, '^tee tap', '^sh -c cat'],
      ...['^/bin/sh -c eval', '^/bin/sh -c IFS', '^tail'],
    ];
    for (const [turn, victim] of [...victims, ...victims].entries()) {
      const run = machine.pump({
        producer: { argv: ['head', '-c', '30000000000', '/dev/zero'], secrets: ['s'] },
        consumer: { argv: ['sh', '-c', 'cat >/dev/null; echo END'] },
        expect: { endMarker: '' },
      });
      const end = run.then(
        ({ verdict }) => verdict,
        (error: unknown) => (error as { code: string }).code,
      );
      await expect.poll(() => running(copier), { timeout: 10_000, interval: 10 }).not.toBe('');
      await sleep((turn * 53) % 250);
      await master.host.run(['pkill', '-KILL', '-f', victim]);
      await sleep(300);
      await master.host.run(['pkill', '-KILL', '-f', '^head -c 3']);
      expect(await end, `killed ${victim}`).toMatch(/^(producer-failed|consumer-failed|connection-lost)$/);
    }
    await clean(machine, 'shop');
    await nothingOfOurs();
    await master.host.sh('[ ! -e /usr/bin/perl.away ] || mv /usr/bin/perl.away /usr/bin/perl');
  });

  test('is left with nothing of ours within a minute when the daemon is killed', async () => {
    const script = `
      const { connectSsh } = await import(process.argv[1] + '/addon/machines/ssh.ts');
      const { silentLog } = await import(process.argv[1] + '/storage-node/base/log.ts');
      const machine = await connectSsh({ ...JSON.parse(process.argv[2]), name: 'node', log: silentLog });
      machine.run({ argv: ['sh', '-c', 'trap "" TERM; setsid sleep 71 & sleep 71 & sleep 71'], secrets: ['s'] });
      machine.pump({ producer: { argv: ['sh', '-c', 'echo x; sleep 72'] }, consumer: { argv: ['sh', '-c', 'cat; touch /tmp/saw-end'] }, expect: {} });`;
    const { identityFile, ...target } = master.target;
    const options = JSON.stringify({ ...target, privateKey: readFileSync(identityFile, 'utf8') });
    const root = new URL('../../..', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, root, options], { stdio: 'inherit' });
    await expect.poll(() => running('^sleep 71'), { timeout: 20_000 }).not.toBe('');
    await expect.poll(() => running('^sleep 72'), { timeout: 20_000 }).not.toBe('');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await nothingOfOurs();
    expect((await master.host.run(['test', '-e', '/tmp/saw-end'])).exitCode).toBe(1);
  });

  test('is lost, and left with nothing of ours, within a minute when the cable is cut', async () => {
    const machine: Machine = await master.connect();
    const began = Date.now();
    const run = machine.run({ argv: ['sh', '-c', 'sleep 73 & sleep 73'], secrets: ['s'] });
    run.catch(() => undefined); // looked at below
    await expect.poll(() => running('^sleep 73'), { timeout: 10_000 }).not.toBe('');
    await master.host.cutNetwork();
    await expect(run).rejects.toMatchObject({ code: 'connection-lost' });
    await expect(machine.run({ argv: ['true'] })).rejects.toMatchObject({ code: 'connection-lost' });
    await nothingOfOurs();
    expect(Date.now() - began).toBeLessThan(75_000);
    await master.host.restoreNetwork();
    await machine[Symbol.asyncDispose]();
  });

  test('is lost at once when its sshd goes, and pinned to its old key when it comes back with another', async () => {
    await using machine = await master.connect();
    const run = machine.run({ argv: ['sleep', '74'] });
    run.catch(() => undefined); // looked at below
    await expect.poll(() => running('^sleep 74'), { timeout: 10_000 }).not.toBe('');
    await stopSshd(master.host);
    await expect(run).rejects.toMatchObject({ code: 'connection-lost' });
    await nothingOfOurs();
    await startSshd(master.host);
    await expect(master.connect()).rejects.toMatchObject({ code: 'node-host-key' });
  });
});
