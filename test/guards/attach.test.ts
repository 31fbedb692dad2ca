import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attach } from '../../addon/machines/attach.ts';
import type { Machine } from '../../addon/machines/machine.ts';
import { sshClient } from '../../addon/machines/openssh.ts';
import { silentLog } from '../../storage-node/base/log.ts';
import { run } from '../../storage-node/base/run.ts';
import { createMasters, type Master, type Masters } from '../addon/machines/masters.ts';
import { type StandInShare, standInShare } from '../addon/machines/stand-in-share.ts';

let masters: Masters;
beforeAll(async () => {
  masters = await createMasters();
});
afterAll(() => masters[Symbol.asyncDispose]());

/** A key of the right kind that is not the master's. */
const strangeKey = async () => {
  const made = await run([
    'sh',
    '-c',
    'cd "$(mktemp -d)" && ssh-keygen -q -t ed25519 -N "" -f k && cat k.pub && rm -r "$PWD"',
  ]);
  return made.stdout.trim();
};

/** Waits until the file server runs: killed while it is being made, the stand-in leaves a part of itself behind. */
async function serving(pid: number): Promise<void> {
  const script = 'read -r name <"/proc/$1/comm"; [ "$name" = sftp-server ] || pgrep -P "$1" -x sftp-server';
  const runs = async () => (await run(['sh', '-c', script, 'sh', String(pid)])).exitCode === 0;
  await expect.poll(runs, { timeout: 10_000 }).toBe(true);
}

describe.each([
  { transport: 'mount', fuse: true },
  { transport: 'channel', fuse: false },
] as const)('the way to the storage by the $transport', ({ transport, fuse }) => {
  let master: Master;
  let machine: Machine;
  beforeAll(async () => {
    master = await masters.add(transport, fuse);
    machine = await master.connect();
  });
  afterAll(() => machine[Symbol.asyncDispose]());
  const attached = (share: StandInShare, more: { mountpoint?: string } = {}) =>
    attach({ machine, ssh: master.target, share, transport, scope: 'shop', log: silentLog, ...more });

  test('is not entered when the node shows another host key', async () => {
    const hostKey = await strangeKey();
    await expect(master.connect({ hostKey })).rejects.toMatchObject({ code: 'node-host-key' });
  });

  test('carries no data when the node shows the OpenSSH client another host key', async () => {
    using client = sshClient({ ...master.target, hostKey: await strangeKey() });
    const entered = await run(client.command('echo entered'));
    expect(entered).toMatchObject({ exitCode: 255, stdout: '' });
    expect(entered.stderr).toMatch(/host key verification failed/i);
  });

  test('is refused when the master sees another folder than the one that is shared', async () => {
    await using share = standInShare({ proofContent: 'of another folder' });
    await expect(attached(share)).rejects.toMatchObject({ code: 'mount-unproven' });
  });

  test('says that it is lost as soon as the file server ends', async () => {
    await using share = standInShare();
    await using way = await attached(share);
    await using _link = await way.link();
    expect(way.lost.aborted).toBe(false);
    const [server] = share.servers.slice(-1);
    await serving(server?.pid ?? 0);
    await server?.kill();
    await expect.poll(() => way.lost.aborted, { timeout: 10_000 }).toBe(true);
    expect(way.lost.reason).toMatchObject({ code: 'connection-lost' });
  });

  test('is over when its file servers have ended, also those that hear nothing', async () => {
    await using share = standInShare();
    const way = await attached(share);
    await using _link = await way.link();
    const pids = share.servers.map(({ pid }) => pid).filter((pid) => existsSync(`/proc/${pid}`));
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) await serving(pid);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await way[Symbol.asyncDispose]();
    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });
});

