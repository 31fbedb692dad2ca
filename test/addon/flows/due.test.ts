import { beforeEach, describe, expect, test } from 'vitest';
import type { BackupRequest } from '../../../addon/flows/backup.ts';
import { beginDueBackups, planAnew } from '../../../addon/flows/due.ts';
import { countAnew } from '../../../addon/flows/plan-run.ts';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { DAILY, DAY, type DueTrial, dueTrial, EVERY_DAY, HOUR, HOURLY, MINUTE } from './due-trial.ts';

let it: DueTrial;
beforeEach(() => {
  it = dueTrial();
});

describe('schedules', () => {
  test('begin a backup at each of their times, once', async () => {
    it.install('shop', HOURLY);
    it.install('blog', DAILY);
    expect(await it.pass(3 * HOUR)).toEqual(['06-01T11:00 shop', '06-01T12:00 shop', '06-01T13:00 shop']);
    expect(await it.pass(11 * HOUR)).toContain('06-02T00:00 blog');
  });

  test('of an environment that the add-on was taken off begin nothing', async () => {
    it.install('shop', HOURLY);
    const record = it.stores.environments.get('shop');
    if (record !== undefined) it.stores.environments.save({ ...record, installed: false });
    expect(await it.pass(3 * HOUR)).toEqual([]);
    expect(it.stores.environments.planned('shop')).toBeUndefined();
  });

  test('read nobody who is not due', async () => {
    it.install('shop', HOURLY);
    for (let index = 0; index < 10; index++) it.install(`other-${index}`, DAILY);
    it.time = Date.parse('2026-06-01T11:00:00Z');
    expect(it.stores.environments.due({ until: it.now(), limit: 100 }).map(({ name }) => name)).toEqual(['shop']);
  });

  test('with many at the same minute begin all of them in that minute', async () => {
    for (let index = 0; index < 250; index++) it.install(`shop-${index}`, HOURLY);
    it.time = Date.parse('2026-06-01T11:00:00Z');
    await it.tick();
    expect(new Set(it.begun).size).toBe(250);
    await it.tick();
    expect(it.begun).toHaveLength(250);
  });
});

describe('after downtime', () => {
  test('one backup catches up however many runs were missed', async () => {
    it.install('shop', HOURLY);
    it.time += 30 * DAY + 10 * MINUTE;
    expect(await it.pass(HOUR)).toEqual(['07-01T10:30 shop', '07-01T11:00 shop']);
  });

  test('those who wait longest come first, and the rest is spread over the ticks that follow', async () => {
    for (let index = 0; index < 60; index++)
      it.install(`shop-${index}`, { scheduleType: '3', cronTime: `${59 - index} 11 * * *` });
    it.time += 20 * HOUR;
    await it.tick();
    expect(it.begun).toEqual(Array.from({ length: 25 }, (_, index) => `shop-${59 - index}`));
    await it.pass(MINUTE);
    expect(new Set(it.begun).size).toBe(60);
    expect(it.begun).toHaveLength(60);
  });

  test('those who are on time do not wait behind those who are caught up', async () => {
    for (let index = 0; index < 60; index++) it.install(`shop-${index}`, DAILY);
    it.install('punctual', HOURLY);
    it.time += 20 * HOUR;
    it.time = Date.parse('2026-06-02T07:00:00Z');
    it.stores.environments.plan('punctual', {
      nextRun: it.now(),
      occurrence: it.now(),
      label: '',
      plannedAt: it.now(),
    });
    await it.tick();
    expect(it.begun).toContain('punctual');
    expect(it.begun).toHaveLength(26);
  });
});

describe('a clock that is set', () => {
  test('back by an hour makes nothing run twice', async () => {
    it.install('shop', HOURLY);
    await it.pass(3 * HOUR);
    it.time -= HOUR;
    planAnew(it.rooms);
    expect(await it.pass(2 * HOUR)).toEqual(['06-01T14:00 shop']);
  });

  test('forward by a year makes one run, not thousands', async () => {
    it.install('shop', HOURLY);
    it.time += 365 * DAY;
    expect(await it.pass(30 * MINUTE)).toEqual(['06-01T10:20 shop']);
  });

  test('forward by a year and back again does not silence the schedule for a year', async () => {
    it.install('shop', DAILY);
    it.time += 365 * DAY;
    await it.tick();
    it.time -= 365 * DAY;
    planAnew(it.rooms);
    expect(await it.pass(DAY)).toEqual(['06-01T10:20 shop', '06-02T00:00 shop'].slice(1));
  });
});

