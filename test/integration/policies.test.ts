import { beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../storage-node/base/errors.ts';
import { stopSshd } from '../support/servers/sshd.ts';
import { type Story, story } from '../support/story.ts';

const told = story();
let it: Story;

beforeAll(async () => {
  it = await told();
  await it.server.sql('CREATE DATABASE shop; CREATE TABLE shop.t (a INT)');
  expect(await it.daemon.hook('install', it.request)).toMatchObject({ ok: true });
  expect(await it.daemon.hook('backup-now', { ...it.request, settings: {} })).toMatchObject({ ok: true });
});

async function restartWith(policies: object): Promise<void> {
  const { daemon } = it;
  await daemon.stop();
  await daemon.host.writeFile(`${daemon.dataDirectory}/config.json`, JSON.stringify(policies));
  await daemon.start();
}

test('where users may not delete backups, they cannot; where they may, they can', async () => {
  const { daemon } = it;
  const [backup] = await daemon.backups();
  await restartWith({ usersMayDelete: false });
  const refused = await daemon.dbbackup('delete', String(backup?.id), '--yes');
  expect(refused).toMatchObject({ exitCode: ERRORS['policy-refused'].exit });
  expect(await daemon.backups()).toHaveLength(1);
  await restartWith({ usersMayDelete: true });
  expect(await daemon.dbbackup('delete', String(backup?.id), '--yes')).toMatchObject({ exitCode: 0 });
  expect(await daemon.backups()).toHaveLength(0);
});

test('a policy that is mistyped keeps the daemon from starting, and is named', async () => {
  const { daemon } = it;
  await daemon.stop();
  await daemon.host.writeFile(`${daemon.dataDirectory}/config.json`, '{ "usersMayDelte": false }');
  const run = await daemon.dbbackup('serve');
  expect(run).toMatchObject({ exitCode: ERRORS['request-invalid'].exit });
  expect(run.stderr).toContain('usersMayDelte');
  await daemon.host.sh(`rm ${daemon.dataDirectory}/config.json`);
  await daemon.start();
});

test('uninstall succeeds although the node does not answer, says what it had to leave, and keeps the backups', async () => {
  const { daemon, master, request } = it;
  expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
  await stopSshd(master);
  const answer = await daemon.hook('uninstall', { environment: request.environment });
  expect(answer).toMatchObject({ ok: true, backupsKept: true });
  expect(String(answer.leftBehind)).toContain('what was placed on the master');
  expect(await daemon.backups()).toHaveLength(1);
});

test('uninstall drops the backups where it is asked to', async () => {
  const { daemon, request } = it;
  const dropping = { environment: request.environment, settings: { removeBackups: 'true' } };
  expect(await daemon.hook('uninstall', dropping)).toMatchObject({ ok: true, backupsKept: false });
  expect(await daemon.backups()).toEqual([]);
  expect(await daemon.host.sh(`ls -A ${daemon.dataDirectory}/repositories`)).toBe('');
  expect(await daemon.dbbackup('export-key', 'shop')).toMatchObject({ exitCode: ERRORS['key-missing'].exit });
});
