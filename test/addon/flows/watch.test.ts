import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type WatchTrial, watchTrial } from './watch-trial.ts';

let it: WatchTrial;
beforeEach(async () => {
  it = watchTrial();
  await it.look();
});

describe('a backup that fails', () => {
  test('is told once, then once a day, and its recovery is told once', async () => {
    for (let hour = 0; hour < 30; hour++) {
      it.job('backup', 'database-unreachable');
      await it.pass(1);
    }
    expect(it.events()).toEqual(['backup.failed', 'backup.failed again']);
    it.job('backup', 'succeeded');
    await it.pass(1);
    it.job('backup', 'succeeded');
    expect(it.events().slice(2)).toEqual(['backup.recovered', 'backup.done']);
    expect(it.told[1]).toMatchObject({ failures: 24, since: it.told[0]?.at, error: { code: 'database-unreachable' } });
    expect(it.told[2]).toMatchObject({ since: it.told[0]?.at, backup: { databases: ['orders'] } });
  });

  test('is told at the next look when it could not be written down at this one', async () => {
    const full = () => {
      throw new Error('database or disk is full');
    };
    const tell = vi.spyOn(it.watching.news, 'tell').mockImplementationOnce(full);
    it.job('backup', 'dump-failed');
    expect([tell.mock.calls.length, it.events()]).toEqual([1, []]);
    await it.look();
    expect(it.told).toMatchObject([{ event: 'backup.failed', failures: 1, job: 'job-001' }]);
  });

  test('names the last good backup', () => {
    it.job('backup', 'succeeded');
    it.job('backup', 'dump-failed');
    expect(it.told.at(-1)).toMatchObject({ event: 'backup.failed', lastGood: { id: 'b-job-001' }, job: 'job-002' });
  });

  test('is told although nobody listened when it ended, and although the daemon died then', async () => {
    it.storage.jobs.begin({
      ...{ id: 'j', environment: 'shop', kind: 'backup', requestedBy: 'schedule' },
      ...{ startedAt: it.now().toISOString(), owner: 'a daemon that dies' },
    });
    it.restart();
    it.storage.jobs.interruptOthers('daemon', it.now().toISOString());
    await it.look();
    await it.look();
    expect(it.events()).toEqual(['backup.failed']);
    expect(it.told[0]).toMatchObject({ job: 'j', error: { code: 'interrupted' } });
  });

  test('is told when it is not tried again, or at the third attempt', async () => {
    it.job('backup', 'node-unreachable', 'shop', { retry: true });
    it.job('backup', 'node-unreachable', 'shop', { retry: true });
    expect([it.events(), it.pings]).toEqual([[], []]);
    it.job('backup', 'node-unreachable', 'shop', { retry: true });
    expect(it.told).toMatchObject([{ event: 'backup.failed', failures: 3 }]);
    it.job('backup', 'node-unreachable', 'shop', { retry: true });
    it.job('backup', 'node-unreachable');
    it.job('backup', 'succeeded');
    expect(it.events()).toEqual(['backup.failed', 'backup.recovered']);
  });

  test('that succeeds when it is tried again disturbs nobody', () => {
    it.job('backup', 'node-unreachable', 'shop', { retry: true });
    it.job('backup', 'succeeded');
    expect([it.events(), it.pings]).toEqual([['backup.done'], ['shop success']]);
  });

  test('of another host key is told at once, whoever tries again', () => {
    it.job('backup', 'node-host-key', 'shop', { retry: true });
    expect(it.events()).toEqual(['host-key.changed']);
  });

  test('counts as a success where its backup was complete before the daemon died', async () => {
    const asked = { id: 'j', environment: 'shop', kind: 'backup', requestedBy: 'schedule' } as const;
    it.storage.jobs.begin({ ...asked, startedAt: it.now().toISOString(), owner: 'a daemon that dies' });
    it.storage.jobs.interruptOthers('daemon', it.now().toISOString());
    it.storage.jobs.noteBackup('j', 'b');
    await it.look();
    expect(it.events()).toEqual(['backup.done']);
  });

  test('is not told where a person cancelled it', () => {
    it.job('backup', 'cancelled');
    expect(it.events()).toEqual([]);
    expect(it.pings).toEqual([]);
  });

  test('of another host key is told as that, and not twice', async () => {
    it.job('backup', 'node-host-key');
    it.job('backup', 'node-host-key');
    expect(it.events()).toEqual(['host-key.changed']);
    await it.pass(25);
    expect(it.events()).toEqual(['host-key.changed', 'host-key.changed again']);
    it.job('backup', 'succeeded');
    expect(it.events().at(-1)).toBe('backup.recovered');
  });

  test('calls the dead-man address with its failure, and a success with its success', () => {
    it.job('backup', 'dump-failed');
    it.job('backup', 'succeeded');
    it.job('restore', 'succeeded');
    expect(it.pings).toEqual(['shop fail', 'shop success']);
  });
});

