import { beforeAll, expect, test } from 'vitest';
import { ADDON, STORAGE, type Theatre, theatre } from './theatre.ts';

const stage = theatre();
let it: Theatre;

beforeAll(async () => {
  it = await stage();
  await it.platform.createEnvironment({
    name: 'shop',
    displayName: 'Shop',
    nodes: [{ nodeType: 'mariadb10', nodeGroup: '' }],
  });
  await it.sql('shop', 'CREATE DATABASE goods; CREATE TABLE goods.t (a INT); INSERT INTO goods.t VALUES (42)');
  await it.openInstall(STORAGE);
  await it.submit({ envName: 'backups', displayName: 'Backups' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  await it.openInstall(ADDON, 'MariaDB of Shop');
  await it.submit({ dbuser: 'root', dbpass: it.password('shop'), scheduleType: '2', backupTime: '03:30' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
}, 300_000);

async function backUp(environment: string) {
  await it.press(environment, 'Backup Now');
  await it.agree();
  return await it.seen();
}

test('a redeployed layer is made ready again', async () => {
  await it.choose('MariaDB of Shop', 'Redeploy');
  await it.submit({});
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(await backUp('shop')).toMatchObject({ type: 'success' });
});

test('a clone has an add-on of its own, with the settings and a repository of its own', async () => {
  await it.choose('Shop', 'Clone');
  await it.submit({ name: 'copy', displayName: 'Copy' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  await it.go('Environments');
  await it.page.locator('[data-environment=copy] [data-card]').waitFor();
  await it.press('copy', 'Configure');
  expect(await it.page.getByLabel('Time', { exact: true }).inputValue()).toBe('03:30');
  await it.page.keyboard.press('Escape');
  expect(await backUp('copy')).toMatchObject({ type: 'success' });
  const of = (name: string) => it.host('backups').sh(`dbbackup list ${name} --json | grep -c '"id"' || true`);
  expect(Number(await of('copy'))).toBe(1);
});

test('the other owner of a transferred environment goes on with it', async () => {
  await it.choose('Copy', 'Transfer');
  await it.submit({ owner: 'other@example.test' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect((await backUp('shop')).type).toBe('success');
});

test('a password that the platform has reset is told of, and mended by Configure', async () => {
  await it.choose('MariaDB of Shop', 'Reset password');
  await it.submit({ password: `n'e"w $pass` });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(it.password('shop')).toBe(`n'e"w $pass`);
  expect((await backUp('shop')).type).not.toBe('success');
  await it.press('shop', 'Configure');
  await it.submit({ dbpass: `n'e"w $pass` });
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(await backUp('shop')).toMatchObject({ type: 'success' });
});

test('more nodes and fewer again leave it working', async () => {
  await it.choose('MariaDB of Shop', 'Scale out');
  await it.submit({ count: '1' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(await it.page.locator('[data-environment=shop] [data-node]').count()).toBe(2);
  await it.choose('MariaDB of Shop', 'Scale in');
  await it.submit({ count: '1' });
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(await backUp('shop')).toMatchObject({ type: 'success' });
});

test('a deleted environment leaves its backups', async () => {
  const ofShop = await it.host('backups').sh('dbbackup list shop --json');
  await it.choose('Shop', 'Delete');
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success' });
  expect(JSON.parse(await it.host('backups').sh('dbbackup list shop --json'))).toHaveLength(
    (JSON.parse(ofShop) as unknown[]).length,
  );
});

test('the pages had no trouble with any of it', () => {
  expect(it.complaints).toEqual([]);
});
