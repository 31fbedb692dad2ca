import { beforeAll, expect, test } from 'vitest';
import type { Notice } from '../platform/contract.ts';
import { type InstalledPlatform, installedPlatform } from '../support/installed-platform.ts';

const stand = installedPlatform();
let it: InstalledPlatform;
let password = '';

const well = ({ type, text }: Notice) => expect(`${type}: ${text}`).toMatch(/^success/);
const sql = (script: string) => it.run('shop', `MYSQL_PWD='${password}' mariadb -uroot -N -e "${script}"`);
const dbbackup = (words: string) => it.run('keep', `dbbackup ${words}`);
const environments = async () =>
  JSON.parse(await dbbackup('list --environments --json')) as { name: string; owner: string; installed: boolean }[];

beforeAll(async () => {
  it = await stand();
  await it.platform.createEnvironment({ name: 'shop', nodes: [{ nodeType: 'mysql8', nodeGroup: 'sqldb' }] });
  password = String(it.platform.estate.environments.get('shop')?.nodes[0]?.password);
  await sql('CREATE DATABASE orders; CREATE TABLE orders.t (a INT); INSERT INTO orders.t VALUES (1), (2), (3)');
}, 300_000);

test('where there is no storage, the add-on’s dialog makes one, as a cluster if wanted', async () => {
  const values = {
    storageName: '+',
    newStorageName: 'keep',
    storageTopology: '2',
    storageNodes: '3',
    storageSize: '6',
    dbuser: 'root',
    dbpass: password,
  };
  well(await it.install('dbbackup', values, 'shop/sqldb'));
  const keep = it.platform.estate.environments.get('keep');
  expect(keep?.nodes).toHaveLength(3);
  expect(keep?.groups).toEqual(['Backup storage nodes']);
  well(await it.press('Backup Now'));
});

test('stop, restart, redeploy and delete are refused while a backup runs, and another Backup Now too', async () => {
  const held = it.run(
    'shop',
    `MYSQL_PWD='${password}' timeout 60 mariadb -uroot -e 'LOCK TABLES orders.t WRITE; SELECT SLEEP(60)' || true`,
  );
  await expect
    .poll(() => sql("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'User sleep'"))
    .toBe('1\n');
  const started = await it.run(
    'keep',
    `echo '{"environment":{"name":"shop"}}' | dbbackup hook backup-now --no-wait --request -`,
  );
  const { job } = JSON.parse(started.slice(started.indexOf('{')));
  for (const operation of ['stop', 'restart', 'redeploy', 'delete'] as const) {
    const notice = await it.platform.operate(operation, 'shop');
    expect(notice).toMatchObject({ type: 'warning', text: expect.stringContaining('a backup of shop runs since') });
  }
  expect(await it.press('Backup Now')).toMatchObject({ type: 'warning' });
  await dbbackup(`cancel ${job.id}`);
  await it.run('shop', 'pkill -x mariadb || true');
  await held;
  await expect
    .poll(async () => JSON.parse(await dbbackup('jobs shop --json'))[0].state, { timeout: 60_000 })
    .not.toBe('running');
});

test('more nodes are made ready too', async () => {
  well(await it.platform.operate('scale-out', 'shop'));
  const added = it.platform.estate.environments.get('shop')?.nodes.at(-1);
  expect(await added?.host.sh('id dbbackup')).toContain('dbbackup');
  well(await it.platform.operate('scale-in', 'shop'));
});

test('a clone has an add-on, a repository and a key of its own, with the password of its original', async () => {
  well(await it.platform.operate('clone', 'shop', { name: 'shop-2' }));
  expect((await environments()).map(({ name }) => name)).toEqual(['shop', 'shop-2']);
  const keys = (environment: string) => it.run(environment, 'cat /var/lib/dbbackup/.ssh/authorized_keys');
  expect(await keys('shop-2')).toMatch(/ dbbackup shop-2\n$/);
  expect(await keys('shop-2')).not.toContain((await keys('shop')).split(' ')[2]);
  well(await it.press('Backup Now', undefined, 'shop-2'));
});

test('after a reset of the password Configure asks for the new one', async () => {
  await it.platform.operate('reset-password', 'shop', { nodeGroup: 'sqldb', password: 'other-secret' });
  const fields = it.fields(await it.platform.openButton(await it.card(), 'Configure'));
  expect(fields.get('notice')?.markup).toContain('password was reset');
  expect(fields.get('dbpass')?.required).toBe(true);
  well(await it.press('Configure', { dbpass: 'other-secret' }));
  well(await it.press('Backup Now'));
});

test('a storage that is stopped is named in the dialogs, and stands in nobody’s way', async () => {
  well(await it.platform.operate('stop', 'keep'));
  const fields = it.fields(await it.platform.openButton(await it.card(), 'Restore'));
  expect([...fields.keys()]).toEqual(['notice']);
  expect(fields.get('notice')?.markup).toContain('is stopped');
  expect(await it.press('Backup Now')).toMatchObject({
    type: 'error',
    text: expect.stringContaining('is not running'),
  });
  well(await it.platform.operate('restart', 'shop'));
  well(await it.platform.operate('start', 'keep'));
  await expect
    .poll(
      () =>
        dbbackup('list --json').then(
          () => 'answers',
          () => 'silent',
        ),
      { timeout: 30_000 },
    )
    .toBe('answers');
});

test('a delete ends the schedule and keeps the backups', async () => {
  well(await it.platform.operate('delete', 'shop-2'));
  expect((await environments()).find(({ name }) => name === 'shop-2')).toMatchObject({ installed: false });
  expect(JSON.parse(await dbbackup('list shop-2 --json'))).toHaveLength(1);
});

test('a transfer is followed: the environment has its new owner', async () => {
  await it.platform.operate('transfer', 'keep', { owner: 'buyer@example.test' });
  well(await it.platform.operate('transfer', 'shop', { owner: 'buyer@example.test' }));
  const owner = it.platform.estate.environments.get('shop')?.owner;
  expect((await environments()).find(({ name }) => name === 'shop')).toMatchObject({ owner });
});

test('neither password stood in a line of the tasks log', () => {
  expect(it.log()).not.toContain(password);
  expect(it.log()).not.toContain('other-secret');
});
