import { expect, test } from 'vitest';
import { prepareMaster } from '../support/servers/sshd.ts';
import { story } from '../support/story.ts';

const begin = story();

test('a second layer of an environment is refused by its name, and the first goes on being backed up', async () => {
  const { daemon, request, master } = await begin();
  expect(await daemon.hook('install', request)).toMatchObject({ ok: true });
  const second = { ...request, layer: { nodeGroup: 'nosqldb', nodeType: 'redis' } };
  expect(await daemon.hook('install', second)).toMatchObject({
    ok: false,
    error: { code: 'request-invalid', message: 'layer sqldb of environment shop is backed up already' },
  });
  expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  expect(await daemon.backups('shop')).toMatchObject([{ engine: 'mariadb' }]);

  expect(await daemon.hook('uninstall', { environment: request.environment })).toMatchObject({ ok: true });
  const { publicKey } = await daemon.hook('prepare', { environment: request.environment });
  await prepareMaster(master, String(publicKey));
  expect(await daemon.hook('install', { ...request, layer: { ...request.layer, nodeGroup: 'db2' } })).toMatchObject({
    ok: true,
  });
});
