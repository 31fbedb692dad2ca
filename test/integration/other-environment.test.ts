import { expect, test } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { prepareEnvironment, startDaemon } from '../support/installation.ts';
import { startMariadb } from '../support/servers/mariadb.ts';

const { host } = fleet();

test('a backup of one environment is restored into another one of the same owner, while its own backups go on', async () => {
  const storage = await host('storage');
  const daemon = await startDaemon(storage);
  const made = async (name: string) => {
    const master = await host(name);
    const server = await startMariadb(master, { rootPassword: 'pw' });
    const settings = { dbuser: 'root', dbpass: 'pw' };
    return { server, request: await prepareEnvironment(daemon, master, { name, nodeType: 'mariadb', settings }) };
  };
  const shop = await made('shop');
  const staging = await made('staging');
  await shop.server.sql(
    'CREATE DATABASE shop; USE shop; CREATE TABLE t AS SELECT seq, SHA2(seq, 512) AS s FROM seq_1_to_200000',
  );
  const checksum = await shop.server.sql('CHECKSUM TABLE shop.t EXTENDED');
  for (const { request } of [shop, staging]) expect(await daemon.hook('install', request)).toMatchObject({ ok: true });
  expect(await daemon.hook('backup-now', { ...shop.request, settings: { name: 'live' } })).toMatchObject({ ok: true });

  const settings = { backupedEnvName: 'shop', backupDir: 'live' };
  const [restored, backedUp] = await Promise.all([
    daemon.hook('restore', { ...staging.request, settings }),
    daemon.hook('backup-now', { ...shop.request, settings: {} }),
  ]);
  expect(restored).toMatchObject({ ok: true });
  expect(backedUp).toMatchObject({ ok: true });
  expect(await staging.server.sql('CHECKSUM TABLE shop.t EXTENDED')).toBe(checksum);

  const stranger = { ...staging.request, environment: { ...staging.request.environment, owner: 'owner-2' } };
  expect(await daemon.hook('install', stranger)).toMatchObject({ ok: true });
  expect(await daemon.hook('restore', { ...stranger, settings })).toMatchObject({
    ok: false,
    error: { code: 'environment-unknown' },
  });
});
