import { beforeAll, expect, test } from 'vitest';
import type { Notice } from '../platform/contract.ts';
import { type InstalledPlatform, installedPlatform } from '../support/installed-platform.ts';

const stand = installedPlatform({
  quotas: { 'environment.maxsamenodescount': 2, 'storage.node.disk.limitation': 8192 },
});
let it: InstalledPlatform;

const PASSWORD = `p'a"s$s \\w#rd \${user.email} <b>ü</b>`;
const access = { dbuser: "o'dd $user", dbpass: PASSWORD };
const well = ({ type, text }: Notice) => expect(`${type}: ${text}`).toMatch(/^success/);
const install = (values: Record<string, string>) => it.install('dbbackup', { ...access, ...values }, 'shop/sqldb');
const installedAt = async (storage: string) =>
  (JSON.parse(await it.run(storage, 'dbbackup list --environments --json')) as { name: string; installed: boolean }[])
    .filter(({ installed }) => installed)
    .map(({ name }) => name);

beforeAll(async () => {
  it = await stand();
  const { platform } = it;
  await platform.createEnvironment({ name: 'shop', nodes: [{ nodeType: 'mariadb-dockerized', nodeGroup: 'sqldb' }] });
  await platform.createEnvironment({ name: 'old', nodes: [{ nodeType: 'storage', nodeGroup: 'storage' }] });
  const { session } = platform.caller;
  const joined = { envName: 'old', session, envGroups: ['Backup storage nodes'] };
  await platform.world.call('environment.control.AttachEnvGroup', joined, { caller: platform.caller });
  const shop = platform.estate.environments.get('shop')?.nodes[0];
  const statement = `CREATE USER 'o''dd $user'@'%' IDENTIFIED BY '${PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''")}';
    GRANT ALL ON *.* TO 'o''dd $user'@'%' WITH GRANT OPTION; CREATE DATABASE orders; CREATE TABLE orders.t (a INT)`;
  await shop?.host.run(['mariadb', '-uroot', `-p${shop.password}`], { input: statement });
}, 300_000);

test('the dialogs keep within the quotas of the account, and name the one that allows no cluster', async () => {
  for (const offer of ['dbbackup', 'dbbackup-storage']) {
    const fields = it.fields(await it.platform.openInstall(offer));
    expect(fields.get('storageSize')).toMatchObject({ min: 5, max: 8 });
    expect(fields.get('storageTopology')?.values).toEqual([{ value: '1', caption: 'Standalone' }]);
    expect(fields.get('storageNotice')?.markup).toContain('environment.maxsamenodescount (2)');
  }
});

test.each([
  [{ storageName: '' }, 'no backup storage is chosen'],
  [{ storageName: 'nobody' }, 'the backup storage nobody does not exist any more'],
  [{ storageName: 'old', scheduleType: '3', crontab: '* * *' }, 'has 3 fields, not five'],
  [{ storageName: 'old', backupCount: '31' }, 'backupCount'],
  [{ storageName: 'old', notifyEmail: '<script>alert(1)</script>' }, '&lt;script&gt;'],
  [{ storageName: 'old', dbuser: '$(touch /tmp/ran)' }, 'enter the database user and password again'],
])('what is wrong is said, does not run, and leaves nothing: %s', async (values, said) => {
  const notice = await install(values);
  expect(notice.type).not.toBe('success');
  expect(notice.text).toContain(said);
  expect(notice.text).not.toContain('<script');
  expect(await it.run('shop', 'id dbbackup 2>&1 || true; ls /tmp/ran 2>&1 || true')).toMatch(
    /no such user(?:.*\n)*.*No such file/,
  );
});

test('a storage of another package gets the daemon, and text with every odd character arrives unchanged', async () => {
  well(await install({ storageName: 'old' }));
  well(await it.press('Backup Now'));
  expect(await it.run('old', 'ls /tmp/ran 2>&1 || true')).toContain('No such file');
  expect(it.log()).not.toContain('w#rd');
});

test('another storage needs the password again, takes over, and the former one is left', {
  timeout: 300_000,
}, async () => {
  well(await it.install('dbbackup-storage', { envName: 'new', storageSize: '5' }));
  expect(await it.press('Configure', { storageName: 'new' })).toMatchObject({
    type: 'warning',
    text: expect.stringContaining('enter it again'),
  });
  const refused = await it.press('Configure', { storageName: 'new', dbpass: 'wrong' });
  expect(refused.type).toBe('error');
  well(await it.press('Backup Now'));
  expect(await installedAt('new')).toEqual([]);
  well(await it.press('Configure', { storageName: 'new', dbpass: PASSWORD }));
  expect(await installedAt('new')).toEqual(['shop']);
  expect(await installedAt('old')).toEqual([]);
  well(await it.press('Backup Now'));
});

test('a storage that was deleted is named, and the add-on can still be taken off', async () => {
  well(await it.platform.operate('delete', 'new'));
  const fields = it.fields(await it.platform.openButton(await it.card(), 'Configure'));
  expect(fields.get('notice')).toMatchObject({ hidden: false, markup: expect.stringContaining('new was deleted') });
  expect(fields.get('storageName')?.values.map(({ value }) => value)).toEqual(['old']);
  expect(await it.press('Backup Now')).toMatchObject({
    type: 'error',
    text: expect.stringContaining('does not exist any more'),
  });
  well(await it.platform.uninstall(await it.card()));
  expect(await it.run('shop', 'id dbbackup 2>&1 || true')).toContain('no such user');
});
