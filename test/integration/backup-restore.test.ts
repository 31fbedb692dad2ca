import { describe, expect, test } from 'vitest';
import type { JobRow } from '../../storage-node/base/words.ts';
import { leftOnMaster, leftOnStorage, story } from '../support/story.ts';

const SHOP = `CREATE DATABASE shop; USE shop;
  CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer VARCHAR(80), note TEXT) ENGINE=InnoDB;
  INSERT INTO orders (customer, note) SELECT CONCAT('customer ', seq), REPEAT(MD5(seq), 20) FROM seq_1_to_20000;
  CREATE DATABASE \`odd 'na"me\`; USE \`odd 'na"me\`; CREATE TABLE t (a INT); INSERT INTO t VALUES (1),(2),(3);`;

describe.each([
  { transport: 'mount', fuse: true },
  { transport: 'channel', fuse: false },
])('by the $transport, against real MariaDB', ({ transport, fuse }) => {
  const told = story({ fuse });

  test('install proves everything, says which way it chose, and changes nothing the second time', async () => {
    const { daemon, server, request } = await told();
    await server.sql(SHOP);
    const first = await daemon.hook('install', request);
    expect(first).toMatchObject({ ok: true, changed: true, transport, engine: 'mariadb' });
    expect(first.databases).toEqual(expect.arrayContaining(['shop', 'odd \'na"me']));
    expect(await daemon.hook('install', request)).toMatchObject({ ok: true, changed: false, transport });
  });

  test('backup-now makes a backup that is listed with its databases, sizes and rows', async () => {
    const { daemon, request } = await told();
    const answer = await daemon.hook('backup-now', { ...request, settings: { name: 'first' } });
    expect(answer).toMatchObject({
      ok: true,
      job: { state: 'succeeded' },
      backup: { name: 'first', transport, engine: 'mariadb' },
    });
    const [backup] = await daemon.backups('shop');
    expect(backup?.parts.map((part) => part.name)).toEqual(expect.arrayContaining(['shop', 'odd \'na"me']));
    expect(backup?.parts.find((part) => part.name === 'shop')?.counts?.rows).toMatchObject({ orders: 20000 });
    expect(backup?.kept).toEqual(['newest 1 of 5', 'last good backup']);
  });

  test('after data was destroyed, restore brings back the older backup and nothing of later data stays', async () => {
    const { daemon, server, request } = await told();
    const before = await server.sql('CHECKSUM TABLE shop.orders EXTENDED');
    await server.sql(`INSERT INTO shop.orders (customer) VALUES ('later'); CREATE TABLE shop.later (a INT)`);
    expect(await daemon.hook('backup-now', { ...request, settings: { name: 'second' } })).toMatchObject({ ok: true });
    await server.sql('DROP DATABASE shop; DROP DATABASE `odd \'na"me`');
    const restored = await daemon.hook('restore', {
      ...request,
      settings: { backupedEnvName: 'shop', backupDir: 'first' },
    });
    expect(restored).toMatchObject({ ok: true, job: { state: 'succeeded' } });
    expect(await server.sql('CHECKSUM TABLE shop.orders EXTENDED')).toBe(before);
    expect(await server.sql('SHOW TABLES IN shop')).not.toContain('later');
    expect(await server.sql('SELECT COUNT(*) FROM `odd \'na"me`.t')).toContain('3');
  });

  test('a safety backup of what was there is pinned, and brings it back', async () => {
    const { daemon } = await told();
    const safety = (await daemon.backups('shop')).find((backup) => backup.kind === 'safety');
    expect(safety?.kept.join()).toContain('pinned until');
    expect(safety?.parts.map((part) => part.name)).not.toContain('shop');
  });

  test('nothing is left on the master or the storage after any of this', async () => {
    const { daemon, master } = await told();
    expect(await leftOnMaster(master)).toBe('');
    expect(await leftOnStorage(daemon)).toBe('');
  });

  test('one database alone can be restored', async () => {
    const { daemon, server } = await told();
    await server.sql('DELETE FROM shop.orders; DELETE FROM `odd \'na"me`.t');
    const run = await daemon.dbbackup('restore', 'shop', '--backup', 'first', '--database', 'shop', '--yes');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(await server.sql('SELECT COUNT(*) FROM shop.orders')).toContain('20000');
    expect(await server.sql('SELECT COUNT(*) FROM `odd \'na"me`.t')).toContain('0');
  });

  test('a second backup while one runs is refused with the code that becomes 422', async () => {
    const { daemon, request } = await told();
    const first = await daemon.hook('backup-now', { ...request, settings: {} }, { wait: false });
    expect(first).toMatchObject({ ok: true, job: { state: expect.stringMatching(/^(queued|running)$/) } });
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({
      ok: false,
      error: { code: 'job-running' },
    });
    const { id } = first.job as JobRow;
    await expect
      .poll(async () => (await daemon.jobs('shop')).find((job) => job.id === id)?.state, { timeout: 60_000 })
      .toBe('succeeded');
  });

  test('a wrong password is refused by configure before anything changes', async () => {
    const { daemon, request } = await told();
    const wrong = { ...request, settings: { ...request.settings, dbpass: 'wrong' } };
    expect(await daemon.hook('configure', wrong)).toMatchObject({ ok: false, error: { code: 'credentials-refused' } });
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  });

  test('uninstall keeps the backups, ends the schedule and takes our things off the master', async () => {
    const { daemon, master, request } = await told();
    const kept = (await daemon.backups('shop')).length;
    expect(kept).toBeGreaterThan(2);
    expect(await daemon.hook('uninstall', { environment: request.environment })).toMatchObject({
      ok: true,
      backupsKept: true,
      leftBehind: [],
    });
    expect(await daemon.backups('shop')).toHaveLength(kept);
    expect(await master.sh('ls -A /var/lib/dbbackup/.dbbackup 2>/dev/null || true')).toBe('');
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({
      ok: false,
      error: { code: 'environment-unknown' },
    });
    expect(await daemon.hook('uninstall', { environment: request.environment })).toMatchObject({ ok: true });
  });
});
