import { beforeAll, expect, test } from 'vitest';
import { picture } from './pictures.ts';
import { ADDON, STORAGE, type Theatre, theatre } from './theatre.ts';

const stage = theatre();
let it: Theatre;

beforeAll(async () => {
  it = await stage();
  const nodes = [{ nodeType: 'mariadb-dockerized', nodeGroup: '' }];
  await it.platform.createEnvironment({ name: 'shop', displayName: 'Shop', nodes });
  await it.sql('shop', 'CREATE DATABASE goods; CREATE TABLE goods.t (a INT); INSERT INTO goods.t VALUES (1), (2), (3)');
}, 120_000);

test('the marketplace has the add-on and its storage', async () => {
  await it.go('Marketplace');
  await it.page.getByRole('article', { name: STORAGE }).locator('img').waitFor();
  await it.page.getByLabel('Search').fill('backup');
  await picture(it.page, 'marketplace');
  const loaded = await it.page
    .locator('img.logo')
    .evaluateAll((all) => all.map((one) => Reflect.get(one, 'naturalWidth')));
  expect(loaded.filter((width) => width > 0)).toHaveLength(2);
});

test('a storage is installed', async () => {
  const dialog = await it.openInstall(STORAGE);
  await picture(dialog, 'install-storage');
  await it.submit({ envName: 'backups', displayName: 'Backups', storageSize: '10' });
  expect(await it.seen()).toMatchObject({
    type: 'success',
    text: expect.stringContaining('The backup storage is ready.'),
  });
  await it.go('Environments');
  const backups = it.page.locator('[data-environment=backups]');
  await backups.getByText('group Backup storage nodes').waitFor();
  expect(await backups.locator('[data-node]').count()).toBe(1);
});

test('the add-on is installed on a layer', async () => {
  const dialog = await it.openInstall(ADDON, 'MariaDB of Shop');
  expect(await dialog.getByLabel('Install on').inputValue()).toBe('shop/sqldb');
  expect(await dialog.getByLabel('Backup storage', { exact: true }).inputValue()).toBe('backups');
  await picture(dialog, 'install-addon');
  await it.submit({
    scheduleType: '2',
    backupTime: '03:30',
    sat: 'false',
    dbuser: 'root',
    dbpass: it.password('shop'),
  });
  await it.page.getByText('Installing...').waitFor();
  expect(await it.seen()).toMatchObject({
    type: 'success',
    text: expect.stringContaining('Backups of this layer are set up'),
  });
  await it.go('Environments');
  const card = it.page.locator('[data-environment=shop] [data-card]');
  expect(await card.getByRole('button').allTextContents()).toEqual(['Backup Now', 'Configure', 'Restore']);
  await picture(card, 'card');
});

test('Backup Now asks, says that it runs, and that it is done', async () => {
  await it.press('shop', 'Backup Now');
  await picture(it.page.getByRole('alertdialog'), 'backup-now');
  await it.agree();
  await it.page.getByText('Backing up...').waitFor();
  await picture(it.page, 'environments');
  expect(await it.seen()).toMatchObject({
    type: 'success',
    text: 'The backup is complete, and was checked on the storage.',
  });
});

test('Restore brings back what was destroyed', async () => {
  await it.sql('shop', 'DROP DATABASE goods');
  await it.press('shop', 'Restore');
  const dialog = it.page.getByRole('dialog', { name: 'Restore a backup' });
  await dialog.locator('.words.warning').first().waitFor();
  expect(await dialog.getByLabel('Backup', { exact: true }).locator('option').count()).toBeGreaterThan(0);
  await picture(dialog, 'restore');
  expect(await dialog.locator('.words.warning').first().textContent()).toMatch(/replace|overwr/i);
  await it.submit({});
  await it.page.getByText('This replaces the databases of this layer').waitFor();
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success', text: 'The backup was restored.' });
  expect(await it.sql('shop', 'SELECT SUM(a) FROM goods.t')).toBe('6\n');
});

test('Configure shows what is in force, never the password, and changes it', async () => {
  await it.press('shop', 'Configure');
  const dialog = it.page.getByRole('dialog', { name: 'Configure backups' });
  expect(await dialog.getByLabel('Custom').isChecked()).toBe(true);
  expect(await dialog.getByLabel('Time', { exact: true }).inputValue()).toBe('03:30');
  const ticked = (day: string) => dialog.getByLabel(day, { exact: true }).isChecked();
  expect([await ticked('Sa'), await ticked('Mo')]).toEqual([false, true]);
  expect(await dialog.getByLabel('Database password', { exact: true }).inputValue()).toBe('');
  await picture(dialog, 'configure');
  await it.submit({ backupCount: '7' });
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success', text: 'The new settings are in force.' });
  await it.press('shop', 'Configure');
  expect(await dialog.getByLabel('Number of backups', { exact: true }).inputValue()).toBe('7');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('the tasks log tells all of it and no password', async () => {
  await it.go('Tasks');
  await it.page.getByText('Backup Now').first().click();
  await picture(it.page, 'tasks');
  const all = await it.page.locator('main').evaluate((main) => main.textContent);
  expect(all).toContain('Backup Now');
  expect(all).not.toContain(it.password('shop'));
});

test('Uninstall takes the card away and leaves the backups', async () => {
  await it.go('Environments');
  await it.page.getByLabel(`More for ${ADDON}`).first().click();
  await it.page.getByRole('button', { name: 'Uninstall' }).click();
  await it.agree();
  expect(await it.seen()).toMatchObject({ type: 'success' });
  await it.page.locator('[data-card]').waitFor({ state: 'detached' });
  const backups = JSON.parse(await it.host('backups').sh('dbbackup list --json')) as unknown[];
  expect(backups.length).toBeGreaterThan(0);
  expect(await it.host('shop').sh('id dbbackup 2>&1 || true')).toContain('no such user');
});

test('the pages had no trouble with any of it', () => {
  expect(it.complaints).toEqual([]);
});
