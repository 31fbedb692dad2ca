import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AttachOptions, attach } from '../../../addon/machines/attach.ts';
import type { Attachment, Machine, RepositoryLink } from '../../../addon/machines/machine.ts';
import { clean, KEPT_MOUNT, MARK } from '../../../addon/machines/site.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import { createMasters, type Master, type Masters } from './masters.ts';
import { type StandInShare, standInShare } from './stand-in-share.ts';

const HOME = '/var/lib/dbbackup';
const PASSWORD = 'a key of its own';
const onStorage = (share: StandInShare, ...args: string[]) =>
  execFileSync('restic', ['--no-cache', '-r', share.folder, ...args], {
    env: { PATH: process.env.PATH, RESTIC_PASSWORD: PASSWORD, HOME: '/root' },
    encoding: 'utf8',
    stdio: 'pipe',
  });
const restic = (link: RepositoryLink, ...args: string[]) => ({
  argv: ['restic', '--no-cache', ...link.repositoryArguments, '--password-file', '/dev/fd/3', ...args],
  environment: link.environment,
  directory: link.directory,
  secrets: [PASSWORD],
});

describe.each([
  { transport: 'mount', fuse: true },
  { transport: 'channel', fuse: false },
] as const)('a share attached by the $transport', { timeout: 120_000 }, ({ transport, fuse }) => {
  let masters: Masters;
  let master: Master;
  let machine: Machine;

  beforeAll(async () => {
    masters = await createMasters();
    master = await masters.add('master', fuse);
    machine = await master.connect();
  }, 60_000);
  afterAll(async () => {
    await machine?.[Symbol.asyncDispose]();
    await masters?.[Symbol.asyncDispose]();
  });

  const attachTo = (share: StandInShare, other: Partial<AttachOptions> = {}): Promise<Attachment> =>
    attach({ machine, ssh: master.target, share, transport: 'auto', scope: 'shop', log: silentLog, ...other });
  const left = async () =>
    (
      await master.host.run([
        'sh',
        '-c',
        `ps -u dbbackup -o args= | grep -v '^sshd:'; grep fuse.sshfs /proc/mounts; ls -A ${HOME}/.dbbackup/mnt ${HOME}/.dbbackup/run /dev/shm | grep -v ':$' | grep .`,
      ])
    ).stdout;
  const nothingLeft = () => expect.poll(left, { timeout: 60_000, interval: 300 }).toBe('');
  async function initialised(): Promise<StandInShare> {
    const share = standInShare();
    onStorage(share, 'init', '-q');
    return share;
  }
  const backup = async (link: RepositoryLink, size: number, signal?: AbortSignal) =>
    machine.pump(
      {
        producer: { argv: ['head', '-c', `${size}`, '/dev/urandom'] },
        consumer: restic(link, 'backup', '-q', '--stdin', '--stdin-filename', 'part', '--host', 'h'),
        expect: { bytes: size },
      },
      signal === undefined ? {} : { signal },
    );

  test('is chosen where it can be, holds what restic writes, and leaves nothing when it is over', async () => {
    await using share = await initialised();
    const attachment = await attachTo(share);
    expect(attachment.transport).toBe(transport);
    for (let turn = 0; turn < 2; turn += 1) {
      await using link = await attachment.link();
      expect(await backup(link, 3_000_000)).toMatchObject({ verdict: 'complete' });
    }
    await using link = await attachment.link();
    const dump = await machine.run(restic(link, 'dump', 'latest', '/part'), { maxBytes: 10_000_000 });
    expect(dump).toMatchObject({ exitCode: 0 });
    await sleep(2_500);
    expect(attachment.lost.aborted).toBe(false);
    await attachment[Symbol.asyncDispose]();
    await attachment[Symbol.asyncDispose]();
    expect(await left()).toBe('');
    expect(JSON.parse(onStorage(share, 'snapshots', '--json'))).toHaveLength(2);
    onStorage(share, 'check', '--read-data', '-q');
  });

  test('is refused when it does not show the proof', async () => {
    await using share = standInShare({ proofContent: randomBytes(32).toString('hex') });
    await expect(attachTo(share)).rejects.toMatchObject({ code: 'mount-unproven' });
    await nothingLeft();
  });

  test('is refused when the node shows another host key', async () => {
    await using share = standInShare();
    const other = await masters.add(`other-${transport}`, fuse);
    const ssh = { ...master.target, hostKey: other.target.hostKey };
    await expect(attachTo(share, { ssh })).rejects.toMatchObject({ code: 'node-host-key' });
    await nothingLeft();
  });

  test('is lost at once when the file server is killed, and nothing of the backup is anywhere', async () => {
    await using share = await initialised();
    for (let turn = 0; turn < 3; turn += 1) {
      await using attachment = await attachTo(share);
      await using link = await attachment.link();
      const run = backup(link, 2_000_000_000, attachment.lost);
      run.catch(() => undefined); // looked at below
      await expect
        .poll(() => readdirSync(`${share.folder}/data`, { recursive: true }).length, { interval: 20, timeout: 30_000 })
        .toBeGreaterThan(260);
      await sleep(turn * 120);
      const began = Date.now();
      await share.servers.at(-1)?.kill();
      await expect(run).rejects.toMatchObject({ code: 'connection-lost' });
      expect(Date.now() - began).toBeLessThan(20_000);
      expect((await master.host.sh(`find ${HOME} -xdev -type f -size +10k -not -path '*/bin/*'`)).trim()).toBe('');
    }
    await nothingLeft();
    expect(JSON.parse(onStorage(share, 'snapshots', '--json'))).toEqual([]);
  });

  test('is lost when its ssh session is cut, and can be attached again', async () => {
    await using share = await initialised();
    {
      await using attachment = await attachTo(share);
      await using link = await attachment.link();
      const run = backup(link, 2_000_000_000, attachment.lost);
      run.catch(() => undefined); // looked at below
      await expect
        .poll(() => readdirSync(`${share.folder}/data`, { recursive: true }).length, { interval: 20, timeout: 30_000 })
        .toBeGreaterThan(260);
      await master.host.sh(transport === 'mount' ? 'pkill -KILL -x sshfs' : "pkill -KILL -f '^/bin/sh .dbbackup/run'");
      await expect(run).rejects.toMatchObject({ code: 'connection-lost' });
    }
    await using again = await attachTo(share);
    await using link = await again.link();
    expect(await backup(link, 1_000_000)).toMatchObject({ verdict: 'complete' });
  });

  test('leaves nothing on the master within a minute when the daemon is killed in the middle', async () => {
    const script = `
      const root = process.argv[1];
      const { connectSsh } = await import(root + 'addon/machines/ssh.ts');
      const { attach } = await import(root + 'addon/machines/attach.ts');
      const { silentLog } = await import(root + 'storage-node/base/log.ts');
      const { standInShare } = await import(root + 'test/addon/machines/stand-in-share.ts');
      const { ssh, privateKey } = JSON.parse(process.argv[2]);
      const machine = await connectSsh({ ...ssh, privateKey, name: 'node', log: silentLog });
      const attachment = await attach({ machine, ssh, share: standInShare(), transport: 'auto', scope: 'shop', log: silentLog });
      const link = await attachment.link();
      machine.run({ argv: ['sleep', '75'], directory: link.directory });`;
    const privateKey = readFileSync(master.target.identityFile, 'utf8');
    const options = JSON.stringify({ ssh: master.target, privateKey });
    const root = new URL('../../../', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, root, options], { stdio: 'inherit' });
    await expect.poll(left, { timeout: 30_000 }).toContain('sleep 75');
    // Nothing but its mark leads to this one, and in /proc it stands behind the programs that look for it.
    const id = (await master.host.sh(`ls ${HOME}/.dbbackup/run`)).trim();
    await master.host.sh(`
      echo 9000 >/proc/sys/kernel/ns_last_pid
      setpriv --reuid=dbbackup --regid=dbbackup --clear-groups env ${MARK}=${id} setsid -f sleep 76 >/dev/null 2>&1
      echo 10000 >/proc/sys/kernel/ns_last_pid`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await nothingLeft();
  });

  test('is taken away in bounded time when the cable is cut, and the master clears itself', async () => {
    await using share = await initialised();
    const own = await master.connect();
    const attachment = await attachTo(share, { machine: own });
    await master.host.cutNetwork();
    const began = Date.now();
    await attachment[Symbol.asyncDispose]();
    expect(Date.now() - began).toBeLessThan(35_000);
    await nothingLeft();
    await master.host.restoreNetwork();
    await machine[Symbol.asyncDispose]();
    machine = await master.connect();
  });

  test('begins anew after a run whose watch was killed too', async () => {
    await using share = await initialised();
    const attachment = await attachTo(share);
    await attachment.link();
    await master.host.sh("pkill -KILL -u dbbackup -x 'sh|dd|timeout'; true");
    await attachment[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
    machine = await master.connect();
    await clean(machine, 'shop');
    await nothingLeft();
  });
});

describe('the place of a mount', { timeout: 60_000 }, () => {
  let masters: Masters;
  let master: Master;
  let machine: Machine;
  beforeAll(async () => {
    masters = await createMasters();
    master = await masters.add('master');
    machine = await master.connect();
  }, 60_000);
  afterAll(async () => {
    await machine?.[Symbol.asyncDispose]();
    await masters?.[Symbol.asyncDispose]();
  });
  const attachAt = (share: StandInShare, mountpoint?: string) =>
    attach({
      ...{ machine, ssh: master.target, share, transport: 'mount', scope: 'shop', log: silentLog },
      ...(mountpoint === undefined ? {} : { mountpoint }),
    });

  test.each([
    ['holds a file', `mkdir ${HOME}/${KEPT_MOUNT}; touch ${HOME}/${KEPT_MOUNT}/file`],
    ['is a link', `ln -s /tmp ${HOME}/${KEPT_MOUNT}`],
    [
      'is below a linked folder',
      `mkdir /tmp/elsewhere; chown dbbackup /tmp/elsewhere; rm -rf ${HOME}/.dbbackup; ln -s /tmp/elsewhere ${HOME}/.dbbackup`,
    ],
  ])('is refused when it %s', async (_, harm) => {
    await using share = standInShare();
    await master.host.sh(`${harm}; chown -h -R dbbackup ${HOME}`);
    await expect(attachAt(share, KEPT_MOUNT)).rejects.toMatchObject({ code: 'mount-failed' });
    expect(share.servers).toEqual([]);
    await master.host.sh(`rm -rf ${HOME}/${KEPT_MOUNT}; [ ! -L ${HOME}/.dbbackup ] || rm ${HOME}/.dbbackup`);
  });

  test('takes nothing that is written there, neither before nor after the mount has gone', async () => {
    await using share = standInShare();
    await using attachment = await attachAt(share);
    await using link = await attachment.link();
    const within = (script: string) => machine.run({ argv: ['sh', '-c', script], directory: link.directory });
    expect(await within('echo x >there && cat there')).toMatchObject({ exitCode: 0, stdout: 'x\n' });
    const standing = within(`sleep 3; echo x >lost; mkdir -p ./data; echo x >${link.directory}/lost`);
    await sleep(1_000);
    await share.servers.at(-1)?.kill();
    expect(await standing).toMatchObject({ exitCode: 2 });
    expect((await master.host.sh(`ls -A ${link.directory}`)).trim()).toBe('');
    expect(readdirSync(share.folder)).toContain('there');
  });

  test('may be one that stays, and is found again', async () => {
    await using share = standInShare();
    for (let turn = 0; turn < 2; turn += 1) {
      await using attachment = await attachAt(share, KEPT_MOUNT);
      await using link = await attachment.link();
      expect(link.directory).toBe(`${HOME}/${KEPT_MOUNT}`);
      expect(await master.host.sh(`cat ${HOME}/${KEPT_MOUNT}/.proof-1`, { user: 'dbbackup' })).toBe(
        share.proof.content,
      );
    }
    expect(await master.host.sh(`ls -A ${HOME}/${KEPT_MOUNT}`)).toBe('');
  });
});
