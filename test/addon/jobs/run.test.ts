import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../../addon/jobs/job.ts';
import { createRun, type Run } from '../../../addon/jobs/run.ts';
import type { JobRow } from '../../../storage-node/base/words.ts';
import { type QueueTrial, queueTrial } from './kit.ts';

const MINUTE = 60_000;
let now: number;
let full: boolean;
let written: { step?: string; bytes?: number }[];

function run(kind: JobRow['kind'] = 'backup'): Run {
  const update = (_: string, change: object) => {
    if (full) throw new Error('the disk is full');
    written.push(change);
  };
  const store = { update };
  const logbook = { write: () => undefined };
  const parts = { store, logbook, elapsed: () => now } as never;
  const row = { id: 'j', kind, environment: 'shop' } as JobRow;
  return createRun(parts, { timeLimitMs: 60 * MINUTE, stallMs: 10 * MINUTE }, row, false);
}

beforeEach(() => {
  now = 5_000_000;
  full = false;
  written = [];
});

describe('what a job tells', () => {
  test('is written at most once a second, and the last of it with the next look', () => {
    const { job, watch } = run();
    for (let bytes = 1; bytes <= 2_000; bytes++) {
      now += 1;
      job.moved(bytes);
    }
    expect(written.length).toBeLessThanOrEqual(3);
    now += 1_000;
    watch();
    expect(written.at(-1)).toEqual({ step: '', bytes: 2_000 });
    const { length } = written;
    now += 1_000;
    watch();
    expect(written).toHaveLength(length);
  });

  test('does not fail the job where the catalog cannot be written, and is written later', () => {
    const { job, watch } = run();
    full = true;
    job.tell('dumping shop');
    job.warn('a warning');
    full = false;
    now += 1_000;
    watch();
    expect(written).toEqual([{ step: 'dumping shop', bytes: 0 }]);
  });
});

describe('a job that stands still', () => {
  const code = ({ abort }: Run) => abort.signal.reason?.code;
  const lasting = (one: Run, minutes: number, each: (job: Job, minute: number) => void) => {
    for (let minute = 1; minute <= minutes; minute++) {
      now += MINUTE;
      each(one.job, minute);
      one.watch();
    }
  };

  test('is ended once neither a byte nor a step came for that long, and says what it did last', () => {
    const one = run();
    one.job.tell('dumping shop');
    lasting(one, 9, () => undefined);
    expect(one.abort.signal.aborted).toBe(false);
    lasting(one, 1, () => undefined);
    expect(one.abort.signal.reason).toMatchObject({
      code: 'job-stalled',
      message: 'the backup of shop moved no byte for 10 minutes while dumping shop',
    });
  });

  test('is not one whose bytes or steps go on', () => {
    const moving = run();
    lasting(moving, 50, (job, minute) => job.moved(minute));
    expect(code(moving)).toBeUndefined();
    const telling = run();
    lasting(telling, 50, (job, minute) => job.tell(`part ${minute}`));
    expect(code(telling)).toBeUndefined();
  });

  test('is one that repeats the same number of bytes', () => {
    const one = run();
    lasting(one, 10, (job) => job.moved(0));
    expect(code(one)).toBe('job-stalled');
  });

  test('is left to its time limit while restic checks or prunes, which tells nothing', () => {
    const one = run('check');
    lasting(one, 59, () => undefined);
    expect(code(one)).toBeUndefined();
    lasting(one, 1, () => undefined);
    expect(code(one)).toBe('job-timeout');
  });
});

describe('in the queue', () => {
  let trial: QueueTrial;
  beforeEach(async () => {
    trial = await queueTrial({ stallMs: 10 * MINUTE });
  });
  afterEach(() => trial[Symbol.dispose]());

  test('a stalled job ends as such and frees its place', async () => {
    for (const name of ['a', 'b', 'c']) trial.enqueue(name);
    await trial.pass(0);
    await trial.pass(10 * MINUTE);
    const states = trial.store.list().map(({ environment, error }) => `${environment} ${error?.code ?? 'none'}`);
    expect(states).toEqual(['c none', 'b job-stalled', 'a job-stalled']);
    expect(trial.running()).toEqual(['c']);
  });
});
