import { beforeEach, describe, expect, test } from 'vitest';
import { catalogOnly, environment, node } from './kit.ts';

let it: Awaited<ReturnType<typeof catalogOnly>>;
beforeEach(async () => {
  it = await catalogOnly();
});
const form = (name: string, more: object = {}) =>
  it.call('form', { form: name, environment: environment('shop'), ...more });

test('the install dialog offers every time zone with what it is ahead of UTC today', async () => {
  const { fields } = await it.call('form', { form: 'install' });
  const zones = fields.tz?.values ?? [];
  expect(zones[0]).toEqual({ value: 'UTC', caption: 'UTC (UTC+00:00)' });
  expect(zones).toContainEqual({ value: 'Europe/Berlin', caption: 'Europe/Berlin (UTC+01:00)' });
  expect(zones).toContainEqual({ value: 'America/St_Johns', caption: 'America/St_Johns (UTC-03:30)' });
  expect(zones.length).toBeGreaterThan(300);
});

describe('the configure dialog', () => {
  test('shows what is in force, with the next runs by both clocks, and never the password', async () => {
    it.installed('shop', {
      scheduleType: '2',
      backupTime: '03:30',
      mon: 'true',
      tz: 'Europe/Berlin',
      backupCount: '7',
    });
    const { fields } = await form('configure');
    expect(fields).toMatchObject({
      scheduleType: { default: '2' },
      backupTime: { default: '03:30' },
      mon: { value: true },
      tue: { value: false },
      isAlwaysUmount: { value: true },
      tz: { default: 'Europe/Berlin' },
      backupCount: { default: '7' },
      dbuser: { default: 'root' },
      dbpass: { default: '', required: false },
      notice: { hidden: true },
    });
    expect(fields.inForce?.markup).toBe(
      'In force: every Monday at 03:30 (Europe/Berlin), the newest 7 backups are kept.',
    );
    expect(fields.nextRuns?.markup).toContain('2026-11-23 03:30 (2026-11-23 02:30 UTC), 2026-11-30 03:30');
    expect(fields.nextRuns?.markup?.match(/UTC\)/g)).toHaveLength(5);
    expect(JSON.stringify(fields)).not.toContain('hunter2');
  });

  test('puts a crontab into its own field', async () => {
    it.installed('shop', { scheduleType: '3', crontab: '5 4 * * *' });
    const { fields } = await form('configure');
    expect(fields.crontab).toEqual({ default: '5 4 * * *' });
    expect(fields.cronTime).toBeUndefined();
  });

  test('says how the latest backup and a failed job went', async () => {
    it.installed('shop');
    expect((await form('configure')).fields.lastBackup?.markup).toBe('There is no backup yet.');
    it.backup('shop', '2026-11-20T02:00:00.000Z');
    const job = await it.runner.begin({ kind: 'backup', environment: 'shop', requestedBy: 'user' }, async () => {
      throw new Error('the disk is gone');
    });
    await job.ended;
    const { fields } = await form('configure');
    expect(fields.lastBackup?.markup).toBe('Latest backup: 2026-11-20 02:00 (UTC), 21.3 MB.');
    expect(fields.lastJob?.markup).toContain('failed: the disk is gone');
  });

  test('warns of addresses that nobody can mail, and not where a mail server is set up', async () => {
    it.installed('shop', { notifyEmail: 'a@shop.example' });
    expect((await form('configure')).fields.notice).toEqual({ hidden: true });
    it = await catalogOnly({}, false);
    it.installed('shop', { notifyEmail: 'a@shop.example' });
    expect((await form('configure')).fields.notice).toEqual({
      hidden: false,
      markup: expect.stringMatching(/^Nobody is mailed, .*ask its hoster to set one, as notify\.mail in config\.json/),
    });
    it.installed('shop');
    expect((await form('configure')).fields.notice).toEqual({ hidden: true });
  });

  test('of an environment without the add-on is refused', async () => {
    await expect(form('configure')).rejects.toMatchObject({ code: 'environment-unknown' });
  });
});