describe('hours since the latest backup', () => {
  test('begin at once where there is none, and then so long after each one', async () => {
    it.install('shop', EVERY_DAY);
    const seen = await it.pass(MINUTE);
    it.backedUp('shop', 'scheduled');
    expect([...seen, ...(await it.pass(2 * DAY + MINUTE))]).toEqual([
      '06-01T10:20 shop',
      '06-02T10:21 shop',
      '06-03T10:21 shop',
    ]);
  });

  test.for(['manual', 'safety'] as const)('begin anew with a %s backup', async (kind) => {
    it.backedUp('shop');
    it.install('shop', EVERY_DAY);
    it.time += 20 * HOUR;
    it.backedUp('shop', kind);
    expect(await it.pass(25 * HOUR)).toEqual(['06-03T06:20 shop']);
  });

  test('run again after their hours when the backup failed, not at every tick', async () => {
    it.install('shop', EVERY_DAY);
    expect(await it.pass(2 * DAY)).toEqual(['06-01T10:20 shop', '06-02T10:20 shop']);
  });
});

test('a backup of any kind is heard of at once by hours since the latest backup, and by no other schedule', () => {
  it.install('shop', EVERY_DAY);
  it.install('blog', DAILY);
  it.time += HOUR;
  for (const name of ['shop', 'blog', 'unknown']) {
    it.backedUp(name);
    countAnew(name, it.rooms);
  }
  expect(it.stores.environments.planned('shop')?.nextRun).toBe('2026-06-02T11:20:00.000Z');
  expect(it.stores.environments.planned('blog')?.nextRun).toBe('2026-06-02T00:00:00.000Z');
});

describe('a run that cannot begin', () => {
  test('for a job that runs is tried again soon, and stands for the same time', async () => {
    it.install('shop', HOURLY);
    const freeAt = Date.parse('2026-06-01T11:07:00Z');
    it.refuse = () => {
      if (it.time < freeAt) throw new AddonError('job-running', 'busy');
    };
    expect(await it.pass(2 * HOUR)).toEqual(['06-01T11:07 shop', '06-01T12:00 shop']);
  });

  test('for another reason is tried again in minutes, and does not stop the others', async () => {
    it.install('broken', HOURLY);
    it.install('shop', HOURLY);
    const tried: number[] = [];
    it.refuse = (name) => {
      if (name === 'shop') return;
      tried.push(it.time);
      throw new AddonError('storage-failed', 'no');
    };
    expect(await it.pass(HOUR)).toEqual(['06-01T11:00 shop']);
    expect(tried.length).toBeGreaterThan(2);
    expect(tried.length).toBeLessThan(6);
  });

  test('because its configuration cannot be read does not stop the others', async () => {
    it.install('broken', HOURLY);
    it.install('shop', HOURLY);
    const record = it.stores.environments.get('broken');
    if (record !== undefined) it.stores.environments.save({ ...record, configuration: '{"schedule":{}}' });
    expect(await it.pass(HOUR)).toEqual(['06-01T11:00 shop']);
  });
});

test('a run is queued and the next one planned, or neither of them', async () => {
  for (const name of ['blog', 'shop']) it.install(name, HOURLY);
  it.time = Date.parse('2026-06-01T11:00:00Z');
  const enqueue = ({ environment }: BackupRequest) => {
    const job = { id: environment, environment, kind: 'backup', requestedBy: 'schedule', lane: 'scheduled' } as const;
    const rest = { request: '{}', host: '', attempt: 1, repeats: null, queuedAt: it.now(), readyAt: it.now() };
    it.stores.jobs.add({ ...job, ...rest });
  };
  const { plan } = it.stores.environments;
  it.stores.environments.plan = (name, run) => {
    if (name === 'shop') throw new Error('the disk is full');
    plan(name, run);
  };
  await expect(beginDueBackups(it.rooms, { ...it.queue, enqueue })).rejects.toThrow('the disk is full');
  expect(it.stores.jobs.list({ waiting: true })).toEqual([]);
  expect(it.stores.environments.planned('blog')?.nextRun).toBe('2026-06-01T11:00:00.000Z');
  it.stores.environments.plan = plan;
  await beginDueBackups(it.rooms, { ...it.queue, enqueue });
  expect(it.stores.jobs.list({ waiting: true }).map(({ environment }) => environment)).toEqual(['shop', 'blog']);
  expect(it.stores.environments.planned('blog')?.nextRun).toBe('2026-06-01T12:00:00.000Z');
});

test('an environment that was left without a plan is planned at the next start', () => {
  it.install('shop', HOURLY);
  const { environments } = it.stores;
  const record = environments.get('shop');
  if (record === undefined) throw new Error('no record');
  environments.save({ ...record, installed: false });
  environments.save(record);
  expect(environments.planned('shop')).toBeUndefined();
  planAnew(it.rooms);
  expect(environments.planned('shop')?.nextRun).toBe('2026-06-01T11:00:00.000Z');
});
