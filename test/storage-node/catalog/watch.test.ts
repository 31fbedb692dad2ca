import type { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { type JobStore, jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';
import { type WatchStore, watchStore } from '../../../storage-node/catalog/watch.ts';

let database: DatabaseSync;
let watch: WatchStore;
let jobs: JobStore;
beforeEach(() => {
  database = openCatalog(':memory:');
  watch = watchStore(database);
  jobs = jobStore(database);
});

const begin = (id: string, owner = 'daemon') =>
  jobs.begin({
    id,
    environment: id,
    kind: 'backup',
    requestedBy: 'user',
    startedAt: `2026-11-21T12:00:0${id}Z`,
    owner,
  });

test('every end of a job is noted with the end itself, in its order, until somebody was told', () => {
  begin('1');
  begin('2');
  begin('3', 'a daemon that dies');
  expect(watch.untoldJobs(9)).toEqual([]);
  jobs.end('2', { state: 'failed', endedAt: '2026-11-21T12:01:00Z', error: { code: 'bug', message: 'm', hint: 'h' } });
  jobs.end('1', { state: 'succeeded', endedAt: '2026-11-21T12:02:00Z' });
  jobs.interruptOthers('daemon', '2026-11-21T12:03:00Z');
  expect(watch.untoldJobs(9)).toEqual(['2', '1', '3']);
  watch.toldOf('1');
  expect(watchStore(database).untoldJobs(9)).toEqual(['2', '3']);
});

test('an end that is rolled back was none', () => {
  begin('1');
  expect(() =>
    watch.atomically(() => {
      database.exec("UPDATE jobs SET state = 'failed', ended_at = 'now' WHERE id = '1'");
      expect(watch.untoldJobs(9)).toEqual(['1']);
      throw new Error('the machine dies here');
    }),
  ).toThrow('the machine dies here');
  expect(watch.untoldJobs(9)).toEqual([]);
  expect(jobs.get('1')?.state).toBe('running');
});

test('a full disk is called one, and takes back what was written until then', () => {
  begin('1');
  const pages = database.prepare('PRAGMA page_count').get()?.page_count;
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const fill = () => {
    for (;;) watch.countEnded('backup', 'x'.repeat(1000) + Math.random());
  };
  expect(() => watch.atomically(fill)).toThrow('database or disk is full');
  expect(watch.endedCounts()).toEqual([]);
});

test('ended jobs are counted by kind and outcome', () => {
  for (const outcome of ['succeeded', 'dump-failed', 'succeeded']) watch.countEnded('backup', outcome);
  expect(watch.endedCounts()).toEqual([
    { kind: 'backup', outcome: 'dump-failed', number: 1 },
    { kind: 'backup', outcome: 'succeeded', number: 2 },
  ]);
});
