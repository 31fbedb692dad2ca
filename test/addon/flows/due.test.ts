import { beforeEach, describe, expect, test } from 'vitest';
import type { BackupRequest } from '../../../addon/flows/backup.ts';
import { beginDueBackups, planAnew } from '../../../addon/flows/due.ts';
import { countAnew, freeFrom, type PlanningRooms, planNextRun } from '../../../addon/flows/plan-run.ts';
import { parseBlackout } from '../../../addon/schedule/blackout.ts';
import { AS_SCHEDULED, type RunPolicy, type ScheduleFields } from '../../../addon/schedule/schedule.ts';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import type { Manifest } from '../../../storage-node/base/words.ts';
import { backupStore } from '../../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../../storage-node/catalog/environments.ts';
import { jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOURLY = { scheduleType: '1', cronTime: '@hourly' };
const DAILY = { scheduleType: '1', cronTime: '@daily' };
const EVERY_DAY = { scheduleType: '4', everyHours: '24' };

let time: number;
let policy: RunPolicy;
let begun: string[];
let refuse: (environment: string) => void;
let stores: ReturnType<typeof openStores>;
let rooms: PlanningRooms;

function openStores() {
  const catalog = openCatalog(':memory:');
  return { environments: environmentStore(catalog), backups: backupStore(catalog), jobs: jobStore(catalog) };
}

beforeEach(() => {
  time = Date.parse('2026-06-01T10:20:00Z');
  policy = AS_SCHEDULED;
  begun = [];
  refuse = () => undefined;
  stores = openStores();
  rooms = {
    storage: stores,
    log: silentLog,
    clock: () => new Date(time),
    get runPolicy() {
      return policy;
    },
  };
});

const now = () => new Date(time).toISOString();
const queue = {
  enqueue({ environment }: BackupRequest) {
    refuse(environment);
    begun.push(environment);
  },
  together: <Result>(work: () => Result) => stores.jobs.together(work),
};
const tick = () => beginDueBackups(rooms, queue);

function install(name: string, schedule: ScheduleFields) {
  const rest = { region: '', owner: '', displayName: '', engine: 'redis', installed: true, createdAt: now() } as const;
  stores.environments.save({ name, ...rest, configuration: JSON.stringify({ schedule }) });
  planNextRun(name, schedule, rooms);
}

function backedUp(environment: string, kind: 'manual' | 'scheduled' | 'safety' = 'manual') {
  const manifest = { id: `${environment}-${time}`, environment, takenAt: now(), kind, parts: [], pinnedUntil: null };
  stores.backups.add(manifest as unknown as Manifest, 'snapshot');
}

/** Ticks every 20 seconds for so long, and answers what began at which minute. */
async function pass(milliseconds: number): Promise<string[]> {
  const seen: string[] = [];
  for (const end = time + milliseconds; time < end; time += 20_000) {
    const before = begun.length;
    await tick();
    for (const name of begun.slice(before)) seen.push(`${now().slice(5, 16)} ${name}`);
  }
  return seen;
}

describe('schedules', () => {
  test('begin a backup at each of their times, once', async () => {
    install('shop', HOURLY);
    install('blog', DAILY);
    expect(await pass(3 * HOUR)).toEqual(['06-01T11:00 shop', '06-01T12:00 shop', '06-01T13:00 shop']);
    expect(await pass(11 * HOUR)).toContain('06-02T00:00 blog');
  });

  test('of an environment that the add-on was taken off begin nothing', async () => {
    install('shop', HOURLY);
    const record = stores.environments.get('shop');
    if (record !== undefined) stores.environments.save({ ...record, installed: false });
    expect(await pass(3 * HOUR)).toEqual([]);
    expect(stores.environments.planned('shop')).toBeUndefined();
  });

  test('read nobody who is not due', async () => {
    install('shop', HOURLY);
    for (let index = 0; index < 10; index++) install(`other-${index}`, DAILY);
    time = Date.parse('2026-06-01T11:00:00Z');
    expect(stores.environments.due({ until: now(), limit: 100 }).map(({ name }) => name)).toEqual(['shop']);
  });

  test('with many at the same minute begin all of them in that minute', async () => {
    for (let index = 0; index < 250; index++) install(`shop-${index}`, HOURLY);
    time = Date.parse('2026-06-01T11:00:00Z');
    await tick();
    expect(new Set(begun).size).toBe(250);
    await tick();
    expect(begun).toHaveLength(250);
  });
});

describe('after downtime', () => {
  test('one backup catches up however many runs were missed', async () => {
    install('shop', HOURLY);
    time += 30 * DAY + 10 * MINUTE;
    expect(await pass(HOUR)).toEqual(['07-01T10:30 shop', '07-01T11:00 shop']);
  });

  test('those who wait longest come first, and the rest is spread over the ticks that follow', async () => {
    for (let index = 0; index < 60; index++)
      install(`shop-${index}`, { scheduleType: '3', cronTime: `${59 - index} 11 * * *` });
    time += 20 * HOUR;
    await tick();
    expect(begun).toEqual(Array.from({ length: 25 }, (_, index) => `shop-${59 - index}`));
    await pass(MINUTE);
    expect(new Set(begun).size).toBe(60);
    expect(begun).toHaveLength(60);
  });

  test('those who are on time do not wait behind those who are caught up', async () => {
    for (let index = 0; index < 60; index++) install(`shop-${index}`, DAILY);
    install('punctual', HOURLY);
    time += 20 * HOUR;
    time = Date.parse('2026-06-02T07:00:00Z');
    stores.environments.plan('punctual', { nextRun: now(), occurrence: now(), label: '', plannedAt: now() });
    await tick();
    expect(begun).toContain('punctual');
    expect(begun).toHaveLength(26);
  });
});

describe('a clock that is set', () => {
  test('back by an hour makes nothing run twice', async () => {
    install('shop', HOURLY);
    await pass(3 * HOUR);
    time -= HOUR;
    planAnew(rooms);
    expect(await pass(2 * HOUR)).toEqual(['06-01T14:00 shop']);
  });

  test('forward by a year makes one run, not thousands', async () => {
    install('shop', HOURLY);
    time += 365 * DAY;
    expect(await pass(30 * MINUTE)).toEqual(['06-01T10:20 shop']);
  });

  test('forward by a year and back again does not silence the schedule for a year', async () => {
    install('shop', DAILY);
    time += 365 * DAY;
    await tick();
    time -= 365 * DAY;
    planAnew(rooms);
    expect(await pass(DAY)).toEqual(['06-01T10:20 shop', '06-02T00:00 shop'].slice(1));
  });
});

describe('hours since the latest backup', () => {
  test('begin at once where there is none, and then so long after each one', async () => {
    install('shop', EVERY_DAY);
    const seen = await pass(MINUTE);
    backedUp('shop', 'scheduled');
    expect([...seen, ...(await pass(2 * DAY + MINUTE))]).toEqual([
      '06-01T10:20 shop',
      '06-02T10:21 shop',
      '06-03T10:21 shop',
    ]);
  });

  test.for(['manual', 'safety'] as const)('begin anew with a %s backup', async (kind) => {
    backedUp('shop');
    install('shop', EVERY_DAY);
    time += 20 * HOUR;
    backedUp('shop', kind);
    expect(await pass(25 * HOUR)).toEqual(['06-03T06:20 shop']);
  });

  test('run again after their hours when the backup failed, not at every tick', async () => {
    install('shop', EVERY_DAY);
    expect(await pass(2 * DAY)).toEqual(['06-01T10:20 shop', '06-02T10:20 shop']);
  });
});

test('a backup of any kind is heard of at once by hours since the latest backup, and by no other schedule', () => {
  install('shop', EVERY_DAY);
  install('blog', DAILY);
  time += HOUR;
  for (const name of ['shop', 'blog', 'unknown']) {
    backedUp(name);
    countAnew(name, rooms);
  }
  expect(stores.environments.planned('shop')?.nextRun).toBe('2026-06-02T11:20:00.000Z');
  expect(stores.environments.planned('blog')?.nextRun).toBe('2026-06-02T00:00:00.000Z');
});

describe('a run that cannot begin', () => {
  test('for a job that runs is tried again soon, and stands for the same time', async () => {
    install('shop', HOURLY);
    const freeAt = Date.parse('2026-06-01T11:07:00Z');
    refuse = () => {
      if (time < freeAt) throw new AddonError('job-running', 'busy');
    };
    expect(await pass(2 * HOUR)).toEqual(['06-01T11:07 shop', '06-01T12:00 shop']);
  });

  test('for another reason is tried again in minutes, and does not stop the others', async () => {
    install('broken', HOURLY);
    install('shop', HOURLY);
    const tried: number[] = [];
    refuse = (name) => {
      if (name === 'shop') return;
      tried.push(time);
      throw new AddonError('storage-failed', 'no');
    };
    expect(await pass(HOUR)).toEqual(['06-01T11:00 shop']);
    expect(tried.length).toBeGreaterThan(2);
    expect(tried.length).toBeLessThan(6);
  });

  test('because its configuration cannot be read does not stop the others', async () => {
    install('broken', HOURLY);
    install('shop', HOURLY);
    const record = stores.environments.get('broken');
    if (record !== undefined) stores.environments.save({ ...record, configuration: '{"schedule":{}}' });
    expect(await pass(HOUR)).toEqual(['06-01T11:00 shop']);
  });
});

test('a run is queued and the next one planned, or neither of them', async () => {
  for (const name of ['blog', 'shop']) install(name, HOURLY);
  time = Date.parse('2026-06-01T11:00:00Z');
  const enqueue = ({ environment }: BackupRequest) => {
    const job = { id: environment, environment, kind: 'backup', requestedBy: 'schedule', lane: 'scheduled' } as const;
    const rest = { request: '{}', host: '', attempt: 1, repeats: null, queuedAt: now(), readyAt: now() };
    stores.jobs.add({ ...job, ...rest });
  };
  const { plan } = stores.environments;
  stores.environments.plan = (name, run) => {
    if (name === 'shop') throw new Error('the disk is full');
    plan(name, run);
  };
  await expect(beginDueBackups(rooms, { ...queue, enqueue })).rejects.toThrow('the disk is full');
  expect(stores.jobs.list({ waiting: true })).toEqual([]);
  expect(stores.environments.planned('blog')?.nextRun).toBe('2026-06-01T11:00:00.000Z');
  stores.environments.plan = plan;
  await beginDueBackups(rooms, { ...queue, enqueue });
  expect(stores.jobs.list({ waiting: true }).map(({ environment }) => environment)).toEqual(['shop', 'blog']);
  expect(stores.environments.planned('blog')?.nextRun).toBe('2026-06-01T12:00:00.000Z');
});

test('an environment that was left without a plan is planned at the next start', () => {
  install('shop', HOURLY);
  const { environments } = stores;
  const record = environments.get('shop');
  if (record === undefined) throw new Error('no record');
  environments.save({ ...record, installed: false });
  environments.save(record);
  expect(environments.planned('shop')).toBeUndefined();
  planAnew(rooms);
  expect(environments.planned('shop')?.nextRun).toBe('2026-06-01T11:00:00.000Z');
});

describe('in a blackout window', () => {
  const window = (text: string) => [parseBlackout('x', text, 'UTC') ?? { from: 0, to: 0, zone: 'UTC' }];

  test('of the storage nothing begins, and at its end everything does once', async () => {
    install('shop', HOURLY);
    policy = { spreadMinutes: 0, blackouts: window('10:30-14:30') };
    expect(await pass(5 * HOUR)).toEqual(['06-01T14:30 shop', '06-01T15:00 shop']);
  });

  test('of an environment only its own backups wait', async () => {
    install('shop', { ...HOURLY, blackout: '10:30-12:30' });
    install('blog', HOURLY);
    expect(await pass(2 * HOUR + 20 * MINUTE)).toEqual(['06-01T11:00 blog', '06-01T12:00 blog', '06-01T12:30 shop']);
  });

  test('that was set after the run was planned, none begins either', async () => {
    install('shop', HOURLY);
    const record = stores.environments.get('shop');
    const schedule = { ...HOURLY, blackout: '10:30-12:30' };
    if (record !== undefined) stores.environments.save({ ...record, configuration: JSON.stringify({ schedule }) });
    expect(await pass(2 * HOUR + 20 * MINUTE)).toEqual(['06-01T12:30 shop']);
  });

  test('what waits in the queue is free from its end on', () => {
    install('shop', { ...HOURLY, blackout: '14:00-16:00' });
    const from = (name: string) => new Date(freeFrom(name, rooms)).toISOString().slice(11, 16);
    expect(from('shop')).toBe('10:20');
    policy = { spreadMinutes: 0, blackouts: window('10:00-14:00') };
    expect([from('shop'), from('unknown')]).toEqual(['16:00', '14:00']);
  });

  test('that leaves no time at all the storage alone decides', () => {
    install('shop', { ...HOURLY, blackout: '14:00-10:00' });
    policy = { spreadMinutes: 0, blackouts: window('10:00-14:00') };
    expect(new Date(freeFrom('shop', rooms)).toISOString()).toBe('2026-06-01T14:00:00.000Z');
  });
});