describe('the restore dialog', () => {
  test('lists backups newest first, in the customer’s zone, with size, kind and name, the own environment first', async () => {
    it.installed('shop', { scheduleType: '2', backupTime: '03:30', mon: 'true', tz: 'Europe/Berlin' });
    it.installed('archive');
    const other = it.backup('archive', '2026-11-01T00:00:00.000Z');
    const first = it.backup('shop', '2026-07-20T02:00:00.000Z', { kind: 'scheduled' });
    const second = it.backup('shop', '2026-11-20T02:00:00.000Z', { name: 'before <b>it</b>' });
    const { fields } = await form('restore');
    expect(fields.backupedEnvName).toEqual({
      default: 'shop',
      values: [
        { value: 'shop', caption: 'shop' },
        { value: 'archive', caption: 'archive' },
      ],
    });
    const ours = [
      { value: second, caption: '2026-11-20 03:00 (Europe/Berlin), 21.3 MB, manual, before <b>it</b>' },
      { value: first, caption: '2026-07-20 04:00 (Europe/Berlin), 21.3 MB, scheduled' },
    ];
    expect(fields.backupDir).toMatchObject({ default: second, values: ours });
    expect(fields.backupDir?.dependsOn).toMatchObject({
      backupedEnvName: { shop: ours, archive: [{ value: other }] },
    });
    expect(fields.notice?.markup).toContain('what was written since the backup is lost');
  });

  test('names backups that look like a loss, and offers the last good one first, however far down it is', async () => {
    it.installed('shop', { tz: 'Europe/Berlin' });
    const good = it.backup('shop', '2026-11-01T02:00:00.000Z');
    const flags = ['the size fell from 21.3 MB to 4.0 kB'];
    for (let day = 2; day <= 22; day++)
      it.backup('shop', `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`, { flags });
    const { fields } = await form('restore');
    const values = fields.backupDir?.values ?? [];
    expect(fields.backupDir).toMatchObject({ default: good });
    expect(values).toHaveLength(21);
    expect(values[0]?.caption).toContain('manual, looks like a loss of data');
    expect(values.at(-1)).toMatchObject({ value: good, caption: expect.not.stringContaining('loss') });
  });

  test('leaves out other engines unless asked, and other owners always', async () => {
    it.installed('shop');
    it.installed('cache', {}, { layer: { nodeType: 'redis' } });
    it.installed('foreign', {}, { environment: environment('foreign', 'u99') });
    it.backup('shop', '2026-11-20T02:00:00.000Z');
    it.backup('cache', '2026-11-20T02:00:00.000Z', { engine: 'redis' });
    it.backup('foreign', '2026-11-20T02:00:00.000Z');
    const names = async (more: object) =>
      (await form('restore', more)).fields.backupedEnvName?.values?.map(({ value }) => value);
    expect(await names({})).toEqual(['shop']);
    expect(await names({ engines: 'all' })).toEqual(['shop', 'cache']);
  });

  test('says so where there is nothing to restore', async () => {
    it.installed('shop');
    const { fields } = await form('restore');
    expect(fields).toMatchObject({ backupedEnvName: { values: [] }, notice: { hidden: false } });
    expect(fields.notice?.markup).toContain('no backup yet');
  });

  test('warns of further nodes, and of a backup under way', async () => {
    it.installed('shop', {}, { nodes: [node('1'), node('2', { master: true })] });
    it.backup('shop', '2026-11-20T02:00:00.000Z');
    const job = await it.runner.begin({ kind: 'backup', environment: 'shop', requestedBy: 'user' }, async (running) => {
      running.tell('dumping shop');
      return new Promise((_, reject) => running.signal.addEventListener('abort', () => reject(running.signal.reason)));
    });
    const { fields } = await form('restore');
    expect(fields.notice?.markup).toContain('2 nodes');
    expect(fields.notice?.markup).toContain('10.0.0.2');
    expect(fields.notice?.markup).toContain('A backup is under way (dumping shop)');
    it.runner.cancel(job.id);
    await job.ended;
  });
});

test.each([
  ['form', { form: 'install-everything' }],
  ['environment', { form: 'restore' }],
])('a request with a wrong %s is refused by that name', async (path, request) => {
  await expect(it.call('form', request)).rejects.toMatchObject({
    code: 'request-invalid',
    message: expect.stringContaining(path),
  });
});