describe('the mount', () => {
  let master: Master;
  let machine: Machine;
  beforeAll(async () => {
    master = await masters.add('mounting');
    machine = await master.connect();
  });
  afterAll(() => machine[Symbol.asyncDispose]());
  const attached = (share: StandInShare, mountpoint?: string) =>
    attach({
      ...{ machine, ssh: master.target, share, transport: 'mount', scope: 'shop', log: silentLog },
      ...(mountpoint === undefined ? {} : { mountpoint }),
    });
  const sh = (script: string) => machine.run({ argv: ['sh', '-c', script] }, { timeoutMs: 30_000 });

  test('goes to no directory that holds something', async () => {
    await using share = standInShare();
    await sh('mkdir full && : >full/file');
    await expect(attached(share, 'full')).rejects.toMatchObject({ code: 'mount-failed' });
    expect(await sh('ls full')).toMatchObject({ stdout: 'file\n' });
  });

  test('follows no link', async () => {
    await using share = standInShare();
    await sh('mkdir elsewhere && ln -s elsewhere linked');
    await expect(attached(share, 'linked')).rejects.toMatchObject({ code: 'mount-failed' });
  });

  test('leaves a directory in which nobody can write when it is gone', async () => {
    await using share = standInShare();
    await using way = await attached(share, 'point');
    expect(await sh(`touch point/through && ls point/through`)).toMatchObject({ exitCode: 0 });
    await share.servers.at(-1)?.kill();
    await expect.poll(() => way.lost.aborted, { timeout: 10_000 }).toBe(true);
    await expect
      .poll(async () => (await sh('grep -c fuse.sshfs /proc/mounts')).stdout, { timeout: 10_000 })
      .toBe('0\n');
    expect((await sh('touch point/beneath')).exitCode).not.toBe(0);
    expect(await sh('ls -A point')).toMatchObject({ stdout: '' });
  });

  test('is not believed in where a plain directory looks the same', async () => {
    // An sshfs that mounts elsewhere, and makes the mountpoint look as if it were mounted there.
    const liar = `#!/bin/sh
      point=$3 site=$HOME/.dbbackup/run/$DBBACKUP_ATTACHMENT
      mkdir "$site/aside"
      exec 3<&0
      /usr/bin/sshfs -f :/share "$site/aside" -o passive <&3 3<&- &
      until cp "$site"/aside/.proof-* "$point" 2>/dev/null; do sleep 0.05; done
      : >"$site/covered"
      wait\n`;
    await master.host.writeFile('/usr/local/bin/sshfs', liar, 0o755);
    try {
      await using share = standInShare();
      const limit = AbortSignal.timeout(12_000);
      const trusting = attach({
        machine,
        ssh: master.target,
        share,
        transport: 'mount',
        scope: 'shop',
        log: silentLog,
        signal: limit,
      });
      await expect(trusting).rejects.toThrow();
    } finally {
      await master.host.sh(
        'rm /usr/local/bin/sshfs; umount -l /var/lib/dbbackup/.dbbackup/run/*/aside 2>/dev/null || true',
      );
    }
  });

  test('that dies under restic is never replaced by the directory beneath it', async () => {
    await using share = standInShare();
    expect(
      (await run(['restic', '-r', share.folder, '--no-cache', '--password-file', '/dev/fd/3', 'init'], { secret: 'k' }))
        .exitCode,
    ).toBe(0);
    await using way = await attached(share, 'repository');
    await using link = await way.link();
    // As if the other guard, the mode of that directory, were not there.
    const home = '/var/lib/dbbackup';
    await master.host.sh(`mkdir -p /mnt && mount --bind ${home} /mnt && chmod 700 /mnt/repository`);
    const noise = 'head -c 30000000 /dev/urandom; until [ -e go ]; do sleep 0.05; done; head -c 30000000 /dev/urandom';
    const script = `cd; { ${noise}; } | { cd "$0"; exec restic "$@"; }`;
    const saving = machine.run(
      {
        argv: [
          'sh',
          '-c',
          script,
          link.directory,
          ...link.repositoryArguments,
          'backup',
          '--stdin',
          '--no-cache',
          '--password-file',
          '/dev/fd/3',
        ],
        secrets: ['k'],
        environment: link.environment,
      },
      { timeoutMs: 15_000 },
    );
    const ended = saving.then(
      ({ exitCode }) => exitCode,
      () => -1,
    );
    await expect
      .poll(async () => (await sh('pgrep -x restic && find repository/data -type f | head -n 1')).stdout, {
        timeout: 12_000,
      })
      .toContain('data/');
    await share.servers.at(-1)?.kill();
    await sh('touch go');
    expect(await ended).not.toBe(0);
    expect(await master.host.sh('find /mnt/repository -mindepth 1')).toBe('');
    await master.host.sh('umount /mnt');
  });
});
