import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { jobStore } from '../../../storage-node/catalog/jobs.ts';
import { MIGRATIONS } from '../../../storage-node/catalog/migrations.ts';

const HISTORY = 100_000;
const queueing = MIGRATIONS.findIndex((script) => script.includes('jobs_without_queue'));

function migrated(from: number, to: number, database = new DatabaseSync(':memory:')): DatabaseSync {
  for (const script of MIGRATIONS.slice(from, to)) database.exec(script);
  return database;
}

test('a catalog from before the queue keeps its jobs, in their order', () => {
  const database = migrated(0, queueing);
  database.exec(`INSERT INTO jobs VALUES
    ('late', 'shop', 'backup', 'running', 'dead', 'schedule', '2026-11-21T12:00:00Z', NULL, 'dumping', 7, NULL, NULL, '["w"]'),
    ('early', 'shop', 'restore', 'failed', 'dead', 'user', '2026-11-20T12:00:00Z', '2026-11-20T12:01:00Z', '', 0, 'b',
     '{"code":"bug","message":"m","hint":"h"}', '[]')`);
  const jobs = jobStore(migrated(queueing, MIGRATIONS.length, database));
  const [late, early] = jobs.list();
  expect(late).toMatchObject({
    id: 'late',
    state: 'running',
    lane: 'scheduled',
    step: 'dumping',
    bytes: 7,
    attempt: 1,
  });
  expect(early).toMatchObject({ id: 'early', state: 'failed', lane: 'manual', backup: 'b', error: { code: 'bug' } });
  expect(jobs.interruptOthers('alive', '2026-11-21T13:00:00Z')).toMatchObject([{ id: 'late', state: 'interrupted' }]);
});

test('a long history slows down neither the queue nor a page of it', () => {
  const database = migrated(0, MIGRATIONS.length);
  const jobs = jobStore(database);
  const at = '2026-11-21T12:00:00.000Z';
  const job = { kind: 'backup', lane: 'scheduled', requestedBy: 'schedule', request: '{}', host: '' } as const;
  const times = { attempt: 1, repeats: null, queuedAt: at, readyAt: at };
  jobs.together(() => {
    for (let each = 0; each < HISTORY; each++) {
      jobs.add({ id: `${each}`, environment: `env-${each % 1_000}`, ...job, ...times });
      jobs.start(`${each}`, { owner: 'us', startedAt: at });
      jobs.end(`${each}`, { state: 'succeeded', endedAt: at });
    }
  });
  jobs.add({ id: 'waits', environment: 'env-1', ...job, ...times });
  const took = (work: () => unknown) => {
    const began = performance.now();
    for (let round = 0; round < 20; round++) work();
    return (performance.now() - began) / 20;
  };
  expect(took(() => jobs.list({ waiting: true }))).toBeLessThan(5);
  expect(took(() => jobs.list({ waiting: false, limit: 50 }))).toBeLessThan(20);
  expect(took(() => jobs.list({ environment: 'env-7', limit: 50 }))).toBeLessThan(20);
  expect(took(() => jobs.succeeded('env-7', 'backup', 5))).toBeLessThan(5);
  expect(took(() => jobs.isRunning('env-7'))).toBeLessThan(5);
  expect(took(() => jobs.forgetBefore('2026-01-01', 500))).toBeLessThan(20);
  expect(jobs.list({ waiting: true }).map(({ id }) => id)).toEqual(['waits']);
});
