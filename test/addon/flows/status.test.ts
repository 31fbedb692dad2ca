import { beforeEach, describe, expect, test } from 'vitest';
import { statusReport } from '../../../addon/flows/status.ts';
import { growthOf } from '../../../addon/flows/storage-room.ts';
import { type WatchTrial, watchTrial } from './watch-trial.ts';

let it: WatchTrial;
beforeEach(async () => {
  it = watchTrial();
  await it.look();
});
const report = (environment?: string) => statusReport(it.watching, environment);
const verdicts = async () =>
  (await report()).environments.map(({ environment, verdict }) => `${environment} ${verdict}`);

describe('the state of an environment', () => {
  test('goes from never to ok, to failing while a good backup is young, to overdue, and back', async () => {
    expect(await report()).toMatchObject({ state: 'warning', reasons: ['1 without a backup yet: shop'] });
    it.job('backup', 'succeeded');
    expect(await report()).toMatchObject({ state: 'ok', reasons: [] });
    it.job('backup', 'dump-failed');
    expect(await report()).toMatchObject({ state: 'warning', reasons: ['1 failing: shop'] });
    await it.pass(17);
    expect(await report()).toMatchObject({ state: 'critical', reasons: ['1 overdue: shop'] });
    it.job('backup', 'succeeded');
    expect(await verdicts()).toEqual(['shop ok']);
  });

  test('says what the last success was, and of what backups fail since when', async () => {
    it.job('backup', 'succeeded');
    await it.pass(1);
    it.job('backup', 'dump-failed');
    it.job('backup', 'dump-failed');
    const [shop] = (await report('shop')).environments;
    expect(shop?.lastSuccess).toEqual({
      ...{ backup: 'b-job-001', takenAt: '2026-11-21T12:00:00.000Z', ageSeconds: 3780, bytes: 2e6, storedBytes: 1e6 },
      seconds: 60,
    });
    expect(shop?.failing).toMatchObject({
      times: 2,
      since: '2026-11-21T13:02:00.000Z',
      code: 'dump-failed',
      job: 'job-003',
    });
    expect(shop?.dueAt).toBe('2026-11-22T03:00:00.000Z');
  });

  test('is critical where stored backups are damaged', async () => {
    it.job('backup', 'succeeded');
    it.job('check', 'repository-damaged');
    expect(await report()).toMatchObject({ state: 'critical', reasons: ['1 with damaged backups: shop'] });
  });

  test('that cannot be read counts as failing, and hides no other', async () => {
    it.install('blog');
    it.breakConfiguration('shop');
    expect(await verdicts()).toEqual(['blog never', 'shop failing']);
  });

  test('is told only while the add-on is installed', async () => {
    it.uninstall('shop');
    expect(await report()).toMatchObject({ state: 'ok', environments: [] });
  });
});

describe('the storage', () => {
  test('that is nearly full warns, and is critical where there is no room', async () => {
    it.job('backup', 'succeeded');
    it.use(90e9);
    expect(await report()).toMatchObject({ state: 'warning', reasons: ['storage 90 % full'] });
    it.use(99e9);
    expect(await report()).toMatchObject({ state: 'critical', reasons: ['storage 99 % full'] });
  });

  test('that grows says when it is full', async () => {
    for (let hour = 0; hour < 48; hour++) {
      it.use(10e9 + hour * 1e9);
      await it.pass(1);
    }
    const { storage } = await report();
    expect(storage.growthBytesPerDay).toBeGreaterThan(22e9);
    expect(storage.growthBytesPerDay).toBeLessThan(26e9);
    expect((storage.fullInSeconds ?? 0) / 3600).toBeGreaterThan(40);
    expect((storage.fullInSeconds ?? 0) / 3600).toBeLessThan(48);
  });

  test('of which too little is known says nothing of its growth', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    const sample = (takenAt: string, usedBytes: number) => ({ takenAt, usedBytes, totalBytes: 100 });
    expect(growthOf([], now)).toBeNull();
    expect(growthOf([sample('2026-11-21T11:00:00Z', 1), sample('2026-11-21T12:00:00Z', 2)], now)).toBeNull();
    const old = [sample('2026-11-01T00:00:00Z', 1), sample('2026-11-02T00:00:00Z', 50)];
    expect(growthOf(old, now)).toBeNull();
    const day = [sample('2026-11-20T12:00:00Z', 10), sample('2026-11-21T12:00:00Z', 7)];
    expect(growthOf(day, now)).toBeCloseTo(-3);
  });
});

test('messages that cannot be sent are named, without what they say and to whom', async () => {
  it.job('backup', 'succeeded');
  it.storage.outbox.add({
    ...{ id: 'msg_1', environment: 'shop', event: 'backup.failed', channel: 'webhook', recipient: 'shop' },
    ...{ content: 'the content', createdAt: '2026-11-21T12:00:00Z', expiresAt: '2026-11-24T12:00:00Z' },
  });
  expect(await report()).toMatchObject({ state: 'ok', messages: { waiting: 1, troubled: [] } });
  it.storage.outbox.attempt('msg_1', '2026-11-21T13:00:00Z');
  it.storage.outbox.note('msg_1', 'hook.example answered 500');
  const found = await report();
  expect(found).toMatchObject({ state: 'warning', reasons: ['1 message could not be sent'] });
  expect(found.messages.troubled).toMatchObject([{ problem: 'hook.example answered 500', attempts: 1 }]);
  expect(JSON.stringify(found)).not.toContain('the content');
});
