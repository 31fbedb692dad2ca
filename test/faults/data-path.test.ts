import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobRow } from '../../storage-node/base/words.ts';
import { startSshd, stopSshd } from '../support/servers/sshd.ts';
import { leftOnMaster, leftOnStorage, PASSWORD, type Story, story } from '../support/story.ts';

const DATA = `CREATE DATABASE IF NOT EXISTS shop; USE shop;
  CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT) ENGINE=InnoDB;
  INSERT INTO orders (note) SELECT CONCAT(MD5(seq), SHA2(seq, 512), SHA2(seq + 1, 512)) FROM seq_1_to_400000;`;

/** The dump itself, not the same program asked for its options. */
const DUMP = '^/usr/bin/mariadb-dump .*--single-transaction';

describe.each([
  { transport: 'mount', fuse: true },
  { transport: 'channel', fuse: false },
])('the data path by the $transport', ({ fuse }) => {
  const told = story({ fuse });
  let it: Story;

  /** Begins a backup, does the harm once the dump flows, and answers how the job ended. */
  async function backupWith(harm: () => Promise<unknown>): Promise<JobRow> {
    const { daemon, request } = it;
    const begun = await daemon.hook('backup-now', { ...request, settings: {} }, { wait: false });
    expect(begun).toMatchObject({ ok: true });
    const { id } = begun.job as JobRow;
    const row = async () => (await daemon.jobs('shop')).find((job) => job.id === id) as JobRow;
    const flows = () => it.master.run(['pgrep', '-u', 'dbbackup', '-f', DUMP]).then((found) => found.exitCode === 0);
    await expect.poll(flows, { timeout: 30_000, interval: 20 }).toBe(true);
    await sleep(150);
    await harm();
    await expect.poll(async () => (await row()).state, { timeout: 75_000, interval: 250 }).not.toBe('running');
    return await row();
  }

  async function nothingStays(count: number): Promise<void> {
    expect(await it.daemon.backups('shop')).toHaveLength(count);
    await expect.poll(() => leftOnMaster(it.master), { timeout: 60_000, interval: 500 }).toBe('');
    expect(await leftOnStorage(it.daemon)).toBe('');
  }

  beforeAll(async () => {
    it = await told();
    await it.server.sql(DATA);
    expect(await it.daemon.hook('install', it.request)).toMatchObject({ ok: true });
    expect(await it.daemon.hook('backup-now', { ...it.request, settings: { name: 'good' } })).toMatchObject({
      ok: true,
    });
  });

  test('a file server that dies in the middle fails the backup, and not one byte is written beneath the mount', async () => {
    const job = await backupWith(() => it.storage.sh('pkill -KILL -x sftp-server'));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } });
    await nothingStays(1);
  });

  test('a dump that is killed in the middle becomes no snapshot', async () => {
    const job = await backupWith(() => it.master.must(['pkill', '-KILL', '-u', 'dbbackup', '-f', DUMP]));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'dump-failed' } });
    await nothingStays(1);
  });

  test('a restic that is killed in the middle fails the backup', async () => {
    const job = await backupWith(() =>
      it.master.sh("until pkill -KILL -u dbbackup -f 'bin/[r]estic-'; do sleep 0.02; done"),
    );
    expect(job.state).toBe('failed');
    await nothingStays(1);
  });

  test('an ssh session that is killed in the middle fails the backup', async () => {
    const job = await backupWith(() => it.master.sh("pkill -KILL -f '[s]shd: dbbackup'"));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } });
    await nothingStays(1);
  });

  test('a cut network is noticed within a minute, and nothing runs on when it comes back', async () => {
    const job = await backupWith(() => it.master.cutNetwork());
    expect(job).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } });
    await it.master.restoreNetwork();
    await nothingStays(1);
  });

  test('after all this the next backup succeeds without help, and the repository is sound', async () => {
    expect(await it.daemon.hook('backup-now', { ...it.request, settings: {} })).toMatchObject({ ok: true });
    expect(await it.daemon.dbbackup('check', 'shop', '--read-data')).toMatchObject({ exitCode: 0 });
    await nothingStays(2);
  });

  test('a full storage fails the backup with its name, and older backups still restore', async () => {
    const { daemon, storage, server, request } = it;
    const repositories = `${daemon.dataDirectory}/repositories`;
    await daemon.stop();
    await storage.sh(`cp -a ${repositories} ${repositories}.whole
      mount -t tmpfs -o mode=0711 tmpfs ${repositories}
      cp -a ${repositories}.whole/. ${repositories}/
      mount -o remount,size=$(( $(df -k --output=used ${repositories} | tail -n 1) + 1500 ))k ${repositories}`);
    await daemon.start();
    await server.sql('UPDATE shop.orders SET note = SHA2(CONCAT(note, RAND()), 512)');
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({
      ok: false,
      error: { code: 'storage-full' },
    });
    // What ext4 keeps for root, a tmpfs does not: without it not even the proof of a share could be written.
    await storage.sh(
      `mount -o remount,size=$(( $(df -k --output=used ${repositories} | tail -n 1) + 512 ))k ${repositories}`,
    );
    expect(
      await daemon.hook('restore', { ...request, settings: { backupDir: 'good', safetyBackup: 'false' } }),
    ).toMatchObject({ ok: true });
    await daemon.stop();
    await storage.sh(`umount ${repositories}; rm -rf ${repositories}; mv ${repositories}.whole ${repositories}`);
    await daemon.start();
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  });

  test('no secret is ever on an argv, in a log, or in what the daemon keeps', async () => {
    const { daemon, storage, master, request } = it;
    const watch = `while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >>/root/argv; done`;
    const watchers = await Promise.all([storage.spawn(['sh', '-c', watch]), master.spawn(['sh', '-c', watch])]);
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
    const key = (await daemon.json<{ key: string }>('export-key', 'shop')).key;
    expect(key.length).toBeGreaterThan(30);
    expect(await daemon.hook('restore', { ...request, settings: { backupDir: 'latest' } })).toMatchObject({ ok: true });
    await Promise.all([
      storage.run(['kill', String(watchers[0]?.pid)]),
      master.run(['kill', String(watchers[1]?.pid)]),
    ]);
    for (const host of [storage, master]) {
      const argv = await host.readFile('/root/argv');
      expect(argv.length).toBeGreaterThan(1000);
      expect(argv).not.toContain(PASSWORD);
      expect(argv).not.toContain(key);
    }
    const spoken = await storage.sh(
      `cat ${daemon.dataDirectory}/logs/daemon.log ${daemon.dataDirectory}/logs/jobs/*.log /var/log/dbbackup.log`,
    );
    const found = await storage.run(['grep', '-rlF', '-e', PASSWORD, '-e', key, daemon.dataDirectory]);
    expect(spoken).not.toContain(PASSWORD);
    expect(spoken).not.toContain(key);
    expect(found.stdout).toBe('');
  });

  test('a node with another host key is refused before anything is sent to it', async () => {
    const { daemon, master, request } = it;
    await stopSshd(master);
    const hostKey = await startSshd(master);
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({
      ok: false,
      error: { code: 'node-host-key' },
    });
    const renewed = { ...request, nodes: [{ ...request.nodes[0], hostKey }] };
    expect(await daemon.hook('install', renewed)).toMatchObject({ ok: true, changed: true });
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  });
});
