import { expect, test } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { type EnvironmentRequest, startDaemon } from '../support/installation.ts';
import { startMariadb } from '../support/servers/mariadb.ts';
import { startRedis } from '../support/servers/redis.ts';
import { prepareMaster, startSshd } from '../support/servers/sshd.ts';

const { host } = fleet();

function requestFor(hostKey: string, address: string, name: string, nodeType: string): EnvironmentRequest {
  const environment = { name, displayName: name, region: 'local', owner: 'owner-1' };
  const settings = { dbuser: nodeType === 'mariadb' ? 'root' : '', dbpass: 'pw', isAlwaysUmount: 'true' };
  return {
    environment,
    layer: { nodeGroup: 'sqldb', nodeType },
    nodes: [{ host: address, hostKey, master: true }],
    settings,
  };
}

test('one plain server with two databases is two environments, which do not disturb each other', async () => {
  const [storage, server] = [await host('storage'), await host('server')];
  const mariadb = await startMariadb(server, { rootPassword: 'pw' });
  const redis = await startRedis(server, { password: 'pw' });
  await mariadb.sql(
    'CREATE DATABASE shop; USE shop; CREATE TABLE t AS SELECT seq, SHA2(seq, 512) AS s FROM seq_1_to_200000',
  );
  await redis.cli('SET', 'greeting', 'hello');
  const daemon = await startDaemon(storage);
  const hostKey = await startSshd(server);
  const requests = [
    requestFor(hostKey, server.address, 'shop', 'mariadb'),
    requestFor(hostKey, server.address, 'cache', 'redis'),
  ];
  for (const request of requests) {
    const { publicKey } = await daemon.hook('prepare', { environment: request.environment });
    await prepareMaster(server, String(publicKey));
  }
  for (const request of requests) expect(await daemon.hook('install', request)).toMatchObject({ ok: true });

  const rounds = Array.from({ length: 3 }, () =>
    Promise.all(requests.map((request) => daemon.hook('backup-now', { ...request, settings: {} }))),
  );
  // The second and third rounds meet running jobs; what matters is that no backup is broken by its neighbour.
  const answers = (await Promise.all(rounds)).flat();
  for (const answer of answers) {
    if (!answer.ok) expect(answer.error?.code).toBe('job-running');
  }
  for (const request of requests) {
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  }

  const shop = requests[0] as EnvironmentRequest;
  expect(await daemon.hook('uninstall', { environment: shop.environment })).toMatchObject({ ok: true, leftBehind: [] });
  const cache = requests[1] as EnvironmentRequest;
  expect(await daemon.hook('backup-now', { ...cache, settings: {} })).toMatchObject({ ok: true });
});
