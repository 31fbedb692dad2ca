import { expect, test } from 'vitest';
import type { Listed } from '../../addon/cli/list.ts';
import { ERRORS } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import { story } from '../support/story.ts';

const told = story({ settings: { backupCount: '1' } });
const ROWS = `CREATE DATABASE shop; USE shop; CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(200));
  INSERT INTO orders SELECT seq, REPEAT('x', 150) FROM seq_1_to_5000; CREATE TABLE people AS SELECT * FROM orders;`;
const taken = async (name: string) => {
  const { daemon } = await told();
  return await daemon.dbbackup('backup', 'shop', '--name', name);
};
const listed = async () => await (await told()).daemon.json<Listed[]>('list', 'shop');
const names = async () => (await listed()).map(({ name }) => name);
const named = async (name: string) => (await listed()).find((backup) => backup.name === name)?.id ?? '';

test('rules that say nothing are refused with the setting, the reason and an example', async () => {
  const { daemon, server, request } = await told();
  await server.sql(ROWS);
  for (const [settings, message] of [
    [{ backupAge: '90' }, 'settings.backupAge: "90" has no unit'],
    [{ keepRules: 'daily' }, 'settings.keepRules: "daily" is not a period with a number'],
  ] as const) {
    const answer = await daemon.hook('install', { ...request, settings: { ...request.settings, ...settings } });
    expect(answer).toMatchObject({ ok: false, error: { code: 'request-invalid', message } });
    expect(answer).toMatchObject({ error: { hint: expect.stringMatching(/^for example: /) } });
  }
});

test('a backup after which most rows are gone is kept and flagged, warns, and holds the last good one', async () => {
  const { daemon, server, request } = await told();
  expect(await daemon.hook('install', request)).toMatchObject({ ok: true });
  expect(await taken('whole')).toMatchObject({ exitCode: 0 });
  await server.sql('DELETE FROM shop.orders WHERE id > 20');
  const words = 'table "orders" of "shop" fell from 5,000 rows to 20';
  const first = await taken('emptied');
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stderr).toContain(`warning: the backup is kept, but looks like a loss of data: ${words}`);
  expect((await daemon.json<JobRow[]>('jobs', 'shop'))[0]?.warnings.join()).toContain('dbbackup accept ');
  expect(await taken('emptied again')).toMatchObject({ exitCode: 0 });
  expect(await names()).toEqual(['emptied again', 'whole']);
  expect((await listed()).map(({ retention }) => retention)).toEqual([
    ['kept: newest 1 of 1, newest backup', `flagged: ${words}`],
    ['kept: last good backup: the newer one is flagged'],
  ]);
  const { stdout } = await daemon.dbbackup('list', 'shop');
  expect(stdout).toContain(`kept: newest 1 of 1, newest backup; flagged: ${words}`);
  const shown = await daemon.dbbackup('show', await named('emptied again'));
  expect(shown.stdout).toContain(`flagged: ${words}\nis this as it should be? then: dbbackup accept `);
});

test('a restore of it warns of what it lacks', async () => {
  const { daemon, server } = await told();
  const restored = await daemon.dbbackup('restore', 'shop', '--backup', await named('emptied again'), '--yes');
  expect(restored).toMatchObject({ exitCode: 0 });
  expect(restored.stderr).toContain('looks like a loss of data: table "orders" of "shop" fell from 5,000 rows to 20');
  expect(await server.sql('SELECT COUNT(*) FROM shop.orders')).toContain('20');
  const safety = (await listed()).find(({ kind }) => kind === 'safety');
  expect(safety?.retention[0]).toMatch(/^kept: pinned until .* UTC, newest backup$/);
  expect(await daemon.dbbackup('unpin', String(safety?.id))).toMatchObject({ exitCode: 0 });
});

test('a person who accepts it ends the hold', async () => {
  const { daemon } = await told();
  const id = await named('emptied again');
  expect(await daemon.dbbackup('accept', id)).toMatchObject({
    ...{ exitCode: 0, stdout: `${id} counts as good from now on\n` },
  });
  expect((await daemon.dbbackup('show', id)).stdout).toContain('flagged, then accepted: table');
  expect(await daemon.dbbackup('accept', 'nonsense')).toMatchObject({ exitCode: ERRORS['backup-unknown'].exit });
  expect(await taken('after')).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('loss of data') });
  expect(await names()).toEqual(['after']);
  expect(await daemon.dbbackup('accept', await named('after'))).toMatchObject({
    stdout: expect.stringContaining('was not flagged'),
  });
});

test('configured anew, other rules hold backups: by age with the day it ends, by the calendar', async () => {
  const { daemon, request } = await told();
  const settings = { ...request.settings, backupAge: '90 days', keepRules: 'daily 7' };
  expect(await daemon.hook('configure', { environment: request.environment, settings })).toMatchObject({ ok: true });
  for (const name of ['second', 'third']) expect(await taken(name)).toMatchObject({ exitCode: 0 });
  expect((await listed()).map(({ retention }) => retention)).toEqual([
    ['kept: newest 1 of 1, daily 1 of 7, within 90 days, last good backup'],
    ['kept: within 90 days', 'expires in 89 days'],
    ['kept: within 90 days', 'expires in 89 days'],
  ]);
});

test('the list comes in pages, and says how to go on', async () => {
  const { daemon } = await told();
  const first = await daemon.dbbackup('list', 'shop', '--limit', '2');
  expect(first.stdout.trim().split('\n')).toHaveLength(3);
  const [, cursor = ''] =
    /^there are more; the next page: dbbackup list shop --limit 2 --after (\S+)$/m.exec(first.stderr) ?? [];
  const rest = await daemon.dbbackup('list', 'shop', '--limit', '2', '--after', cursor);
  expect(rest.stdout.trim().split('\n')).toHaveLength(2);
  expect(rest.stderr).toBe('');
  const ids = (await listed()).map(({ id }) => id);
  expect((await daemon.json<Listed[]>('list', 'shop', '--after', String(ids[0]))).map(({ id }) => id)).toEqual(
    ids.slice(1),
  );
  expect(await daemon.dbbackup('list', '--after', 'nowhere')).toMatchObject({
    exitCode: ERRORS['request-invalid'].exit,
  });
});
