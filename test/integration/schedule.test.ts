import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobRow } from '../../storage-node/base/words.ts';
import { type Story, story } from '../support/story.ts';

const MINUTE = 60_000;
const told = story();
let it: Story;

beforeAll(async () => {
  it = await told();
  await it.server.sql('CREATE DATABASE shop; CREATE TABLE shop.t (a INT)');
});

const configure = async (settings: Readonly<Record<string, string>>) =>
  it.daemon.hook('configure', { environment: it.request.environment, settings });
/** In the order of their coming, without repetitions of what a kill cut off. */
const scheduledJobs = async (): Promise<readonly JobRow[]> =>
  (await it.daemon.jobs('shop'))
    .filter(({ requestedBy, attempt }) => requestedBy === 'schedule' && attempt === 1)
    .toReversed();

async function until(condition: () => Promise<boolean>, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition()); await sleep(1_000))
    if (Date.now() > end) throw new Error('it did not happen in time');
}

describe('a schedule of every minute', { timeout: 8 * MINUTE }, () => {
  test('begins real backups by itself, one in each minute', async () => {
    const { daemon, request } = it;
    const settings = { ...request.settings, scheduleType: '3', cronTime: '* * * * *' };
    expect(await daemon.hook('install', { ...request, settings })).toMatchObject({ ok: true });
    await until(async () => (await daemon.backups('shop')).length >= 3, 5 * MINUTE);
    const jobs = (await scheduledJobs()).slice(0, 3);
    expect(jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const minutes = jobs.map(({ queuedAt }) => Math.floor(Date.parse(queuedAt) / MINUTE));
    expect(new Set(minutes).size).toBe(3);
    const backups = await daemon.backups('shop');
    expect(new Set(backups.map(({ kind }) => kind))).toEqual(new Set(['scheduled']));
    expect(backups.every(({ parts }) => parts.some(({ name }) => name === 'shop'))).toBe(true);
  });

  test('after minutes without a daemon is caught up once', async () => {
    const { daemon } = it;
    await daemon.kill();
    const before = (await jobsAfterStart(2.2 * MINUTE)).length;
    await until(async () => (await scheduledJobs()).length > before, MINUTE);
    const startOfMinute = Math.floor(Date.now() / MINUTE) * MINUTE;
    const caughtUp = (await scheduledJobs())
      .slice(before)
      .filter(({ queuedAt }) => Date.parse(queuedAt) < startOfMinute);
    expect(caughtUp.length).toBeLessThanOrEqual(1);
    expect((await scheduledJobs()).length - before).toBeLessThanOrEqual(2);
  });

  async function jobsAfterStart(downtime: number): Promise<readonly JobRow[]> {
    await sleep(downtime);
    const down = Date.now();
    await it.daemon.start();
    return (await scheduledJobs()).filter(({ queuedAt }) => Date.parse(queuedAt) < down);
  }
});

describe('hours since the latest backup', () => {
  test('are counted anew when a backup is taken by hand', async () => {
    const { daemon, request } = it;
    // The schedule of every minute is still in force, and its job may be under way.
    await until(async () => (await daemon.jobs('shop')).every(({ endedAt }) => endedAt !== null), MINUTE);
    const configured = await configure({ scheduleType: '4', everyHours: '24' });
    expect(configured).toMatchObject({ ok: true });
    const before = Date.parse(String(configured.nextRun));
    expect(await daemon.hook('backup-now', { ...request, settings: {} })).toMatchObject({ ok: true });
    const [latest] = await daemon.backups('shop');
    const after = Date.parse(String((await configure({})).nextRun));
    expect(latest?.kind).toBe('manual');
    expect(after).toBe(Date.parse(latest?.takenAt ?? '') + 24 * 60 * MINUTE);
    expect(after).toBeGreaterThan(before);
  });

  test('that are mistyped are refused, and nothing has changed', async () => {
    const refused = await configure({ scheduleType: '4', everyHours: 'daily' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'request-invalid' } });
    expect(refused.error?.message).toContain('settings.everyHours: "daily" is not a whole number of hours');
    expect(refused.error?.hint).toContain('for example');
    expect(await configure({})).toMatchObject({ ok: true, changed: false });
  });
});
