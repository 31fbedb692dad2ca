import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AttendedJob, NewJob } from '../../../storage-node/catalog/job-row.ts';
import { type JobStore, jobStore } from '../../../storage-node/catalog/jobs.ts';
import { MIGRATIONS } from '../../../storage-node/catalog/migrations.ts';

let database: DatabaseSync;
let jobs: JobStore;
const job = (id: string, environment = 'shop'): AttendedJob => ({
  id,
  environment,
  kind: 'backup',
  requestedBy: 'user',
  startedAt: `2026-11-21T12:00:0${id}Z`,
  owner: 'daemon-1',
});
const waiting = (id: string, environment = 'shop'): NewJob => ({
  ...{ id, environment, kind: 'backup', lane: 'scheduled', requestedBy: 'schedule', request: '{"a":1}', host: 'h:22' },
  ...{ attempt: 1, repeats: null, queuedAt: '2026-11-21T12:00:00Z', readyAt: '2026-11-21T12:00:00Z' },
});
const error = { code: 'dump-failed', message: 'the dump failed', hint: 'see the log.' };

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  for (const script of MIGRATIONS) database.exec(script);
  jobs = jobStore(database);
});

describe('jobs', () => {
  test('run one at a time in an environment, and beside those of others', () => {
    jobs.begin(job('1'));
    expect(() => jobs.begin(job('2'))).toThrow(expect.objectContaining({ code: 'job-running' }));
    expect(jobs.begin(job('3', 'blog')).state).toBe('running');
    jobs.end('1', { state: 'succeeded', endedAt: '2026-11-21T12:01:00Z' });
    expect(jobs.begin(job('4')).state).toBe('running');
  });

  test('are held apart by the database itself, so that no reading before can be too early', () => {
    jobs.begin(job('1'));
    expect(() => jobStore(database).begin(job('2'))).toThrow(expect.objectContaining({ code: 'job-running' }));
    jobs.add(waiting('3'));
    expect(() => database.exec(`UPDATE jobs SET state = 'running' WHERE id = '3'`)).toThrow(/UNIQUE/);
  });

  test('remember what they do and how they ended', () => {
    jobs.begin(job('1'));
    jobs.update('1', { step: 'dumping shop (1 of 2)', bytes: 7 });
    jobs.update('1', { bytes: 9, warnings: ['w'] });
    expect(jobs.get('1')).toMatchObject({ step: 'dumping shop (1 of 2)', bytes: 9, warnings: ['w'], error: null });
    const ended = jobs.end('1', { state: 'failed', endedAt: '2026-11-21T12:01:00Z', error });
    expect(ended).toMatchObject({ state: 'failed', endedAt: '2026-11-21T12:01:00Z', error, warnings: ['w'] });
    expect(jobs.isRunning('shop')).toBe(false);
  });

  test('end once', () => {
    jobs.begin(job('1'));
    jobs.end('1', { state: 'succeeded', endedAt: '2026-11-21T12:01:00Z', backup: 'b' });
    expect(() => jobs.end('1', { state: 'failed', endedAt: '2026-11-21T12:02:00Z', error })).toThrow(/succeeded/);
    jobs.update('1', { step: 'late' });
    expect(jobs.get('1')).toMatchObject({ state: 'succeeded', backup: 'b', step: '' });
    expect(() => jobs.end('9', { state: 'failed', endedAt: '' })).toThrow(
      expect.objectContaining({ code: 'job-unknown' }),
    );
  });

  test('of a dead daemon are interrupted, and cannot be ended by it any more', () => {
    jobs.begin(job('1'));
    const successor = jobStore(database);
    successor.begin({ ...job('2', 'blog'), owner: 'daemon-2' });
    const interrupted = successor.interruptOthers('daemon-2', '2026-11-21T12:05:00Z');
    expect(interrupted.map(({ id, state, endedAt }) => [id, state, endedAt])).toEqual([
      ['1', 'interrupted', '2026-11-21T12:05:00Z'],
    ]);
    expect(successor.get('1')?.error).toMatchObject({ code: 'interrupted', hint: expect.stringMatching(/^nothing/) });
    expect(successor.get('2')?.state).toBe('running');
    expect(() => jobs.end('1', { state: 'succeeded', endedAt: '' })).toThrow(/interrupted/);
    expect(() => jobs.end('2', { state: 'succeeded', endedAt: '' })).toThrow(/cannot end here/);
  });

  test('wait, one of a kind in an environment, with all that their work needs', () => {
    const row = jobs.add(waiting('1'));
    expect(row).toEqual(jobs.get('1'));
    expect(row).toMatchObject({ state: 'queued', lane: 'scheduled', startedAt: null, host: 'h:22' });
    expect(() => jobs.add(waiting('2'))).toThrow(expect.objectContaining({ code: 'job-running' }));
    jobs.add({ ...waiting('3'), kind: 'check' });
    expect(jobs.requestOf('1')).toBe('{"a":1}');
    expect(jobs.list({ waiting: true }).map(({ id }) => id)).toEqual(['3', '1']);
    const started = { owner: 'daemon-1', startedAt: '2026-11-21T12:01:00Z', deadlineAt: '2026-11-22T12:01:00Z' };
    expect(jobs.start('1', started)).toMatchObject({ state: 'running', startedAt: started.startedAt });
    expect(() => jobs.start('3', started)).toThrow(expect.objectContaining({ code: 'job-running' }));
    expect(jobs.list({ waiting: false, environment: 'shop' }).map(({ id }) => id)).toEqual(['1']);
  });

  test('of a dead daemon that were restores name the way back', () => {
    jobs.begin({ ...job('1'), kind: 'restore' });
    const [restore] = jobStore(database).interruptOthers('daemon-2', '2026-11-21T12:05:00Z');
    expect(restore?.error?.hint).toContain('safety backup');
  });

  test('that wait leave the queue with a reason', () => {
    jobs.add(waiting('1'));
    const dropped = jobs.drop('1', { ...error, code: 'job-cancelled' }, '2026-11-21T12:01:00Z');
    expect(dropped).toMatchObject({ state: 'cancelled', startedAt: null, endedAt: '2026-11-21T12:01:00Z' });
    expect(() => jobs.drop('1', error, '')).toThrow(/cancelled and cannot be dropped/);
  });

  test('written together hold together', () => {
    expect(() =>
      jobs.together(() => {
        jobs.add(waiting('1'));
        jobs.add(waiting('2', 'blog'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(jobs.list()).toEqual([]);
  });

  test('that ended long ago are forgotten, the oldest first, and no other', () => {
    for (const id of ['1', '2', '3', '4']) jobs.begin(job(id, `env${id}`));
    for (const id of ['1', '2', '4']) jobs.end(id, { state: 'succeeded', endedAt: `2026-11-2${id}T00:00:00Z` });
    expect(jobs.forgetBefore('2026-11-23T00:00:00Z', 1)).toEqual(['1']);
    expect(jobs.forgetBefore('2026-11-23T00:00:00Z', 9)).toEqual(['2']);
    expect(jobs.list().map(({ id }) => id)).toEqual(['4', '3']);
  });

  test('are listed newest first, in pages', () => {
    for (const id of ['1', '2', '3']) jobs.begin(job(id, `env${id}`));
    jobs.end('1', { state: 'succeeded', endedAt: '2026-11-21T12:01:00Z' });
    jobs.begin(job('4', 'env1'));
    expect(jobs.list().map(({ id }) => id)).toEqual(['4', '3', '2', '1']);
    expect(jobs.list({ limit: 2, offset: 1 }).map(({ id }) => id)).toEqual(['3', '2']);
    expect(jobs.list({ environment: 'env1' }).map(({ id }) => id)).toEqual(['4', '1']);
    jobs.forget('env1');
    expect(jobs.list({ environment: 'env1' }).map(({ id }) => id)).toEqual(['4']);
  });
});