describe('a backup that does not come', () => {
  test('is overdue an hour after it was due, within five minutes, once, and again each day', async () => {
    it.job('backup', 'succeeded');
    await it.pass(15.9);
    expect(it.events()).toEqual(['backup.done']);
    await it.pass(0.25);
    expect(it.events()).toEqual(['backup.done', 'backup.overdue']);
    expect(it.told[1]).toMatchObject({ since: '2026-11-22T03:00:00.000Z', lastGood: { id: 'b-job-001' } });
    await it.pass(48);
    expect(it.events().slice(2)).toEqual(['backup.overdue again', 'backup.overdue again']);
    it.job('backup', 'succeeded');
    expect(it.events().at(-1)).toBe('backup.recovered');
  });

  test('is overdue at the start of a daemon that was down meanwhile', async () => {
    it.job('backup', 'succeeded');
    await it.pass(72, { daemonDown: true });
    it.restart();
    await it.look();
    expect(it.events()).toEqual(['backup.done', 'backup.overdue']);
  });

  test('is overdue also where there never was one', async () => {
    await it.pass(17);
    expect(it.events()).toEqual(['backup.overdue']);
    expect(it.told[0]).toMatchObject({ lastGood: null });
  });

  test('is not told beside the failures that are its reason', async () => {
    it.job('backup', 'dump-failed');
    await it.pass(23);
    expect(it.events()).toEqual(['backup.failed']);
  });

  test('is nothing of an environment that was taken off', async () => {
    await it.pass(17);
    it.uninstall('shop');
    it.job('uninstall', 'succeeded');
    await it.pass(48);
    expect(it.events()).toEqual(['backup.overdue']);
    expect(it.storage.watch.alerts()).toEqual([]);
  });

  test('is measured from when a schedule came into force', async () => {
    it.job('backup', 'succeeded');
    it.install('shop', { schedule: { scheduleType: '3', cronTime: '0 * * * *' } });
    it.job('configure', 'succeeded');
    await it.look();
    await it.pass(1.8);
    expect(it.events()).toEqual(['backup.done']);
    await it.pass(0.4);
    expect(it.events()).toEqual(['backup.done', 'backup.overdue']);
  });

  test('ends without a word when the schedule is changed, and with one when a backup is found', async () => {
    await it.pass(17);
    it.install('shop', { schedule: { scheduleType: '1', cronTime: '@monthly' } });
    it.job('configure', 'succeeded');
    await it.pass(1);
    expect(it.events()).toEqual(['backup.overdue']);
    expect(it.storage.watch.alert('shop', 'overdue')).toBeUndefined();
  });

  test('is expected so many hours after the latest backup where the schedule says so', async () => {
    it.install('shop', { schedule: { scheduleType: '4', everyHours: '6' } });
    it.job('configure', 'succeeded');
    await it.look();
    await it.pass(5);
    it.job('backup', 'succeeded');
    await it.pass(6.5);
    expect(it.events()).toEqual(['backup.done']);
    await it.pass(0.7);
    expect(it.events()).toEqual(['backup.done', 'backup.overdue']);
  });
});

