import { beforeAll, expect, test } from 'vitest';
import { ADDON, STORAGE, type Theatre, theatre } from './theatre.ts';

const stage = theatre();
let it: Theatre;

beforeAll(async () => {
  it = await stage();
  await it.platform.createEnvironment({
    name: 'cache',
    displayName: 'Cache',
    nodes: [{ nodeType: 'redis7', nodeGroup: '' }],
  });
}, 120_000);

const redis = (...argv: readonly string[]) =>
  it.host('cache').must(['redis-cli', '--no-auth-warning', ...argv], { env: { REDISCLI_AUTH: it.password('cache') } });

test('a storage of three nodes is installed as a cluster', async () => {
  const dialog = await it.openInstall(STORAGE);
  await it.submit({ envName: 'cluster', displayName: 'Cluster', storageTopology: '2', storageNodes: '3' });
  await dialog.waitFor({ state: 'detached' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(await it.page.locator('[data-environment=cluster] [data-node]').count()).toBe(0);
  await it.go('Environments');
  await expect.poll(() => it.page.locator('[data-environment=cluster] [data-node]').count()).toBe(3);
});

test('the story goes as with one node: back up, destroy, restore, uninstall', async () => {
  await redis('SET', 'greeting', 'hello');
  await it.openInstall(ADDON, 'Redis of Cache');
  await it.submit({ storageName: 'cluster', dbpass: it.password('cache') });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  await it.press('cache', 'Backup Now');
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success' });
  await redis('FLUSHALL');
  await it.press('cache', 'Restore');
  await it.submit({});
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success', text: 'The backup was restored.' });
  expect(await redis('GET', 'greeting')).toBe('hello\n');
  await it.page.getByLabel(`More for ${ADDON}`).first().click();
  await it.page.getByRole('button', { name: 'Uninstall' }).click();
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success' });
});
