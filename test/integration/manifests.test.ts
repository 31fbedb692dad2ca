import { beforeAll, expect, test } from 'vitest';
import type { Notice } from '../platform/contract.ts';
import { type InstalledPlatform, installedPlatform } from '../support/installed-platform.ts';

const stand = installedPlatform();
let it: InstalledPlatform;
let password = '';

const sql = (script: string) => it.run('shop', `MYSQL_PWD='${password}' mariadb -uroot -N -e "${script}"`);
const hook = (name: string, request: object) =>
  it.run('keep', `echo '${JSON.stringify(request)}' | dbbackup hook ${name} --request -`);

const well = ({ type, text }: Notice) => expect(`${type}: ${text}`).toMatch(/^success/);

beforeAll(async () => {
  it = await stand();
  await it.platform.createEnvironment({
    name: 'shop',
    nodes: [{ nodeType: 'mariadb-dockerized', nodeGroup: 'sqldb' }],
  });
  password = String(it.platform.estate.environments.get('shop')?.nodes[0]?.password);
  await sql('CREATE DATABASE orders; CREATE TABLE orders.t (a INT); INSERT INTO orders.t VALUES (1), (2), (3)');
}, 300_000);

test('the storage package makes a closed storage with a daemon that runs as a service, where the add-on finds it', async () => {
  const notice = await it.install('dbbackup-storage', { envName: 'keep', displayName: 'Keep', storageSize: '10' });
  well(notice);
  const keep = it.platform.estate.environments.get('keep');
  expect(keep?.groups).toEqual(['Backup storage nodes']);
  expect(keep?.properties).toMatchObject({ projectScope: 'backup' });
  expect(await it.run('keep', 'dbbackup list --json')).toBe('[]\n');
  expect(await it.run('keep', 'stat -c %a /data/dbbackup/daemon.sock; cat /etc/jelastic/redeploy.conf')).toMatch(
    /^600\n(?:.*\n)*\/opt\/dbbackup\n/,
  );
  expect(await it.run('keep', "ss -Htln | grep -v ':22 ' | wc -l")).toBe('0\n');
});

test('a wrong password is refused with what to mend, and leaves nothing behind', async () => {
  const notice = await it.install('dbbackup', { storageName: 'keep', dbuser: 'root', dbpass: 'wrong' }, 'shop/sqldb');
  expect(notice).toMatchObject({
    type: 'error',
    text: expect.stringContaining('enter the database user and password again'),
  });
  expect(await it.run('shop', 'id dbbackup 2>&1 || true')).toContain('no such user');
  expect(JSON.parse(await it.run('keep', 'dbbackup list --environments --json'))).toEqual([]);
});

test('the add-on is installed from its dialog', async () => {
  const dialog = await it.platform.openInstall('dbbackup', 'shop/sqldb');
  const fields = it.fields(dialog);
  expect(fields.get('storageName')?.values).toEqual([
    { value: 'keep', caption: 'Keep (keep)' },
    { value: '+', caption: 'Create a new storage' },
  ]);
  expect(fields.get('tz')?.values).toContainEqual(
    expect.objectContaining({ value: 'Asia/Kolkata', caption: 'Asia/Kolkata (UTC+05:30)' }),
  );
  const values = { storageName: 'keep', scheduleType: '3', crontab: '5 4 * * *', dbuser: 'root', dbpass: password };
  well(await it.install('dbbackup', values, 'shop/sqldb'));
});

test('Backup Now takes a backup, and Configure shows what is in force', async () => {
  well(await it.press('Backup Now'));
  const fields = it.fields(await it.platform.openButton(await it.card(), 'Configure'));
  expect(fields.get('inForce')?.markup).toContain('every day at 04:05');
  expect(fields.get('crontab')?.value).toBe('5 4 * * *');
  expect(fields.get('dbpass')?.value).toBe('');
  expect(fields.get('lastBackup')?.markup).toContain('Latest backup');
});

test('Configure changes what is asked, and keeps the password that was left empty', async () => {
  expect(await it.press('Configure', { scheduleType: '4', everyHours: '12', backupCount: '3' })).toMatchObject({
    type: 'success',
  });
  const { fields } = JSON.parse(
    (await hook('form', { form: 'configure', environment: { name: 'shop' } })).split('=').slice(1).join('='),
  );
  expect(fields).toMatchObject({
    scheduleType: { default: '4' },
    everyHours: { default: '12' },
    backupCount: { default: '3' },
  });
});

test('a wrong crontab is refused by its field, and what was in force stays', async () => {
  const notice = await it.press('Configure', { scheduleType: '3', crontab: '99 * * * *' });
  expect(notice).toMatchObject({ type: 'error', text: expect.stringContaining('minute') });
  expect(await hook('form', { form: 'configure', environment: { name: 'shop' } })).toContain(
    '"scheduleType":{"default":"4"}',
  );
});

test('Restore brings back what was destroyed', async () => {
  await sql('DROP DATABASE orders');
  well(await it.press('Restore', {}));
  expect(await sql('SELECT COUNT(*) FROM orders.t')).toBe('3\n');
});

test('a redeployed node is made ready again, with its new host key', async () => {
  well(await it.platform.operate('redeploy', 'shop'));
  well(await it.press('Backup Now'));
});

test('a backup asked for right after the storage was restarted waits for its daemon', async () => {
  well(await it.platform.operate('restart', 'keep'));
  well(await it.press('Backup Now'));
});

test('Uninstall takes the account off the node and keeps the backups', async () => {
  well(await it.platform.uninstall(await it.card()));
  expect(await it.run('shop', 'id dbbackup 2>&1 || true')).toContain('no such user');
  expect(JSON.parse(await it.run('keep', 'dbbackup list --json')).length).toBeGreaterThan(1);
});

test('a redeployed storage has its daemon and its backups again', async () => {
  const before = JSON.parse(await it.run('keep', 'dbbackup list --json'));
  well(await it.platform.operate('redeploy', 'keep'));
  expect(JSON.parse(await it.run('keep', 'dbbackup list --json'))).toEqual(before);
});

test('the password stood in no line of the tasks log', () => {
  expect(it.log()).not.toContain(password);
  expect(it.log()).not.toContain(Buffer.from(password).toString('base64'));
});
