import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ERRORS } from '../../storage-node/base/errors.ts';
import type { Backup, JobRow } from '../../storage-node/base/words.ts';
import { PASSWORD, story } from '../support/story.ts';

const told = story();
const DBBACKUP = resolve(import.meta.dirname, '../../scripts/dbbackup');
const DATA = `CREATE DATABASE shop; USE shop; CREATE TABLE t (a INT); INSERT INTO t VALUES (1),(2),(3);`;

async function prepared() {
  const it = await told();
  if ((await it.daemon.backups()).length === 0) {
    await it.server.sql(DATA);
    expect(await it.daemon.hook('install', it.request)).toMatchObject({ ok: true });
    for (const name of ['one', 'two']) {
      expect(await it.daemon.dbbackup('backup', 'shop', '--name', name)).toMatchObject({ exitCode: 0 });
    }
  }
  return it;
}

async function named(name: string): Promise<Backup> {
  const found = (await (await prepared()).daemon.backups()).find((backup) => backup.name === name);
  if (found === undefined) throw new Error(`no backup is named ${name}`);
  return found;
}

test('list shows id, time, size and why each backup is kept', async () => {
  const { daemon } = await prepared();
  const { stdout } = await daemon.dbbackup('list');
  expect(stdout).toMatch(/^ID +ENVIRONMENT +TAKEN/);
  expect(stdout).toMatch(
    /shop +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +mariadb +manual +1 .*newest 1 of 5, last good backup +two/,
  );
  expect(await daemon.json('list', '--environments')).toMatchObject([
    { name: 'shop', engine: 'mariadb', installed: true },
  ]);
});

test('show tells parts, rows and objects', async () => {
  const { daemon } = await prepared();
  const { stdout } = await daemon.dbbackup('show', (await named('one')).id);
  expect(stdout).toMatch(/^name +one$/m);
  expect(stdout).toMatch(/^shop +database .* 3 +1 tables$/m);
});

test('show and restore of what does not exist say so, with their own exit status and a hint', async () => {
  const { daemon } = await prepared();
  const shown = await daemon.dbbackup('show', 'nonsense');
  expect(shown).toMatchObject({ exitCode: ERRORS['backup-unknown'].exit });
  expect(shown.stderr).toMatch(/^error: no backup has the id "nonsense"\nhint: /);
  expect(await daemon.dbbackup('restore', 'shop', '--backup', 'nonsense', '--yes')).toMatchObject({ exitCode: 21 });
  expect(await daemon.dbbackup('backup', 'nowhere')).toMatchObject({ exitCode: ERRORS['environment-unknown'].exit });
  expect(await daemon.dbbackup('backup', 'shop', '--name', 'x'.repeat(65))).toMatchObject({ exitCode: 2 });
});