describe('other events', () => {
  test('a restore is told, done or failed', () => {
    it.job('restore', 'succeeded');
    it.job('restore', 'restore-failed');
    it.job('restore', 'interrupted');
    expect(it.events()).toEqual(['restore.done', 'restore.failed', 'restore.failed']);
  });

  test('damage is told once, and its end when a check finds none', async () => {
    it.job('check', 'repository-damaged');
    it.job('check', 'repository-damaged');
    it.job('backup', 'succeeded');
    await it.pass(1);
    it.job('check', 'succeeded');
    it.job('check', 'succeeded');
    expect(it.events()).toEqual(['repository.damaged', 'backup.done', 'repository.sound']);
  });

  test('a backup that looks like a loss of data is told once, until it is accepted or a good one comes', async () => {
    const flags = ['orders lost 9 of 10 rows'];
    it.job('backup', 'succeeded');
    const id = it.job('backup', 'succeeded', 'shop', { flags });
    it.job('backup', 'succeeded', 'shop', { flags });
    const suspicious = () => it.events().filter((event) => event.startsWith('backup.suspicious'));
    expect(suspicious()).toEqual(['backup.suspicious']);
    expect(it.told[2]).toMatchObject({ backup: { id: `b-${id}` }, warnings: flags });
    await it.pass(14);
    it.job('backup', 'succeeded', 'shop', { flags });
    await it.pass(11);
    expect(suspicious()).toEqual(['backup.suspicious', 'backup.suspicious again']);
    it.accept('b-job-004');
    await it.pass(26);
    expect(suspicious()).toHaveLength(2);
    it.job('backup', 'succeeded', 'shop', { flags });
    it.job('backup', 'succeeded');
    expect(it.storage.watch.alert('shop', 'suspicious')).toBeUndefined();
  });

  test('a storage that fills up is told to the hoster, once, again each day, and when it has room', async () => {
    it = watchTrial();
    it.uninstall('shop');
    for (let hour = 0; hour < 30; hour++) {
      it.use((84 + hour * 0.1) * 1e9);
      await it.pass(1);
    }
    expect(it.events()).toEqual(['storage.filling']);
    expect(it.heard).toEqual([null]);
    expect(it.told[0]?.storage?.fullInSeconds).toBeGreaterThan(5 * 24 * 3600);
    it.use(84e9);
    await it.pass(1);
    expect(it.events()).toEqual(['storage.filling']);
    it.use(70e9);
    await it.pass(1);
    expect(it.events()).toEqual(['storage.filling', 'storage.relieved']);
  });

  test('a daily summary comes at its hour by its zone, and once after downtime', async () => {
    it = watchTrial({ dailySummary: { at: '08:00', zone: 'Europe/Berlin' } });
    await it.look();
    it.job('backup', 'succeeded');
    await it.pass(18.9);
    expect(it.events()).not.toContain('summary.daily');
    await it.pass(0.3);
    expect(it.told.at(-1)).toMatchObject({
      event: 'summary.daily',
      at: '2026-11-22T07:01:00.000Z',
      summary: [{ environment: 'shop', verdict: 'overdue', lastSuccess: '2026-11-21T12:00:00.000Z' }],
    });
    await it.pass(72, { daemonDown: true });
    it.restart();
    await it.look();
    await it.pass(1);
    expect(it.events().filter((event) => event === 'summary.daily')).toHaveLength(2);
  });

  test('a summary at no hour or in no zone keeps the daemon from starting, and is named', () => {
    for (const dailySummary of [
      { at: '25:00', zone: 'UTC' },
      { at: '08:00', zone: 'Mars/Olympus' },
    ])
      expect(() => watchTrial({ dailySummary })).toThrow(/^config\.json: notify\.dailySummary: /);
  });

  test('an environment that cannot be read keeps nobody from hearing of the others', async () => {
    it.install('blog');
    it.breakConfiguration('shop');
    it.install('wiki');
    it.job('backup', 'dump-failed', 'shop');
    it.job('backup', 'dump-failed', 'blog');
    await it.pass(17);
    const names = it.told.map(({ event, environment }) => `${event} ${environment?.name}`);
    expect(names).toEqual(['backup.failed blog', 'backup.overdue wiki']);
  });
});
