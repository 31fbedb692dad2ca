import { expect, test } from 'vitest';
import { story } from '../support/story.ts';

const told = story({ settings: { isAlwaysUmount: 'false' } });
const MOUNT = '/var/lib/dbbackup/dbbackup-storage';

const mounted = async () =>
  (await (await told()).master.run(['grep', '-q', ` ${MOUNT} fuse.sshfs `, '/proc/mounts'])).exitCode === 0;
const appears = () => expect.poll(mounted, { timeout: 30_000, interval: 200 }).toBe(true);
const asAccount = async (script: string) => (await told()).master.run(['sh', '-c', script], { user: 'dbbackup' });

test('with isAlwaysUmount false the storage stays mounted after install', async () => {
  const { daemon, server, request } = await told();
  await server.sql('CREATE DATABASE shop; CREATE TABLE shop.t (a INT); INSERT INTO shop.t VALUES (1)');
  expect(await daemon.hook('install', request)).toMatchObject({ ok: true });
  await appears();
  expect((await asAccount(`ls ${MOUNT}`)).stdout).toContain('config');
});

test('the standing mount cannot be written to', async () => {
  const { daemon } = await told();
  expect((await asAccount(`echo x >${MOUNT}/planted`)).exitCode).not.toBe(0);
  expect((await asAccount(`rm -f ${MOUNT}/config`)).exitCode).not.toBe(0);
  expect(await daemon.host.sh(`ls ${daemon.dataDirectory}/repositories/shop`)).toMatch(/^config$/m);
  expect(await daemon.host.sh(`ls ${daemon.dataDirectory}/repositories/shop`)).not.toContain('planted');
});

test('backups and restores work beside it, and it is there again afterwards', async () => {
  const { daemon, server, request } = await told();
  expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  await appears();
  await server.sql('DELETE FROM shop.t');
  expect(await daemon.hook('restore', { ...request, settings: { backupDir: 'latest' } })).toMatchObject({ ok: true });
  expect(await server.sql('SELECT COUNT(*) FROM shop.t')).toContain('1');
  await appears();
});

test('it comes back when it was lost', async () => {
  const { daemon } = await told();
  const servers = async () => (await daemon.host.run(['pgrep', '-x', 'sftp-server'])).stdout.trim();
  const before = await servers();
  expect(before).not.toBe('');
  await daemon.host.sh('pkill -KILL -x sftp-server');
  await expect
    .poll(async () => (await servers()) !== '' && (await servers()) !== before, { timeout: 30_000 })
    .toBe(true);
  await appears();
});

test('it comes back after the daemon was killed', async () => {
  const { daemon } = await told();
  await daemon.kill();
  await daemon.start();
  await appears();
});

test('it ends when isAlwaysUmount becomes true, and with uninstall', async () => {
  const { daemon, master, request } = await told();
  const changed = { environment: request.environment, settings: { isAlwaysUmount: 'true' } };
  expect(await daemon.hook('configure', changed)).toMatchObject({ ok: true, changed: true });
  expect(await mounted()).toBe(false);
  expect(await daemon.hook('configure', { ...changed, settings: { isAlwaysUmount: 'false' } })).toMatchObject({
    ok: true,
  });
  await appears();
  expect(await daemon.hook('uninstall', { environment: request.environment })).toMatchObject({
    ok: true,
    leftBehind: [],
  });
  expect(await mounted()).toBe(false);
  expect(await master.sh('ps -eo user:20,args | grep "^dbbackup " || true')).toBe('');
});