test('restore asks for a confirmation, and touches nothing without', async () => {
  const { daemon, server } = await prepared();
  await server.sql('DELETE FROM shop.t');
  const asked = await daemon.dbbackup('restore', 'shop', '--backup', 'one');
  expect(asked).toMatchObject({ exitCode: 2 });
  expect(asked.stderr).toContain('--yes');
  expect(await server.sql('SELECT COUNT(*) FROM shop.t')).toContain('0');
  expect(await daemon.dbbackup('restore', 'shop', '--backup', 'one', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await server.sql('SELECT COUNT(*) FROM shop.t')).toContain('3');
});

test('a pinned backup cannot be deleted until it is unpinned', async () => {
  const { daemon } = await prepared();
  const { id } = await named('one');
  expect(await daemon.dbbackup('pin', id, '--days', '3')).toMatchObject({ exitCode: 0 });
  expect(await daemon.dbbackup('delete', id, '--yes')).toMatchObject({ exitCode: ERRORS['backup-held'].exit });
  expect(await daemon.dbbackup('unpin', id)).toMatchObject({ exitCode: 0 });
  expect(await daemon.dbbackup('delete', id, '--yes')).toMatchObject({ exitCode: 0, stdout: `deleted ${id}\n` });
  expect((await daemon.backups()).map((backup) => backup.id)).not.toContain(id);
});

test('jobs and logs tell what ran', async () => {
  const { daemon } = await prepared();
  const jobs = await daemon.json<JobRow[]>('jobs', 'shop');
  expect(jobs.map((job) => job.kind)).toEqual(expect.arrayContaining(['backup', 'restore', 'configure']));
  const backup = jobs.find((job) => job.kind === 'backup');
  expect((await daemon.dbbackup('logs', String(backup?.id))).stdout).toMatch(/dumping shop \(1 of 2\)/);
  expect(await daemon.dbbackup('logs', '../../../etc/passwd')).toMatchObject({ exitCode: ERRORS['job-unknown'].exit });
});

test('prune and check end well, and a damaged repository is called damaged', async () => {
  const { daemon, storage } = await prepared();
  expect(await daemon.dbbackup('prune', 'shop')).toMatchObject({ exitCode: 0 });
  expect(await daemon.dbbackup('check', 'shop', '--read-data')).toMatchObject({ exitCode: 0 });
  const repository = `${daemon.dataDirectory}/repositories/shop`;
  await storage.sh(`pack=$(find ${repository}/data -type f -size +1k | head -n 1); cp -p "$pack" /root/pack
    chmod u+w "$pack"; printf X | dd of="$pack" bs=1 seek=200 conv=notrunc status=none; echo "$pack" >/root/pack.name`);
  const checked = await daemon.dbbackup('check', 'shop', '--read-data');
  expect(checked).toMatchObject({ exitCode: ERRORS['repository-damaged'].exit });
  await storage.sh('cp -p /root/pack "$(cat /root/pack.name)"');
  expect(await daemon.dbbackup('check', 'shop', '--read-data')).toMatchObject({ exitCode: 0 });
});

test('a repository opens with plain restic and the exported key, and a part pipes into the engine’s own client', async () => {
  const { daemon, storage, master, server } = await prepared();
  const key = (await daemon.dbbackup('export-key', 'shop')).stdout.trim();
  const backup = await named('two');
  const part = backup.parts.find((each) => each.name === 'shop');
  const restic = ['restic', '-r', `${daemon.dataDirectory}/repositories/shop`];
  const dump = await storage.must([...restic, 'dump', String(part?.snapshot), `/${part?.file}`], {
    env: { RESTIC_PASSWORD: key },
  });
  expect(dump.length).toBe(part?.bytes);
  await server.sql('CREATE DATABASE copy');
  await master.must(['mariadb', '-uroot', 'copy'], { input: dump, env: { MYSQL_PWD: PASSWORD } });
  expect(await server.sql('SELECT SUM(a) FROM copy.t')).toContain('6');
});

test('a request file is deleted once read, also when the request is refused', async () => {
  const { daemon, storage, request } = await prepared();
  for (const [text, status] of [
    [JSON.stringify(request), 0],
    ['{ not json', 2],
  ] as const) {
    await storage.writeFile('/root/request.json', text);
    const run = await daemon.dbbackup('hook', 'install', '--request', '/root/request.json');
    expect(run).toMatchObject({ exitCode: status });
    expect(run.stdout.trim().split('\n').at(-1)).toMatch(/^DBBACKUP_RESULT=\{"ok":/);
    expect(await storage.run(['test', '-e', '/root/request.json'])).toMatchObject({ exitCode: 1 });
  }
});

test('help shows whole working commands and the exit statuses', async () => {
  const { daemon } = await prepared();
  const help = await daemon.dbbackup('--help');
  expect(help).toMatchObject({ exitCode: 0 });
  expect(help.stdout).toMatch(/10 {2}job-running/);
  for (const verb of [
    'list',
    'show',
    'backup',
    'restore',
    'delete',
    'jobs',
    'logs',
    'check',
    'export-key',
    'hook',
    'serve',
  ]) {
    const own = await daemon.host.run([DBBACKUP, verb, '--help']);
    expect(own).toMatchObject({ exitCode: 0 });
    expect(own.stdout).toMatch(new RegExp(`Examples:\\n {2}dbbackup ${verb}`));
  }
});

test('an unknown verb or option ends with a hint', async () => {
  const { daemon } = await prepared();
  const run = await daemon.host.run([DBBACKUP, 'lst']);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('dbbackup --help');
});

test('without a daemon every verb says how to start it', async () => {
  const { daemon } = await prepared();
  const run = await daemon.host.run([DBBACKUP, 'list', '--data', '/nowhere']);
  expect(run).toMatchObject({ exitCode: ERRORS['daemon-unreachable'].exit });
  expect(run.stderr).toContain('dbbackup serve --data /nowhere');
});
