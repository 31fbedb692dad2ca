import { expect, test } from 'vitest';
import type { Client } from '../../../addon/cli/client.ts';
import { type JobView, progressLine } from '../../../addon/cli/follow.ts';
import { jobs } from '../../../addon/cli/jobs.ts';

const BEGAN = '2026-11-21T12:00:00.000Z';
const view = (change: Partial<JobView> = {}): JobView => ({
  ...{ id: 'j1', environment: 'shop', kind: 'backup', state: 'running', lane: 'manual', requestedBy: 'user' },
  ...{ host: '', attempt: 1, repeats: null, queuedAt: BEGAN, readyAt: BEGAN, startedAt: BEGAN, endedAt: null },
  ...{ deadlineAt: null, step: 'dumping shop (1 of 2)', bytes: 0, backup: null, error: null, warnings: [] },
  ...change,
});
const ENDED = view({ state: 'succeeded', endedAt: '2026-11-21T12:00:12.000Z', bytes: 42_000_000 });
const error = { code: 'dump-failed', message: 'the dump failed', hint: 'look.' };

/** The verb against a daemon that answers these views of the job, one after the other. */
async function followed(json: boolean, ...views: JobView[]) {
  const [lines, notes]: [string[], string[]] = [[], []];
  const call = async (_: string, path: string) =>
    path.startsWith('/jobs?') ? { jobs: views.slice(0, 1), queue: [] } : views.length > 1 ? views.shift() : views[0];
  const output = {
    line: (text: string) => void lines.push(text),
    note: (text: string) => void notes.push(text),
    progress: () => undefined,
  };
  const context = { client: { call } as Client, output, json };
  const thrown = await jobs('shop', { follow: true, limit: 50 }, context).catch((reason: unknown) => reason);
  return { lines, notes, thrown };
}

test('a running job shows step, bytes, rate and the time left', () => {
  const job = view({ bytes: 12_000_000, expected: { seconds: 40, bytes: 24_000_000 } });
  const now = { bytesPerSecond: 1_200_000, atMs: Date.parse(BEGAN) + 10_000 };
  expect(progressLine(job, now)).toBe('backup of shop: dumping shop (1 of 2), 12.0 MB, 1.2 MB/s, about 10 s left');
});

test('a waiting job shows its place and why it waits', () => {
  const job = view({ state: 'queued', startedAt: null, position: 3, waitsFor: '4 jobs run, as many as may at once' });
  expect(progressLine(job, { bytesPerSecond: 0, atMs: 0 })).toBe(
    'backup of shop: waits, number 3 in the queue: 4 jobs run, as many as may at once',
  );
});

test('a followed job is told line by line until its end', async () => {
  const { lines, thrown } = await followed(false, view(), view({ step: 'checking on the storage' }), ENDED);
  expect(thrown).toBeUndefined();
  expect(lines.at(0)).toMatch(/^backup of shop: dumping shop \(1 of 2\)/);
  expect(lines.at(-2)).toMatch(/^backup of shop: checking on the storage/);
  expect(lines.at(-1)).toBe('the backup of shop succeeded in 12 s, 42.0 MB');
});

test('following ends with the error of the job, whose code is the exit status, and the way to its log', async () => {
  const { thrown } = await followed(false, view(), view({ state: 'failed', endedAt: BEGAN, error }));
  expect(thrown).toMatchObject({ code: 'dump-failed', hint: 'look. Its log: dbbackup logs j1' });
});

test('following as JSON is one object a line, the last one as the job ended', async () => {
  const { lines, thrown } = await followed(true, view(), view({ state: 'failed', endedAt: BEGAN, error }));
  const rows = lines.map((line) => JSON.parse(line) as JobView);
  expect(rows.map(({ state }) => state)).toEqual(['running', 'failed']);
  expect(thrown).toMatchObject({ code: 'dump-failed' });
});
