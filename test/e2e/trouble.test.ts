import { beforeAll, describe, expect, test } from 'vitest';
import type { JobRow } from '../../storage-node/base/words.ts';
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
}, 120_000);

/** A pop-up in one line, so that a failure shows what it said. */
const said = async () => {
  const { type, text } = await it.seen();
  return `${type}: ${text}`;
};
const account = () => ({ dbuser: 'root', dbpass: it.password('shop') });
const jobs = async () => JSON.parse(await it.host('backups').sh('dbbackup jobs --json')) as readonly JobRow[];
/** What the daemon has in force of the schedule. */
async function inForce(): Promise<string> {
  await it.press('shop', 'Configure');
  const text = (await it.page.locator('[data-name=inForce]').textContent()) ?? '';
  await it.page.keyboard.press('Escape');
  return text;
}
async function configure(values: Readonly<Record<string, string>>) {
  await it.press('shop', 'Configure');
  await it.submit(values);
  await it.agree();
  return await it.seen();
}

describe('before anything is installed', () => {
  test('without a storage the dialog offers to make one, and nothing else', async () => {
    const dialog = await it.openInstall(ADDON, 'MariaDB of Shop');
    expect(await dialog.locator('[data-name=storageName] option').allTextContents()).toEqual(['Create a new storage']);
    expect(await dialog.getByLabel('Storage size, GB', { exact: true }).isVisible()).toBe(true);
    await it.page.keyboard.press('Escape');
  });

  test('a storage smaller than the least is refused at its field', async () => {
    const dialog = await it.openInstall(STORAGE);
    await it.submit({ storageSize: '4' });
    await dialog.getByText('This must be at least 5.').waitFor();
    await it.submit({ envName: 'backups', storageSize: '5' });
    expect(await said()).toMatch(/^success/);
  });

  test('a wrong password is refused, leaves nothing behind, and leads back to the form', async () => {
    await it.openInstall(ADDON, 'MariaDB of Shop');
    await it.submit({ storageName: 'backups', dbuser: 'root', dbpass: 'wrong' });
    const notice = it.page.locator('dialog.notice');
    await notice
      .getByText(/password/)
      .first()
      .waitFor({ timeout: 120_000 });
    expect(await it.page.locator('[data-card]').count()).toBe(0);
    expect(await it.host('shop').sh('id dbbackup 2>&1 || true')).toContain('no such user');
    await notice.getByRole('button', { name: 'Back to the form' }).click();
    await it.submit({ ...account(), scheduleType: '1', cronTime: '@hourly' });
    expect(await said()).toMatch(/^success/);
  });
});

describe('each kind of schedule', () => {
  test.each([
    [{ scheduleType: '1', cronTime: '@weekly' }, /week|Sunday/i],
    [{ scheduleType: '1', cronTime: '@monthly' }, /month/i],
    [{ scheduleType: '1', cronTime: '@daily' }, /00:00/],
    [
      { scheduleType: '2', backupTime: '03:30', sun: 'false', sat: 'false', tz: 'Europe/Berlin' },
      /03:30.*Europe\/Berlin/,
    ],
    [{ scheduleType: '3', crontab: '15 2 * * 1' }, /02:15/],
    [{ scheduleType: '1', cronTime: '@hourly' }, /hour/i],
  ] as const)('%j comes into force', async (values, words) => {
    const { type, text } = await configure(values);
    expect(`${type}: ${text}`).toMatch(/^success/);
    expect(await inForce()).toMatch(words);
  });

  test('hours since the latest backup begin with one, where there is none', async () => {
    const { type, text } = await configure({ scheduleType: '4', everyHours: '12' });
    expect(`${type}: ${text}`).toMatch(/^success/);
    expect(await inForce()).toMatch(/12 hours/);
    await expect
      .poll(async () => (await jobs()).find(({ kind }) => kind === 'backup')?.state, { timeout: 60_000 })
      .toBe('succeeded');
    await expect
      .poll(async () => (await jobs()).every(({ endedAt }) => endedAt !== null), { timeout: 60_000 })
      .toBe(true);
  });

  test.each([
    ['99 * * * *', 'minute'],
    ['* * *', ''],
    ['$(reboot) * * * *', ''],
  ])('crontab %s is refused in words, and what was in force stays', async (crontab, words) => {
    const before = await inForce();
    const seen = await configure({ scheduleType: '3', crontab });
    expect(seen.type).toBe('error');
    expect(seen.text).toContain(words);
    expect(await inForce()).toBe(before);
  });

  test('hours that are none are refused at their field', async () => {
    await it.press('shop', 'Configure');
    await it.submit({ scheduleType: '4', everyHours: '0' });
    await it.page.getByText('A whole number of hours.').waitFor();
    await it.page.keyboard.press('Escape');
  });

  test('a wrong password is refused by Configure too', async () => {
    expect(await configure({ dbpass: 'wrong' })).toMatchObject({
      type: 'error',
      text: expect.stringContaining('password'),
    });
  });
});

