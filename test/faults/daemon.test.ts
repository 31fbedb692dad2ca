import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Daemon, HookResult } from '../support/installation.ts';
import { leftOnMaster, leftOnStorage, runningOnMaster, type Story, story } from '../support/story.ts';

const DATA = `CREATE DATABASE IF NOT EXISTS shop; USE shop;
  CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT) ENGINE=InnoDB;
  INSERT INTO orders (note) SELECT CONCAT(MD5(seq), SHA2(seq, 512), SHA2(seq + 1, 512)) FROM seq_1_to_300000;`;

/** Moments after the request at which the daemon is killed: spread over connecting, dumping, checking and keeping. */
const MOMENTS_MS = [150, 600, 1_000, 1_500, 2_200, 3_200];

/** The row of a job that a hook began. Others may be newer: a prune, or a repetition that was dropped because the backup was complete. */
async function endOf(daemon: Daemon, begun: HookResult): Promise<JobRow> {
  const { id } = begun.job as JobRow;
  return (await daemon.jobs('shop')).find((job) => job.id === id) as JobRow;
}

describe.each([
  { transport: 'mount', fuse: true },
  { transport: 'channel', fuse: false },
])('a daemon that is killed, by the $transport', ({ fuse }) => {
  const told = story({ fuse });
  let it: Story;

  beforeAll(async () => {
    it = await told();
    await it.server.sql(DATA);
    expect(await it.daemon.hook('install', it.request)).toMatchObject({ ok: true });
  });

  test.each(MOMENTS_MS)('%d ms into a backup leaves nothing, says so, and the next backup succeeds', async (moment) => {
    const { daemon, master, request } = it;
    const begun = await daemon.hook('backup-now', { ...request, settings: {} }, { wait: false });
    await sleep(moment);
    await daemon.kill();
    await expect.poll(() => runningOnMaster(master), { timeout: 15_000, interval: 250 }).toBe('');
    await daemon.start();
    await expect.poll(() => leftOnMaster(master), { timeout: 15_000, interval: 250 }).toBe('');
    expect(['interrupted', 'succeeded']).toContain((await endOf(daemon, begun)).state);
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
    expect(await leftOnStorage(daemon)).toBe('');
    for (const backup of await daemon.backups('shop')) expect(backup.parts.length).toBeGreaterThan(1);
  });

  test('after all these kills the repository is sound and the newest backup restores', async () => {
    const { daemon, server, request } = it;
    expect(await daemon.dbbackup('check', 'shop', '--read-data')).toMatchObject({ exitCode: 0 });
    const before = await server.sql('CHECKSUM TABLE shop.orders EXTENDED');
    await server.sql('TRUNCATE shop.orders');
    expect(await daemon.hook('restore', { ...request, settings: { backupDir: 'latest' } })).toMatchObject({ ok: true });
    expect(await server.sql('CHECKSUM TABLE shop.orders EXTENDED')).toBe(before);
  });

  test('killed in a restore, it says interrupted, and the safety backup brings back what was there', async () => {
    const { daemon, server, request } = it;
    await server.sql("INSERT INTO shop.orders (note) VALUES ('only in the safety backup')");
    const before = await server.sql('CHECKSUM TABLE shop.orders EXTENDED');
    const begun = await daemon.hook('restore', { ...request, settings: { backupDir: 'latest' } }, { wait: false });
    await expect
      .poll(async () => (await daemon.backups('shop')).filter((backup) => backup.kind === 'safety').length, {
        timeout: 60_000,
        interval: 100,
      })
      .toBeGreaterThan(1);
    await sleep(700);
    await daemon.kill();
    await daemon.start();
    expect(await endOf(daemon, begun)).toMatchObject({ kind: 'restore', state: 'interrupted' });
    const safety = (await daemon.backups('shop')).find((backup) => backup.kind === 'safety');
    expect(await daemon.hook('restore', { ...request, settings: { backupDir: safety?.id } })).toMatchObject({
      ok: true,
    });
    expect(await server.sql('CHECKSUM TABLE shop.orders EXTENDED')).toBe(before);
  });
});

describe('one data directory', () => {
  const told = story();

  test('a second daemon on the same directory refuses, and the first goes on', async () => {
    const { daemon } = await told();
    const second = await daemon.dbbackup('serve');
    expect(second).toMatchObject({ exitCode: 14 });
    expect(second.stderr).toContain('another daemon owns the data directory');
    expect(await daemon.dbbackup('list')).toMatchObject({ exitCode: 0 });
  });

  test('a lost catalog is rebuilt from the repositories with the same list', async () => {
    const { daemon, server, request } = await told();
    await server.sql('CREATE DATABASE shop; CREATE TABLE shop.t (a INT); INSERT INTO shop.t VALUES (1)');
    await daemon.hook('install', request);
    await daemon.hook('backup-now', { ...request, settings: { name: 'one' } });
    await daemon.hook('backup-now', { ...request, settings: { name: 'two' } });
    const before = await daemon.backups();
    expect(before.map((backup) => backup.name)).toEqual(['two', 'one']);
    await daemon.stop();
    await daemon.host.sh(`rm -f ${daemon.dataDirectory}/catalog*`);
    await daemon.start();
    await daemon.dbbackup('reconcile');
    expect(await daemon.backups()).toEqual(before);
  });

  test('retention keeps the newest, and failed runs never count', async () => {
    const { daemon, server, request } = await told();
    await daemon.hook('install', { ...request, settings: { ...request.settings, backupCount: '2' } });
    await daemon.hook('backup-now', { ...request, settings: { name: 'three' } });
    const names = async () => (await daemon.backups()).map((backup) => backup.name);
    expect(await names()).toEqual(['three', 'two']);
    await server.stop();
    for (let run = 0; run < 3; run++) {
      expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({
        ok: false,
        error: { code: 'database-unreachable' },
      });
    }
    expect(await names()).toEqual(['three', 'two']);
    await server.start();
  });

  test('the first signal lets the running backup finish', async () => {
    const { daemon, request } = await told();
    const begun = await daemon.hook('backup-now', { ...request, settings: { name: 'at the end' } }, { wait: false });
    await daemon.stop();
    await daemon.start();
    expect(await endOf(daemon, begun)).toMatchObject({ kind: 'backup', state: 'succeeded' });
  });
});