describe('while a backup runs', () => {
  // Rows that take a while to dump.
  const ROWS =
    'CREATE DATABASE slow; USE slow; CREATE TABLE slow.t (a INT, b VARCHAR(255)); INSERT INTO slow.t SELECT seq, REPEAT(SHA1(seq), 6) FROM seq_1_to_800000';

  test('a second click on Backup Now says so, and the first goes on', async () => {
    await it.sql('shop', ROWS);
    await it.press('shop', 'Backup Now');
    await it.agree();
    await it.page.getByText('Backing up...').waitFor();
    await it.press('shop', 'Backup Now');
    await it.agree();
    const [one, other] = [await it.seen(), await it.seen()];
    expect([one, other].map(({ type }) => type)).toContain('success');
    const jobs = JSON.parse(await it.host('backups').sh('dbbackup jobs --json')) as { kind: string; state: string }[];
    expect(jobs.filter(({ kind, state }) => kind === 'backup' && state === 'failed')).toEqual([]);
  });

  test.each(['Stop', 'Delete', 'Redeploy'])('%s is refused with the reason', async (entry) => {
    await it.press('shop', 'Backup Now');
    await it.agree();
    await expect.poll(() => it.host('backups').sh('dbbackup jobs --json'), { timeout: 30_000 }).toContain('"running"');
    await it.choose(entry === 'Redeploy' ? 'MariaDB of Shop' : 'Shop', entry);
    if (entry === 'Redeploy') await it.submit({});
    else await it.agree();
    const refused = await it.seen();
    expect(refused.type).not.toBe('success');
    expect(refused.text).toMatch(/backup/i);
    expect(await it.seen()).toMatchObject({
      type: 'success',
      text: 'The backup is complete, and was checked on the storage.',
    });
    expect(await it.page.locator('[data-environment=shop] .environment-head .status').textContent()).toBe('running');
  });
});

describe('with its storage', () => {
  test('stopped, each button says so and what to do', async () => {
    await it.choose('Backup storage', 'Stop');
    await it.agree();
    expect(await said()).toMatch(/^success/);
    await it.press('shop', 'Restore');
    await it.page.getByText('is stopped. Backups and restores need it: start it.').waitFor();
    await it.page.keyboard.press('Escape');
    await it.press('shop', 'Backup Now');
    await it.agree();
    expect(await it.seen()).toMatchObject({ text: expect.stringMatching(/stopped|not running|start/) });
    await it.choose('Backup storage', 'Start');
    expect(await said()).toMatch(/^success/);
    await it.press('shop', 'Backup Now');
    await it.agree();
    expect(await said()).toMatch(/^success/);
  });

  test('deleted, each button says so, Configure offers another one, and Uninstall works', async () => {
    await it.choose('Backup storage', 'Delete');
    await it.agree();
    expect(await said()).toMatch(/^success/);
    await it.press('shop', 'Configure');
    await it.page.getByText('was deleted.').waitFor();
    await it.page.keyboard.press('Escape');
    await it.press('shop', 'Backup Now');
    await it.agree();
    expect((await it.seen()).type).not.toBe('success');
    await it.page.getByLabel(`More for ${ADDON}`).first().click();
    await it.page.getByRole('button', { name: 'Uninstall' }).click();
    await it.agree();
    expect(await said()).toMatch(/^success/);
  });
});

test('the pages had no trouble with any of it', () => {
  expect(it.complaints).toEqual([]);
});
